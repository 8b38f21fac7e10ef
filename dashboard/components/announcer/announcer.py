"""The title of the tab says how far a training is; who asked for it is notified of news."""

from collections.abc import Mapping
from typing import Any

from dashboard.components.loader import component
from dashboard.data import recorded
from dashboard.data.opened_run import OpenedRun
from dashboard.text import alarms as words
from dashboard.text.common import status_sentence

_mount = component("announcer")
_LIVING = ("running", "stalled")


def announcer(opened: OpenedRun, *, key: str) -> None:
    """Say how the run stands now; a button to be notified stands there while it trains."""
    _mount(key=key, data=announced(opened))


def announced(opened: OpenedRun) -> Mapping[str, Any]:
    """Return what is announced of a run as it stands on the disk, whatever step is shown."""
    info = opened.info
    is_living = opened.status.kind in _LIVING
    of = "" if "plan" in info.absent else f"/{info.total_steps:,}"
    steps = recorded.measured_steps(opened.run, opened.steps[-1]) if opened.steps else []
    active = words.active_alarms(recorded.events(opened.run), steps)
    return {
        "run": opened.path,
        "title": opened.title,
        "living": is_living,
        "progress": f"{info.step:,}{of}" if is_living else "",
        "ended": None if is_living else status_sentence(info, opened.status),
        "alarms": [_alarm(opened, event) for event in active],
    }


def _alarm(opened: OpenedRun, event: Mapping[str, Any]) -> dict[str, str]:
    name = str(event.get("class") or "")
    return {
        "key": f"{event['kind']} {name} {event.get('rival') or ''}",
        "text": words.alarm_title(event, opened.displays.get(name, name)),
    }
