"""Clocks that are set while a run is written, or differ between writer and reader."""

from datetime import UTC, datetime, timedelta

import pytest

from dashboard.text.common import duration
from spcl.store.life import status
from spcl.store.life.status import status_of
from spcl.store.reader import Run, list_runs
from tests.support.synthetic_run import SyntheticRun, set_recorded

HOUR = 3600.0


def stamp(seconds):
    return (datetime.now(UTC) + timedelta(seconds=seconds)).isoformat().replace("+00:00", "Z")


@pytest.fixture(autouse=True)
def no_earlier_looks():
    status._looks.clear()


@pytest.fixture
def living(tmp_path):
    """A run whose writer holds the lock; its heartbeat is written by the tests."""
    run = SyntheticRun(tmp_path)
    run.writer._ended.set()
    run.writer._pulse.join()
    return run.path


def beaten(path, *ages):
    """Return how a run stands after looks at heartbeats of these ages in seconds."""
    for age in ages:
        set_recorded(path, heartbeat_at=stamp(-age))
        found = status_of(Run(path).info(), path)
    return found


@pytest.mark.parametrize("ages", [(0, -HOUR), (-HOUR, 0), (0, -HOUR, 2 * HOUR), (0, 30 * HOUR)])
def test_a_clock_that_is_set_leaves_a_living_run_running(living, ages):
    found = beaten(living, *ages, ages[-1] - 5)
    assert (found.kind, found.process_alive) == ("running", True)
    assert 0 <= found.seconds_since_write < 5
    assert duration(found.seconds_since_write) == "0 s"


def test_a_silent_writer_is_stalled_though_its_heartbeat_lies_ahead(living, monkeypatch):
    assert beaten(living, -HOUR, -HOUR - 5).kind == "running"
    now = status.time.monotonic()
    monkeypatch.setattr(status.time, "monotonic", lambda: now + 40)
    found = status_of(Run(living).info(), living)
    assert found.kind == "stalled"
    assert 39 < found.seconds_since_write < 45
    assert list_runs(living.parent)[0].problem.startswith("nothing written for 4")


def test_what_was_seen_of_a_lock_says_nothing_once_it_is_let_go(tmp_path):
    run = SyntheticRun(tmp_path)
    assert beaten(run.path, 5, 0).kind == "running"
    set_recorded(run.path, pid=999_999, process_started=1.0)
    assert Run(run.path).status().kind == "crashed"


def test_a_run_that_ended_ahead_of_our_clock_has_no_negative_age(living):
    set_recorded(living, status="finished", ended_at=stamp(HOUR), heartbeat_at=stamp(HOUR))
    assert Run(living).status().seconds_since_write == 0
