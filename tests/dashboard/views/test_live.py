import json
from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.data import runs_folder
from spcl.store.derived.writer import DerivedWriter
from spcl.store.names import EventRow
from spcl.store.reader import Run
from tests import ROOT
from tests.support.synthetic_run import SyntheticRun, margin_row, set_recorded, write_synthetic_run

APP = str(ROOT / "dashboard" / "app.py")


@pytest.fixture
def text(tmp_path: Path) -> Callable[[], str]:
    """Return a function that opens the live page and returns all it says."""
    runs_folder.use(tmp_path)

    def shown() -> str:
        app = AppTest.from_file(APP, default_timeout=30).run()
        assert not app.exception, app.exception
        parts = [*app.title, *app.markdown, *app.caption, *app.error, *app.info, *app.subheader]
        links = [link.proto.label for link in app.get("page_link")]
        metrics = [f"{metric.label} {metric.value}" for metric in app.metric]
        return (
            "\n".join([*(str(part.value) for part in parts), *metrics, *links])
            .replace("\\", "")
            .replace("\u00a0", " ")
        )

    return shown


@pytest.mark.slow
def test_without_runs_the_page_says_how_to_begin(text: Callable[[], str]) -> None:
    assert "No runs here yet" in text()


def test_a_run_without_snapshot_says_what_is_awaited(
    text: Callable[[], str], tmp_path: Path
) -> None:
    SyntheticRun(tmp_path).write_probe()
    shown = text()
    assert "Nothing recorded yet" in shown
    assert "Waiting for the first step" in shown


def test_a_run_without_even_its_probe_is_shown(text: Callable[[], str], tmp_path: Path) -> None:
    SyntheticRun(tmp_path)
    assert "Nothing recorded yet" in text()


@pytest.mark.slow
def test_a_running_run_says_so_and_how_far_it_is(text: Callable[[], str], tmp_path: Path) -> None:
    run = SyntheticRun(tmp_path)
    run.write_probe()
    run.write_metrics(30)
    for step in (0, 20, 30):
        run.write_snapshot(step)
    shown = text()
    assert "Running, last write" in shown
    assert "step 30 of 40 · 50 %" in shown
    run.finish()


def test_warming_up_claims_nothing(text: Callable[[], str], tmp_path: Path) -> None:
    run = SyntheticRun(tmp_path)
    run.write_probe()
    run.write_snapshot(0)
    assert "Warming up on labelled day images; adaptation to dusk starts at step 20" in text()
    run.finish()


@pytest.mark.slow
def test_a_finished_run_says_better_worst_and_how_sure(
    text: Callable[[], str], tmp_path: Path
) -> None:
    path = write_synthetic_run(tmp_path)
    scores = [Run(path).snapshot(step).scores["target"]["mean_iou"] for step in (20, 40)]
    change = round(round(100 * scores[1], 1) - round(100 * scores[0], 1), 1)
    shown = text()
    assert f"Dusk is up {change:.1f} points since the warm-up" in shown
    assert f"Mean IoU on dusk rose from {100 * scores[0]:.1f} to {100 * scores[1]:.1f} %" in shown
    assert "The weakest class is" in shown
    assert "3 of 3 dusk images improved" in shown
    assert f"Target mIoU {100 * scores[1]:.1f} %" in shown


def test_a_stalled_run_names_its_process(text: Callable[[], str], tmp_path: Path) -> None:
    run = SyntheticRun(tmp_path)
    run.write_probe()
    run.writer._ended.set()
    set_recorded(run.path, heartbeat_at="2026-01-01T00:00:00.000Z", step=3)
    shown = text()
    assert f"process {run.writer.info.pid} is still running" in shown
    assert "Nothing recorded yet" in shown


@pytest.mark.slow
def test_a_crashed_run_says_how_to_go_on(text: Callable[[], str], tmp_path: Path) -> None:
    path = write_synthetic_run(tmp_path, finished=False)
    set_recorded(path, process_started=1.0)
    (path / "checkpoints" / "last.pt").touch()
    shown = text()
    assert "is gone, last heard of at step 40" in shown
    assert "--resume" in shown


