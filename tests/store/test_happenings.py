"""What is news of a run, and the command that is run for it."""

import json
import subprocess
import sys
import time
from pathlib import Path

import pytest

from dashboard.__main__ import main as dashboard_main
from spcl.commands import main
from spcl.errors import UserError
from spcl.store.happenings import command
from spcl.store.happenings.command import OnEvent, parsed, told
from spcl.store.happenings.watch import FolderWatch, Happening, RunWatch
from spcl.store.names import EventKind, EventRow
from spcl.store.reader import Run
from spcl.store.schema import utc_now
from tests import ROOT
from tests.support.synthetic_run import SyntheticRun, set_recorded, write_synthetic_run

HAPPENING = Happening(
    "alarm", "one", Path("runs/one"), "One", 40, "running", "Rider lost 9 points.", "class_lost",
    "rider",
)  # fmt: skip


@pytest.fixture
def training(tmp_path: Path) -> SyntheticRun:
    run = SyntheticRun(tmp_path, run_id="one")
    run.write_probe()
    for step in (0, 10, 20):
        run.write_snapshot(step)
    return run


def raise_alarm(
    run: SyntheticRun, step: int, kind: str = EventKind.CLASS_LOST, name: str = "person"
) -> None:
    """Append an event as the analysis writes it."""
    folder = run.path / "derived"
    folder.mkdir(exist_ok=True)
    row = EventRow(step, name, kind, -9.0, -5.0, f"{name} lost 9 points.")
    with (folder / "events.jsonl").open("a") as file:
        file.write(json.dumps(row.to_json()) + "\n")


def test_an_alarm_is_news_when_it_rises_and_not_while_it_lasts(training: SyntheticRun) -> None:
    raise_alarm(training, 10)
    watch = RunWatch(Run(training.path))
    raise_alarm(training, 20)
    assert watch.look() == [], "it held at the snapshot before"
    raise_alarm(training, 20, name="car")
    (happening,) = watch.look()
    assert (happening.event, happening.kind, happening.class_name) == ("alarm", "class_lost", "car")
    assert (happening.run, happening.step) == ("one", 20)
    assert happening.sentence == "car lost 9 points."
    assert watch.look() == []


def test_an_alarm_that_rises_again_is_news_again(training: SyntheticRun) -> None:
    watch = RunWatch(Run(training.path))
    raise_alarm(training, 0)
    raise_alarm(training, 20)
    assert [one.step for one in watch.look()] == [0, 20], "at step 10 it did not hold"


def test_what_is_about_the_analysis_or_unknown_is_no_alarm(training: SyntheticRun) -> None:
    watch = RunWatch(Run(training.path))
    for kind in (EventKind.MAP_REBUILT, EventKind.ANALYSIS_FAILED, "of_a_newer_program"):
        raise_alarm(training, 20, kind=kind)
    assert watch.look() == []


def test_the_end_of_a_training_is_news_once(training: SyntheticRun) -> None:
    watch = RunWatch(Run(training.path))
    assert watch.look() == []
    training.finish()
    (happening,) = watch.look()
    assert (happening.event, happening.status) == ("ended", "finished")
    assert happening.sentence == "Synthetic day to dusk finished at step 40"
    assert watch.look() == []


def test_a_training_that_failed_says_why(training: SyntheticRun) -> None:
    watch = RunWatch(Run(training.path))
    watch.look()
    training.finish()
    set_recorded(training.path, status="failed", failure="the disk is full")
    (happening,) = watch.look()
    assert happening.sentence.endswith("failed at step 40: the disk is full")


def test_runs_that_begin_later_are_news_and_older_ones_are_not(tmp_path: Path) -> None:
    write_synthetic_run(tmp_path, run_id="old")
    watch = FolderWatch(tmp_path)
    assert watch.look() == []
    write_synthetic_run(tmp_path, run_id="new")
    assert [(one.run, one.event) for one in watch.look()] == [("new", "ended")]
    (tmp_path / "old" / "run.json").write_text("{")
    (tmp_path / "new").rename(tmp_path / "moved")
    assert watch.look() == [], "it was there under another name, and the other is damaged"


@pytest.mark.slow
def test_runs_that_have_ended_are_read_again_only_if_they_changed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(4):
        write_synthetic_run(tmp_path, run_id=f"run-{number}", images=1)
    watch = FolderWatch(tmp_path)
    watch.look()
    read: list[str] = []
    info_of = Run.info
    monkeypatch.setattr(Run, "info", lambda run: read.append(run.path.name) or info_of(run))
    assert watch.look() == [] and read == []
    set_recorded(tmp_path / "run-2", status="running", heartbeat_at=utc_now(), ended_at=None)
    assert watch.look() == [] and set(read) == {"run-2"}, "it was resumed"
    set_recorded(tmp_path / "run-2", status="stopped")
    assert [(one.run, one.status) for one in watch.look()] == [("run-2", "stopped")]


