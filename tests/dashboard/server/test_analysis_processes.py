import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from dashboard.data import runs_folder
from dashboard.server.analysis_processes import KEPT_SECONDS, AnalysisProcesses, is_complete
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


@pytest.mark.slow
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


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def _sleeper(path: Path) -> "subprocess.Popen[bytes]":
    return subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])


def _living(analyses: AnalysisProcesses) -> list[Path]:
    return sorted(path for path, one in analyses._started.items() if one.process.poll() is None)


@pytest.fixture
def queue() -> Iterator[AnalysisProcesses]:
    """Return analyses that sleep instead, by a clock that stands still."""
    analyses = AnalysisProcesses(start_one=_sleeper, clock=Clock())
    yield analyses
    analyses.stop()
    assert all(process.returncode is not None for process in analyses.processes())


def _runs(folder: Path, count: int) -> list[Path]:
    first = write_synthetic_run(folder, run_id="run-0")
    others = [shutil.copytree(first, folder / f"run-{i}") for i in range(1, count)]
    runs_folder.use(folder)
    return [first, *others]


def _settle(analyses: AnalysisProcesses) -> None:
    """Look until told processes have ended and their places are taken."""
    for _ in range(4):
        analyses.start_missing()
        for one in analyses._started.values():
            if one.told_to_end_at is not None:
                one.process.wait(timeout=10)


@pytest.mark.slow
def test_of_twelve_runs_looked_at_one_after_the_other_two_are_analysed(
    tmp_path: Path, queue: AnalysisProcesses
) -> None:
    for path in _runs(tmp_path, 12):
        runs_folder.look_at(path)
        queue.start_missing()
        assert len(_living(queue)) <= 2
    assert len(_living(queue)) == 2


def test_the_run_looked_at_takes_the_place_of_one_nobody_looks_at(
    tmp_path: Path, queue: AnalysisProcesses, monkeypatch: pytest.MonkeyPatch
) -> None:
    runs = _runs(tmp_path, 3)
    shown = runs[:2]
    monkeypatch.setattr(runs_folder, "looked_at", lambda: shown)
    queue.start_missing()
    assert _living(queue) == runs[:2]
    shown = [runs[2]]
    _settle(queue)
    assert runs[2] in _living(queue)
    assert len(_living(queue)) == 2


def test_an_analysis_nobody_looks_at_for_a_while_is_ended_and_reaped(
    tmp_path: Path, queue: AnalysisProcesses, monkeypatch: pytest.MonkeyPatch
) -> None:
    (path,) = shown = _runs(tmp_path, 1)
    monkeypatch.setattr(runs_folder, "looked_at", lambda: shown)
    queue.start_missing()
    shown = []
    queue.start_missing()
    assert _living(queue) == [path]
    queue.clock.now += KEPT_SECONDS  # type: ignore[attr-defined]
    _settle(queue)
    assert _living(queue) == []
    assert queue.processes()[0].returncode is not None


def test_a_run_whose_results_cannot_be_read_takes_no_other_down_and_recovers(
    tmp_path: Path, queue: AnalysisProcesses, monkeypatch: pytest.MonkeyPatch
) -> None:
    bad, good = _runs(tmp_path, 2)
    monkeypatch.setattr(runs_folder, "looked_at", lambda: [bad, good])
    measures = DerivedReader(Run(bad)).path / "measures.jsonl"
    measures.parent.mkdir(exist_ok=True)
    measures.write_text('{"step": [1]}\n')
    queue.start_missing()
    assert good in _living(queue)

    def broken(path: Path) -> bool:
        if path == bad:
            raise RuntimeError("whatever one run does")
        return False

    with monkeypatch.context() as patched:
        patched.setattr("dashboard.server.analysis_processes.is_complete", broken)
        queue.start_missing()
    assert "cannot be analysed" in str(runs_folder.trouble(bad))
    assert good in _living(queue)


@pytest.mark.slow
def test_what_an_analysis_says_of_its_error_is_said_on_its_page(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (path,) = _runs(tmp_path, 1)
    monkeypatch.setattr(runs_folder, "looked_at", lambda: [path])
    shutil.rmtree(path / "probe")
    (path / "derived").touch()
    monkeypatch.setenv("XDG_CACHE_HOME", str(path / "run.json"))
    analyses = AnalysisProcesses()
    analyses.start_missing()
    analyses.processes()[0].wait(timeout=60)
    analyses.start_missing()
    assert "run.json/spcl" in str(runs_folder.trouble(path))
    assert "cannot be written" in str(runs_folder.trouble(path))


def test_an_analysis_that_fails_is_said_and_tried_again_after_a_while(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (path,) = _runs(tmp_path, 1)
    clock = Clock()
    monkeypatch.setattr(runs_folder, "looked_at", lambda: [path])
    failing = AnalysisProcesses(
        start_one=lambda _: subprocess.Popen([sys.executable, "-c", "raise SystemExit(3)"]),
        clock=clock,
    )
    failing.start_missing()
    first = failing.processes()[0]
    first.wait(timeout=10)
    failing.start_missing()
    assert "exit 3" in str(runs_folder.trouble(path))
    assert failing.processes() == [first]
    clock.now += 60
    failing.start_missing()
    assert failing.processes() != [first]
    failing.stop()
