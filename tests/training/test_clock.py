"""A training during which the clock of the machine is set, back and forth."""

from datetime import UTC, datetime, timedelta
from itertools import cycle

import pytest

from dashboard.text.live.progress import stages_now, time_left
from spcl import adapt, launch
from spcl.store import schema
from spcl.store.growing.update_table import updates_of
from spcl.store.reader import Run
from tests.support.tiny_training import settings

JUMPS = (0, -3600, 7200, -86_400, 30 * 86_400)


@pytest.mark.slow
def test_a_clock_that_is_set_while_a_run_trains_changes_no_word_and_no_weight(
    shared_pair, whole_run, tmp_path, monkeypatch
):
    jumps, looks = cycle(JUMPS), []

    def utc_now():
        now = datetime.now(UTC) + timedelta(seconds=next(jumps))
        return now.isoformat(timespec="milliseconds").replace("+00:00", "Z")

    monkeypatch.setattr(schema, "utc_now", utc_now)
    run = Run(tmp_path / "run")

    def look(*_):
        status, info, rows = run.status(), run.info(), updates_of(run.metrics().read())
        left = time_left(info, rows)
        looks.append((status.kind, status.seconds_since_write >= 0))
        texts = [stage.text for stage in stages_now(info, rows)] + list(left or ())
        assert not any("nan" in text or "-" in text or " h" in text for text in texts), texts

    adaptation = launch.start(settings(shared_pair), runs_dir=tmp_path, run_id="run")
    adapt.run_to_end(adaptation, look)
    assert looks == [("running", True)] * 8
    assert run.status().kind == "finished"
    whole = Run(whole_run()[1])
    assert run.steps() == whole.steps()
    assert all(run.snapshot(s).scores == whole.snapshot(s).scores for s in whole.steps())
