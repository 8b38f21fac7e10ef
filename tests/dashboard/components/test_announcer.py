"""The title of the tab, and notifications: what is news, and who is told."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from dashboard.components.announcer.announcer import announced
from dashboard.data import runs_folder
from dashboard.data.opened_run import open_run
from dashboard.data.selection import parse
from tests.conftest import Served, Watched
from tests.dashboard.components.test_pure_parts import Evaluate, evaluate  # noqa: F401
from tests.dashboard.components.test_types import declared
from tests.store.test_happenings import raise_alarm
from tests.support.synthetic_run import SyntheticRun

NOW = {
    "run": "one", "title": "One", "living": True, "progress": "20/40", "ended": None, "alarms": [],
}  # fmt: skip
RIDER = {"key": "class_lost rider ", "text": "Rider lost ground"}
RECORDED = """
window.told = [];
window.Notification = class {
  constructor(title, { body }) { window.told.push([title, body]); }
  static permission = "default";
  static async requestPermission() {
    window.asked = (window.asked ?? 0) + 1;
    return (window.Notification.permission = "granted");
  }
};
"""


@pytest.mark.browser
@pytest.mark.parametrize(
    ("before", "change", "told"),
    [
        (None, {"alarms": [RIDER]}, []),
        ({}, {"alarms": [RIDER]}, ["Rider lost ground"]),
        ({"alarms": [RIDER]}, {"alarms": [RIDER]}, []),
        ({"alarms": [RIDER]}, {"alarms": []}, []),
        ({}, {"living": False, "ended": "Finished in 3 min"}, ["Finished in 3 min"]),
        ({"living": False, "ended": "a"}, {"living": False, "ended": "b"}, []),
        ({"run": "another"}, {"alarms": [RIDER], "living": False, "ended": "a"}, []),
    ],
)
def test_news_is_what_was_not_there_at_the_look_before(
    evaluate: Evaluate,  # noqa: F811
    before: dict[str, Any] | None,
    change: dict[str, Any],
    told: list[str],
) -> None:
    last = None if before is None else {**NOW, **before}
    found = evaluate("announcer/news.js", "m.news(last, now)", last=last, now={**NOW, **change})
    assert found == told


@pytest.mark.browser
@pytest.mark.parametrize(
    ("page", "change", "title"),
    [
        ("Live", {}, "● 20/40 · Live"),
        ("● 19/40 · Live", {}, "● 20/40 · Live"),
        ("● 19/40 · Live", {"alarms": [RIDER]}, "▲ 20/40 · Live"),
        ("▲ 20/40 · Masks", {"living": False, "progress": ""}, "Masks"),
        ("A · B", {}, "● 20/40 · A · B"),
    ],
)
def test_the_title_says_how_far_and_forgets_it_at_the_end(
    evaluate: Evaluate,  # noqa: F811
    page: str,
    change: dict[str, Any],
    title: str,
) -> None:
    call = "m.tabTitle(page, now)"
    assert evaluate("announcer/news.js", call, page=page, now={**NOW, **change}) == title


def test_the_announcer_gets_what_it_declares(tmp_path: Path) -> None:
    run = SyntheticRun(tmp_path)
    run.write_probe()
    run.write_snapshot(0)
    (run.path / "derived").mkdir()
    measure = {"step": 0, "class": None, "domain": "target", "labels": "truth",
               "measure": "margin_mean", "value": 0.1, "unit": "cosine"}  # fmt: skip
    (run.path / "derived" / "measures.jsonl").write_text(json.dumps(measure) + "\n")
    raise_alarm(run, 0)
    runs_folder.use(tmp_path)
    opened = open_run(parse({}, [run.path.name]))
    assert opened is not None
    data = announced(opened)
    assert set(data) == declared("announcer", "Announced")
    assert [set(alarm) for alarm in data["alarms"]] == [declared("announcer", "Alarm")]
    assert data["progress"] == "0/40" and data["living"] and data["ended"] is None


@pytest.mark.long
@pytest.mark.browser
def test_who_asked_is_notified_of_the_end_and_nobody_else_is(
    serve: Callable[..., Served], open_browser: Callable[..., Watched], tmp_path: Path
) -> None:
    run = SyntheticRun(tmp_path / "runs")
    run.write_probe()
    run.write_snapshot(0)
    watched = open_browser("about:blank", locale="en-GB")
    page = watched.page
    page.add_init_script(RECORDED)
    page.goto(f"{serve(tmp_path / 'runs').url}/live")
    page.wait_for_function("document.title === '● 0/40 · SPCL'")
    assert page.evaluate("window.asked") is None, "nothing is asked before a click"
    page.get_by_role("button", name="Notify me").click()
    page.get_by_role("button", name="Notifying you").wait_for()
    run.write_snapshot(20)
    page.wait_for_function("document.title.includes('20/40 · SPCL')")
    run.finish()
    page.wait_for_function("document.title === 'SPCL'")
    told = page.evaluate("window.told")
    assert [title for title, body in told if body.startswith("Finished")] == [
        "Synthetic day to dusk"
    ]
    assert watched.console == [] and watched.outside == []
