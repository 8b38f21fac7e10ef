"""What was checked is what the analysis raises alarms about, with the limits of the run."""

from dataclasses import replace

from dashboard.text.live.checks import checks
from spcl.store.names import EventKind
from tests.support.synthetic_run import run_info

ALL = {kind for kind in EventKind if kind.is_alarm}


def test_every_alarm_is_checked_where_a_run_records_everything() -> None:
    found = checks(run_info("one"), has_labels=True, has_reference=True)
    assert {check.kind for check in found} == ALL
    assert len({check.sentence for check in found}) == len(ALL)


def test_the_limits_are_those_of_the_configuration() -> None:
    info = replace(run_info("one"), config={"events": {"lost_points": 3.5, "rank_share": 0.25}})
    told = {
        check.kind: check.sentence for check in checks(info, has_labels=True, has_reference=True)
    }
    assert "3.5 points" in told[EventKind.CLASS_LOST]
    assert "25 %" in told[EventKind.RANK_FALLS]


def test_what_cannot_be_checked_is_not_claimed() -> None:
    kinds = {check.kind for check in checks(run_info("one"), has_labels=False, has_reference=False)}
    assert ALL - kinds == {
        EventKind.CLASS_LOST,
        EventKind.MISPLACED_CONFIDENCE,
        EventKind.GAP_GROWS,
        EventKind.PROTOTYPES_CLOSE,
    }
    bare = replace(run_info("one"), absent=("features", "prototypes", "confidence", "thresholds"))
    kinds = {check.kind for check in checks(bare, has_labels=True, has_reference=True)}
    assert kinds == {EventKind.NOT_FINITE, EventKind.CLASS_LOST}