def test_a_crashed_run_without_a_checkpoint_is_begun_again(
    text: Callable[[], str], tmp_path: Path
) -> None:
    run = SyntheticRun(tmp_path)
    run.write_probe()
    set_recorded(run.path, process_started=1.0)
    shown = text()
    assert "it kept no checkpoint to continue from, start a new one" in shown
    assert "--resume" not in shown


def test_a_failed_run_gives_its_reason(text: Callable[[], str], tmp_path: Path) -> None:
    run = SyntheticRun(tmp_path)
    run.write_probe()
    run.writer.end("failed", failure="the disk is full")
    assert "Failed at step 0: the disk is full" in text()


def test_a_stopped_run_says_where(text: Callable[[], str], tmp_path: Path) -> None:
    path = write_synthetic_run(tmp_path)
    set_recorded(path, status="stopped", step=31)
    assert "Stopped at step 31" in text()


@pytest.mark.slow
def test_without_target_labels_no_score_is_claimed(text: Callable[[], str], tmp_path: Path) -> None:
    write_synthetic_run(tmp_path, target_labels=False)
    shown = text()
    assert "Dusk has no labels, so no score can say whether it got better" in shown
    assert "Target mIoU" not in shown
    assert "Margin on dusk" in shown


def test_a_newer_schema_names_both_versions(text: Callable[[], str], tmp_path: Path) -> None:
    path = write_synthetic_run(tmp_path)
    raw = json.loads((path / "run.json").read_text())
    (path / "run.json").write_text(json.dumps({**raw, "schema_version": 99}))
    shown = text()
    assert "This run cannot be shown" in shown
    assert "schema version 99, this program reads up to 1" in shown


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"\xff\xfe", b'{"schema_version": 1}'])
def test_a_damaged_run_gets_one_sentence(
    text: Callable[[], str], tmp_path: Path, content: bytes
) -> None:
    path = write_synthetic_run(tmp_path)
    (path / "run.json").write_bytes(content)
    assert "This run cannot be shown" in text()


def test_damaged_scores_get_one_sentence(text: Callable[[], str], tmp_path: Path) -> None:
    path = write_synthetic_run(tmp_path)
    (path / "snapshots" / "step_0000040" / "scores.json").write_text("{")
    assert "scores.json is not JSON" in text()


def test_an_unknown_run_in_the_link_is_said(tmp_path: Path) -> None:
    write_synthetic_run(tmp_path)
    runs_folder.use(tmp_path)
    app = AppTest.from_file(APP, default_timeout=30)
    app.query_params["run"] = "gone"
    app.run()
    assert "There is no run" in app.info[0].value


def test_alarms_stand_with_the_step_they_began(text: Callable[[], str], tmp_path: Path) -> None:
    path = write_synthetic_run(tmp_path)
    events = [
        EventRow(step, "car", "class_starves", 0.02, 0.05, "2 % of its pixels are kept, limit 5 %.")
        for step in (30, 40)
    ]
    writer = DerivedWriter(Run(path))
    writer.append_events(events)
    writer.append_measures([margin_row(step, 0.1) for step in (20, 30, 40)])
    shown = text()
    assert "Car: too few pseudo labels" in shown
    assert "2 % of its pixels are kept, limit 5 %. Began at step 30." in shown
    assert "car is running out of pseudo labels" in shown


def test_text_from_a_run_is_shown_as_text(text: Callable[[], str], tmp_path: Path) -> None:
    path = write_synthetic_run(tmp_path)
    set_recorded(path, title="![x](http://example.com/x.png) <b>")
    app = AppTest.from_file(APP, default_timeout=30).run()
    kicker = app.caption[0] if app.caption else None
    everything = [str(found.value) for found in [*app.caption, *app.markdown, *app.title]]
    assert kicker is not None
    assert not any("![x](" in found or "<b>" in found for found in everything)
    assert any("\\!\\[x\\]\\(" in found for found in everything)
