"""Progress: a bar on a terminal, plain lines elsewhere, and the time left in both."""

import io

import pytest
from rich.console import Console

from spcl.commands import main
from spcl.commands.line import progress
from spcl.commands.line.progress import PlainLines, duration, training_progress, work_progress
from spcl.store.reader import Run
from spcl.training.plan import TargetScore
from tests.support.synthetic_run import write_synthetic_run


class Clock:
    now = 0.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


def test_a_log_gets_a_line_where_a_part_begins_now_and_then_and_at_the_end(clock):
    lines = []
    plain = PlainLines(lines.append, clock)
    for step in range(1, 101):
        clock.now = step * 0.5
        doing = "warm-up" if step <= 40 else "adaptation"
        plain.report(step, 100, doing, "target mIoU 12.0 %" if step > 40 else "")
    assert lines == [
        "warm-up: 1 of 100",
        "warm-up: 21 of 100, 40 s left",
        "adaptation: 41 of 100, 30 s left, target mIoU 12.0 %",
        "adaptation: 61 of 100, 20 s left, target mIoU 12.0 %",
        "adaptation: 81 of 100, 10 s left, target mIoU 12.0 %",
        "adaptation: 100 of 100, target mIoU 12.0 %",
    ]


def test_work_that_is_taken_up_again_is_judged_by_what_was_done_here(clock):
    lines = []
    plain = PlainLines(lines.append, clock)
    plain.report(500, 1000, "adaptation")
    clock.now = 20
    plain.report(510, 1000, "adaptation")
    assert lines[-1] == "adaptation: 510 of 1,000, 16 min left"


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(0.2, "1 s"), (89, "89 s"), (90, "2 min"), (3599, "1 h 00 min"), (11100, "3 h 05 min")],
)
def test_times_are_said_as_people_say_them(seconds, said):
    assert duration(seconds) == said


def test_without_a_terminal_there_are_lines_without_control_characters(capsys):
    with training_progress("runs/one") as report:
        report(1, 2, "warmup", None)
        report(2, 2, "adapt", TargetScore(0.25, "target"))
    assert capsys.readouterr().err.splitlines() == [
        "runs/one",
        "warm-up on source: 1 of 2",
        "adaptation to target: 2 of 2, target mIoU 25.0 % (statistics of the target)",
    ]


def test_on_a_terminal_there_is_a_bar(monkeypatch):
    shown = io.StringIO()
    terminal = Console(file=shown, force_terminal=True, width=120)
    monkeypatch.setattr(progress, "Console", lambda **_: terminal)
    with work_progress() as report:
        report(3, 4, "images", "")
    assert "images" in shown.getvalue()
    assert "3/4" in shown.getvalue()
    assert "\x1b[" in shown.getvalue()


@pytest.mark.long
@pytest.mark.slow
def test_analyse_says_how_far_it_is_and_one_that_follows_is_silent(tmp_path, capsys, monkeypatch):
    niceness = []  # one that follows yields for good, and this process has more tests to run
    monkeypatch.setattr("os.nice", lambda more: niceness.append(more) or 0)
    path = write_synthetic_run(tmp_path / "said")
    assert main(["analyse", str(path)]) == 0
    lines = capsys.readouterr().err.splitlines()
    num = len(Run(path).steps())
    assert lines[0].startswith("maps by PCA: 1 of ")
    assert lines[-1] == f"masks: {4 * num} of {4 * num}"
    assert any(line.startswith("measures: ") for line in lines)
    other = write_synthetic_run(tmp_path / "followed")
    assert main(["analyse", str(other), "--follow"]) == 0
    assert capsys.readouterr().err == ""
    assert niceness == [0, 19]