def test_the_command_gets_the_event_as_json_and_in_its_surroundings(tmp_path: Path) -> None:
    out = tmp_path / "out.json"
    script = tmp_path / "hook.py"
    script.write_text(
        "import json, os, sys\n"
        f"json.dump([json.load(sys.stdin), os.environ['SPCL_SENTENCE']], open({str(out)!r}, 'w'))\n"
    )
    assert told([sys.executable, str(script)], HAPPENING) is None
    sent, sentence = json.loads(out.read_text())
    assert sentence == "Rider lost 9 points."
    assert sent["class"] == "rider" and sent["kind"] == "class_lost" and sent["step"] == 40
    assert Path(sent["path"]).is_absolute()


def test_what_a_command_gets_is_never_a_part_of_it(tmp_path: Path) -> None:
    words = parsed("sh -c 'printf %s \"$SPCL_SENTENCE\"'")
    hostile = Happening(**{**HAPPENING.__dict__, "sentence": f"$(touch {tmp_path / 'x'})`ls`"})
    assert told(words, hostile) is None
    assert not (tmp_path / "x").exists()


@pytest.mark.slow
def test_a_command_that_fails_or_hangs_is_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    failed = told(["sh", "-c", "echo first >&2; echo no such host >&2; exit 3"], HAPPENING)
    assert failed == "sh of --on-event ended with 3: no such host"
    monkeypatch.setattr(command, "LONGEST_SECONDS", 0.2)
    hung = told(["sleep", "5"], HAPPENING)
    assert hung is not None and "took more than" in hung


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ("", "is empty"),
        ("sh -c 'x", "close every quotation mark"),
        ("no-such-program-here x", "is no program here"),
    ],
)
def test_what_is_no_command_is_a_sentence_before_anything_runs(given: str, why: str) -> None:
    with pytest.raises(UserError, match=why):
        parsed(given)


@pytest.mark.slow
def test_events_are_told_in_their_order_and_the_last_ones_at_the_end(
    training: SyntheticRun, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(command, "LOOK_EVERY_SECONDS", 0.02)
    out = tmp_path / "said"
    watch = OnEvent(
        f"sh -c 'sleep 0.05; echo $SPCL_EVENT $SPCL_STEP >> {out}'",
        RunWatch(Run(training.path)).look,
    ).start()
    raise_alarm(training, 10)
    until = time.monotonic() + 20
    while not out.exists() and time.monotonic() < until:
        time.sleep(0.02)
    raise_alarm(training, 20, name="car")
    training.finish()
    watch.stop()
    assert out.read_text().splitlines() == ["alarm 10", "alarm 20", "ended 40"]


def test_both_commands_refuse_what_cannot_be_run(
    training: SyntheticRun, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["analyse", str(training.path), "--on-event", "true"]
    assert main(words) == 2
    assert "give --follow, too" in capsys.readouterr().err
    assert main([*words[:-1], "no-such-program-here", "--follow"]) == 2
    assert "is no program here" in capsys.readouterr().err
    assert dashboard_main([str(training.path.parent), "--on-event", "no-such-program-here"]) == 2
    assert "is no program here" in capsys.readouterr().err


@pytest.mark.long
@pytest.mark.slow
def test_an_analysis_that_follows_tells_the_end_of_its_run(tmp_path: Path) -> None:
    """In a process of its own: an analysis that follows yields the processor to others for good."""
    run = SyntheticRun(tmp_path / "runs", run_id="one")
    run.write_probe()
    run.write_snapshot(0)
    out = tmp_path / "said"
    hook = f"sh -c 'echo $SPCL_SENTENCE >> {out}'"
    words = ["analyse", str(run.path), "--follow", "--on-event", hook]
    with subprocess.Popen([sys.executable, "-m", "spcl", *words], cwd=ROOT) as following:
        until = time.monotonic() + 120
        while not (run.path / "derived" / "analysis.lock").exists():
            assert time.monotonic() < until and following.poll() is None
            time.sleep(0.05)
        run.finish()
        assert following.wait(120) == 0
    assert out.read_text().splitlines()[-1] == "Synthetic day to dusk finished at step 40"
