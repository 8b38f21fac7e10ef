"""However a run ends, that is recorded, said in one sentence, and it goes on where it can."""

import errno
import os
import resource
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from benchmarks.stress.kills import killed
from spcl import adapt, launch
from spcl.commands import main
from spcl.errors import UserError
from spcl.store import left, schema
from spcl.store.errors import UnwritableError
from spcl.store.formats import own_writes
from spcl.store.reader import Run
from spcl.training.processes.interrupt import Stopped, stopped_by_signals
from spcl.training.processes.ranks import PeerEndedError
from spcl.training.saved import checkpoint
from spcl.training.saved.checkpoint import load_checkpoint
from tests import ROOT
from tests.support.synthetic_run import set_recorded
from tests.support.tiny_training import SMALL, STEPS, assert_equal_states, settings

pytestmark = pytest.mark.slow
REFUSED = OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def begun(pair, tmp_path, *words):
    return launch.start(settings(pair, *words), runs_dir=tmp_path, run_id="run")


def ends_equal(path, whole):
    resumed = launch.resume(path)
    adapt.run_to_end(resumed)
    assert Run(path).info().status == "finished"
    assert_equal_states(whole.state(), resumed.learner.state())
    assert not list(path.rglob("*.tmp"))


def refusing(monkeypatch, name, after):
    """Have the disk refuse every file whose name begins so, from the given write on."""
    left, real = [after], os.fsync

    def fsync(descriptor):
        path = str(Path(f"/proc/self/fd/{descriptor}").readlink())
        if name in path and path.endswith(".tmp"):
            left[0] -= 1
            if left[0] < 0:
                raise REFUSED
        real(descriptor)

    monkeypatch.setattr(own_writes.os, "fsync", fsync)


@pytest.mark.long
@pytest.mark.parametrize(("name", "after"), [("features.npy", 1), ("scores.json", 2)])
def test_a_full_disk_in_a_snapshot_stops_resumable(
    shared_pair, whole_run, tmp_path, monkeypatch, name, after
):
    refusing(monkeypatch, name, after)
    run = begun(shared_pair, tmp_path)
    with pytest.raises(UnwritableError, match="disk is full; free some space") as error:
        adapt.run_to_end(run)
    path = tmp_path / "run"
    assert f"continue with: python -m spcl adapt --resume {path}" in error.value.__notes__
    assert Run(path).info().status == "failed"
    assert "disk is full" in Run(path).info().failure
    assert not list(path.rglob("*.tmp"))
    monkeypatch.undo()
    ends_equal(path, whole_run()[0])


def test_a_full_disk_in_the_metrics_leaves_no_half_line(
    shared_pair, whole_run, tmp_path, monkeypatch
):
    run = begun(shared_pair, tmp_path)
    real = run.recorder.writer.append_metrics

    def limited(row):
        if row["step"] < 3:
            return real(row)
        size = (tmp_path / "run" / schema.METRICS_FILE).stat().st_size
        before = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (size + 10, before[1]))
        try:
            return real(row)
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, before)

    monkeypatch.setattr(run.recorder.writer, "append_metrics", limited)
    with pytest.raises(UnwritableError, match="limit on file sizes"):
        adapt.run_to_end(run)
    path = tmp_path / "run"
    assert (path / schema.METRICS_FILE).read_bytes().endswith(b"}\n")
    assert len(Run(path).metrics().read()) == 2
    ends_equal(path, whole_run()[0])


def test_a_full_disk_in_a_checkpoint_keeps_the_last_one(
    shared_pair, whole_run, tmp_path, monkeypatch
):
    run = begun(shared_pair, tmp_path)
    real = checkpoint.torch.save

    def limited(state, stream):
        before = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, before[1]))
        try:
            real(state, stream)  # torch reports what the system refused as an error of its own
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, before)

    monkeypatch.setattr(checkpoint.torch, "save", limited)
    with pytest.raises(UnwritableError, match="limit on file sizes"):
        adapt.run_to_end(run)
    path = tmp_path / "run"
    assert load_checkpoint(path)["step"] == 0
    assert not list(path.rglob("*.tmp"))
    monkeypatch.undo()
    ends_equal(path, whole_run()[0])


@pytest.mark.parametrize("removed", [False, True])
def test_a_run_folder_that_moves_away_is_a_sentence(shared_pair, whole_run, tmp_path, removed):
    run = begun(shared_pair, tmp_path)
    path, place = tmp_path / "run", tmp_path / "elsewhere"

    def away(step, *_):
        if step == 3:
            shutil.rmtree(path) if removed else path.rename(place)

    with pytest.raises(UnwritableError, match="was moved or removed"):
        adapt.run_to_end(run, away)
    assert not path.exists()
    if not removed:
        assert Run(place).info().status == "failed"
        ends_equal(place, whole_run()[0])


def test_a_run_that_did_nothing_yet_resumes_to_the_same_end(shared_pair, whole_run, tmp_path):
    begun(shared_pair, tmp_path).recorder.end("stopped")
    assert load_checkpoint(tmp_path / "run")["step"] == 0
    ends_equal(tmp_path / "run", whole_run()[0])


def test_a_living_run_is_neither_resumed_nor_begun_twice(shared_pair, tmp_path):
    begun(shared_pair, tmp_path)
    before = (tmp_path / "run" / schema.METRICS_FILE).exists()
    with pytest.raises(UserError, match="is still written by process .* stop that one first"):
        launch.resume(tmp_path / "run", take_over=True)
    with pytest.raises(
        UserError, match="is being written by another training; choose another --id"
    ):
        begun(shared_pair, tmp_path)
    assert (tmp_path / "run" / schema.METRICS_FILE).exists() is before


