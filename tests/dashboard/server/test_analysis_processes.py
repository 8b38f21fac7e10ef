import time
from pathlib import Path

from dashboard.data import runs_folder
from dashboard.server.analysis_processes import AnalysisProcesses, is_complete
from spcl.store.derived.reader import VERSIONS_FILE, DerivedReader, Layout
from spcl.store.derived.writer import DerivedWriter
from spcl.store.reader import Run
from tests.support.synthetic_run import SyntheticRun, margin_row, set_recorded, write_synthetic_run


def _complete(path: Path) -> None:
    steps = Run(path).steps()
    writer = DerivedWriter(Run(path))
    writer.append_measures([margin_row(step, 0.1) for step in steps])
    writer.write_layout(Layout("umap", "abc", {}, 0, 2, 1, 0.5, steps={s: {} for s in steps}))
    for step in steps:
        writer.write_mask_report(step, {})
    writer.write_versions()


def test_a_run_is_complete_with_measures_and_a_map_of_every_step(tmp_path: Path) -> None:
    path = write_synthetic_run(tmp_path)
    assert not is_complete(path)
    _complete(path)
    assert is_complete(path)


def test_results_of_an_older_analysis_are_made_again(tmp_path: Path) -> None:
    path = write_synthetic_run(tmp_path)
    _complete(path)
    (DerivedReader(Run(path)).path / VERSIONS_FILE).write_text('{"measures": 1, "masks": 1}')
    assert not is_complete(path)


def test_a_run_without_snapshots_needs_nothing(tmp_path: Path) -> None:
    assert is_complete(SyntheticRun(tmp_path).path)


def test_a_running_run_gets_one_analysis_that_ends_with_the_server(tmp_path: Path) -> None:
    run = SyntheticRun(tmp_path)
    run.write_probe()
    run.write_snapshot(0)
    runs_folder.use(tmp_path)
    analyses = AnalysisProcesses()
    analyses.start_missing()
    analyses.start_missing()
    end = time.monotonic() + 180
    while DerivedReader(Run(run.path)).layout("pca") is None and time.monotonic() < end:
        time.sleep(0.2)
    assert DerivedReader(Run(run.path)).layout("pca") is not None
    assert len(analyses.processes()) == 1
    analyses.stop()
    assert analyses.processes()[0].wait(timeout=15) != 0
    run.finish()


def test_a_finished_run_is_analysed_only_while_it_is_looked_at(tmp_path: Path) -> None:
    path = write_synthetic_run(tmp_path)
    runs_folder.use(tmp_path)
    analyses = AnalysisProcesses()
    analyses.start_missing()
    assert analyses.processes() == []
    runs_folder.look_at(path)
    analyses.start_missing()
    assert len(analyses.processes()) == 1
    analyses.stop()


def test_a_complete_or_damaged_run_starts_nothing(tmp_path: Path) -> None:
    path = write_synthetic_run(tmp_path)
    _complete(path)
    damaged = write_synthetic_run(tmp_path, run_id="20260102-000000-damaged")
    (damaged / "run.json").write_text("{")
    set_recorded(path, title="looked at")
    runs_folder.use(tmp_path)
    runs_folder.look_at(path)
    analyses = AnalysisProcesses()
    analyses.start_missing()
    assert analyses.processes() == []