def test_a_silent_run_of_another_machine_needs_to_be_taken_over(
    shared_pair, whole_run, tmp_path, monkeypatch
):
    begun(shared_pair, tmp_path).recorder.end("stopped")
    path, old = tmp_path / "run", "2020-01-01T00:00:00.000Z"
    set_recorded(path, status="running", host="gpu-box-7", heartbeat_at=old, process_started=1.0)
    with pytest.raises(UserError, match="gpu-box-7 is another machine.* add --take-over: if it"):
        launch.resume(path)
    monkeypatch.setattr(left, "WATCH_SECONDS", 0.01)
    resumed = launch.resume(path, take_over=True)
    adapt.run_to_end(resumed)
    assert_equal_states(whole_run()[0].state(), resumed.learner.state())


def test_a_fault_leaves_one_sentence_and_its_traceback_in_a_file(
    shared_pair, tmp_path, monkeypatch, capsys
):
    def broken(*_):
        raise ZeroDivisionError("no such luck")

    monkeypatch.setattr(adapt.Adaptation, "_warm_up", broken)
    config = tmp_path / "config.toml"
    config.write_text("")
    words = [*SMALL, *STEPS, f"data.root={shared_pair}", "--runs", str(tmp_path), "--id", "run"]
    assert main(["adapt", str(config), *words]) == 1
    said = capsys.readouterr().err
    assert "fault of the program (ZeroDivisionError: no such luck)" in said
    assert "Traceback" not in said
    assert "Traceback" in (tmp_path / "run" / schema.FAILURE_FILE).read_text()
    assert Run(tmp_path / "run").info().failure == "ZeroDivisionError: no such luck"


def test_memory_that_runs_out_while_the_model_is_made_fails_the_run(
    shared_pair, tmp_path, monkeypatch
):
    def hungry(*_):
        raise RuntimeError("DefaultCPUAllocator: can't allocate memory")

    monkeypatch.setattr(launch, "Adaptation", hungry)
    with pytest.raises(RuntimeError):
        begun(shared_pair, tmp_path)
    info = Run(tmp_path / "run").info()
    assert info.status == "failed"
    assert info.failure.startswith("memory ran out; use smaller batches")


@pytest.fixture
def hangs_up() -> Iterator[None]:
    """Let SIGHUP arrive also below nohup, which has it ignored."""
    was = signal.signal(signal.SIGHUP, signal.SIG_DFL)
    yield
    signal.signal(signal.SIGHUP, was)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
def test_signals_stop_after_the_update_with_a_checkpoint(shared_pair, tmp_path, hangs_up, number):
    run = begun(shared_pair, tmp_path)

    def polite(step, *_):
        if step == 5:
            os.kill(os.getpid(), number)

    with pytest.raises(Stopped) as stopped:
        adapt.run_to_end(run, polite)
    assert stopped.value.exit_code == 128 + number
    assert "--resume" in stopped.value.__notes__[0]
    assert Run(tmp_path / "run").info().status == "stopped"
    assert load_checkpoint(tmp_path / "run")["step"] in (5, 6)


def test_a_launchers_signal_does_not_break_off_the_end_that_is_recorded(shared_pair, tmp_path):
    run = begun(shared_pair, tmp_path)
    record = run.recorder.writer.end

    def end(*words, **more):
        os.kill(os.getpid(), signal.SIGTERM)  # as torchrun does when another process has ended
        record(*words, **more)

    def lose_a_peer(step, *_):
        run.recorder.writer.end = end
        raise PeerEndedError("another of the 2 processes has ended")

    with stopped_by_signals(), pytest.raises(PeerEndedError):
        adapt.run_to_end(run, lose_a_peer)
    assert Run.open(tmp_path / "run").info().status == "failed"


def test_killed_between_the_last_checkpoint_and_the_end_it_can_be_finished(
    shared_pair, whole_run, tmp_path
):
    run = begun(shared_pair, tmp_path, "checkpoint.every=8")
    real = run.recorder.keep_weights

    def die(step, models):
        if step == 8:
            raise MemoryError
        real(step, models)

    run.recorder.keep_weights = die
    with pytest.raises(MemoryError):
        adapt.run_to_end(run)
    ends_equal(tmp_path / "run", whole_run()[0])
    assert checkpoint.weights_path(tmp_path / "run", 8).is_file()


@pytest.mark.long
def test_sigterm_to_the_command_ends_with_143_and_how_to_go_on(shared_pair, tmp_path):
    config = tmp_path / "config.toml"
    config.write_text("")
    words = [*SMALL, *STEPS, "adapt.steps=3000", f"data.root={shared_pair}"]
    command = [sys.executable, "-m", "spcl", "adapt", str(config), *words]
    process = subprocess.Popen(
        [*command, "--runs", str(tmp_path), "--id", "run"],
        cwd=ROOT,
        stderr=subprocess.PIPE,
        text=True,
    )
    deadline = time.monotonic() + 60
    while not (tmp_path / "run" / schema.METRICS_FILE).exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    process.terminate()
    said = process.communicate(timeout=60)[1]
    assert process.returncode == 143
    assert f"adapt --resume {tmp_path / 'run'}" in said
    assert "Traceback" not in said
    assert Run(tmp_path / "run").info().status == "stopped"


@pytest.mark.long
def test_three_kills_lose_nothing(tmp_path):
    counts = killed(tmp_path, count=3, minutes=3, seed=1)
    assert counts["killed"] == 3
    assert [name for name in counts if name.startswith("WRONG")] == []
