"""The story page: what goes to the browser in every state of a run, and what comes back."""

import importlib
import json
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from dashboard.components.story.payload import maps
from dashboard.data import runs_folder
from dashboard.export.exported import export
from tests.dashboard.export.test_export import values
from tests.support.exporting import opened_runs
from tests.support.synthetic_run import SyntheticRun, set_recorded, write_synthetic_run

PAGE = """
from dashboard.data.opened_run import open_run
from dashboard.data.selection import arrive, selection
from dashboard.views import story
arrive()
story.render(open_run(selection()))
"""
KINDS = {
    "pair": {"kind", "sides"},
    "maps": {"kind", "before", "now", "lit", "caption"},
    "squares": {"kind", "before", "after", "wipe"},
    "weak": {"kind", "wipe", "bars"},
    "ruler": {"kind", "marks", "facts"},
}
Sent = Mapping[str, Any]


@pytest.fixture
def sent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Sent]:
    """Return `sent(**query)`: what the page of the only run sends to the browser."""
    calls: list[Sent] = []
    module = importlib.import_module("dashboard.components.story.story")
    monkeypatch.setattr(module, "_mount", lambda *, data, **_: calls.append(data))
    runs_folder.use(tmp_path)

    def look(**query: str) -> Sent:
        app = AppTest.from_string(PAGE, default_timeout=60)
        for key, value in query.items():
            app.query_params[key] = value
        app.run()
        assert not app.exception, app.exception
        value = calls[-1]
        assert json.loads(json.dumps(value, allow_nan=False)) == value  # as it travels
        return value

    return look


@pytest.fixture
def path(tmp_path: Path, analyzed_run: Path) -> Path:
    return Path(shutil.copytree(analyzed_run, tmp_path / analyzed_run.name))


def addresses(value: Any) -> list[str]:
    """Return every address in a value."""
    if isinstance(value, Mapping):
        return [one for part in value.values() for one in addresses(part)]
    if isinstance(value, list):
        return [one for part in value for one in addresses(part)]
    return [value] if isinstance(value, str) and value.startswith("/api/") else []


@pytest.mark.slow
def test_five_panels_with_the_fields_of_the_contract(path: Path, sent: Callable[..., Sent]) -> None:
    value = sent()
    assert set(value) == {
        *("title", "summary", "footer", "running", "panel", "present", "palette", "classes"),
        *("panels", "edits"),
    }
    assert [panel["key"] for panel in value["panels"]] == [
        *("problem", "learned", "better", "worse", "sure")
    ]
    for panel in value["panels"]:
        assert set(panel) == {
            *("key", "kicker", "number", "sentence", "text", "links", "card", "notes", "picture")
        }
        assert set(panel["card"]) == {"number", "caption"}
        assert set(panel["notes"]) == {"say", "question", "answer"}
        assert set(panel["picture"]) == KINDS[panel["picture"]["kind"]]
        for link in panel["links"]:
            assert set(link) == {"label", "page", "query"}
            assert link["query"]["step"] == "40"
    kinds = [panel["picture"]["kind"] for panel in value["panels"]]
    assert kinds == ["pair", "maps", "squares", "weak", "ruler"]


def test_every_picture_is_a_file_of_the_run(path: Path, sent: Callable[..., Sent]) -> None:
    found = addresses(sent())
    assert len(found) > 10
    for address in found:
        parts = urlsplit(address).path.split("/")
        assert parts[:4] == ["", "api", "runs", path.name]
        kind, *rest = [unquote(part) for part in parts[4:]]
        if kind == "snapshots":
            file = path / "snapshots" / f"step_{int(rest[0]):07d}" / "/".join(rest[1:])
        else:
            file = path / kind / {True: "labels", False: "images"}[".label." in rest[0]]
            file = next((path / kind).rglob(rest[0].replace(".label.png", "*")), file)
        assert file.exists(), address


def test_both_maps_have_one_camera_and_at_most_2000_points(
    path: Path, sent: Callable[..., Sent], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(maps, "MOST_POINTS", 100)
    picture = sent()["panels"][1]["picture"]
    before, now = picture["before"], picture["now"]
    assert (before["label"], now["label"]) == ("Before, step 20", "Now, step 40")
    assert before["class_id"] == now["class_id"]
    assert before["domain"] == now["domain"]
    assert 80 < len(now["x"]) <= 100
    for cloud in (before, now):
        assert len(cloud["x"]) == len(cloud["y"]) == len(cloud["class_id"])
        assert 0 <= min(cloud["x"] + cloud["y"]) <= max(cloud["x"] + cloud["y"]) <= 1000
        assert {mark["label"] for mark in cloud["prototypes"]} <= {
            *("road", "building", "sky", "person", "car")
        }
    assert len(set(picture["lit"])) == len(picture["lit"]) <= 6


def test_a_picture_from_the_middle_is_chosen_and_the_least_gain_where_it_is_weak(
    tmp_path: Path, sent: Callable[..., Sent]
) -> None:
    write_synthetic_run(tmp_path, images=12, target_worsens=True)
    value = sent()
    better, worse = (value["panels"][i]["picture"]["wipe"] for i in (2, 3))
    first = next(one for one in better["images"] if one["key"] == better["chosen"])
    last = next(one for one in worse["images"] if one["key"] == worse["chosen"])
    assert first["label"].startswith("Typical: dusk picture")
    assert last["label"].startswith("Lost: dusk picture")
    assert last["tab"] == "harmed"
    keys = [image["key"] for image in better["images"]]
    assert len(keys) == len(set(keys)) <= 12
    assert "improved" not in {image["tab"] for image in better["images"]}


def test_a_picture_that_lost_nothing_is_never_called_harmed(
    tmp_path: Path, sent: Callable[..., Sent]
) -> None:
    write_synthetic_run(tmp_path, images=12)
    wipe = sent()["panels"][3]["picture"]["wipe"]
    chosen = next(one for one in wipe["images"] if one["key"] == wipe["chosen"])
    assert chosen["label"].startswith("Gained least")
    assert chosen["tab"] == "least"
    assert "harmed" not in {image["tab"] for image in wipe["images"]}
    assert not any(image["label"].startswith("Lost") for image in wipe["images"])


def test_without_target_labels_nothing_is_a_square_and_pictures_can_still_be_wiped(
    tmp_path: Path, sent: Callable[..., Sent]
) -> None:
    write_synthetic_run(tmp_path, images=4, target_labels=False)
    panels = sent()["panels"]
    for panel in panels[2:4]:
        assert panel["picture"]["kind"] == "weak"
        images = panel["picture"]["wipe"]["images"]
        assert all(image["truth"] is None for image in images)
    chosen = [panel["picture"]["wipe"]["chosen"] for panel in panels[2:4]]
    assert chosen[0] != chosen[1]
    assert panels[4]["picture"]["marks"] == []


@pytest.mark.parametrize("steps", [(0,), (0, 10), (0, 20), (0, 20, 30)])
def test_a_run_that_trains_is_told_as_far_as_it_is(
    tmp_path: Path, sent: Callable[..., Sent], steps: tuple[int, ...]
) -> None:
    run = SyntheticRun(tmp_path, images=3)
    run.write_probe()
    for step in steps:
        run.write_snapshot(step)
    value = sent()
    assert value["running"].startswith("Still training")
    assert (value["panels"][2]["picture"].get("before") is not None) is (steps[-1] == 30)


def test_before_the_first_snapshot_a_sentence_says_what_is_missing(tmp_path: Path) -> None:
    run = SyntheticRun(tmp_path, images=3)
    run.write_probe()
    runs_folder.use(tmp_path)
    app = AppTest.from_string(PAGE, default_timeout=60).run()
    assert not app.exception
    assert app.title[0].value == "Nothing recorded yet"


def test_the_address_says_where_to_begin(path: Path, sent: Callable[..., Sent]) -> None:
    value = sent(panel="4", present="1", palette="safe")
    assert (value["panel"], value["present"], value["palette"]) == (4, True, "safe")


def test_text_of_a_run_travels_as_text(path: Path, sent: Callable[..., Sent]) -> None:
    set_recorded(path, title="<b>x</b>", notes=("$1$ {n} <img src=x>",))
    value = sent()
    assert value["title"] == "<b>x</b>"
    assert {"label": "Noted", "text": "$1$ {n} <img src=x>"} in (
        value["panels"][4]["picture"]["facts"]
    )


def test_what_comes_back_is_remembered(
    path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls: list[Sent] = []
    answers = {"panel": 3, "present": True, "image": {"panel": 4, "key": "target-frame_1"}}

    def mount(*, key: str, data: Sent, **on: Callable[[], None]) -> None:
        calls.append(data)
        st.session_state[key] = answers
        for answer in on.values():
            answer()

    monkeypatch.setattr("dashboard.components.story.story._mount", mount)
    runs_folder.use(tmp_path)
    app = AppTest.from_string(PAGE, default_timeout=60).run().run()
    assert not app.exception, app.exception
    assert app.query_params["panel"] in ("3", ["3"])
    assert app.query_params["present"] in ("1", ["1"])
    chosen = [panel["picture"]["wipe"]["chosen"] for panel in calls[-1]["panels"][2:4]]
    assert chosen[1] == "target-frame_1"
    assert calls[-1]["panel"] == 3


@pytest.mark.slow
def test_the_file_is_made_by_a_button_and_made_anew_where_something_else_is_chosen(
    analyzed_run: Path,
) -> None:
    runs_folder.use(analyzed_run.parent)
    page = AppTest.from_string(PAGE, default_timeout=60).run()
    assert "about " in " ".join(caption.value for caption in page.caption)
    page.button(key="export-make").click().run()
    assert not page.exception
    path, content = page.session_state["spcl.export.made"]
    assert path[0] == str(analyzed_run)
    assert content.startswith(b"<!doctype html>")
    assert any("Save" in button.label for button in page.get("download_button"))
    page.checkbox(key="export-photographs").uncheck().run()
    assert not page.get("download_button")
    page.multiselect[0].set_value([]).run()
    assert page.button(key="export-make").disabled


@pytest.fixture
def edit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Sent]:
    """Return `edit(sent)`: what the browser draws after it sent edits and the page ran again."""
    calls: list[Sent] = []
    waiting: list[Sent] = []

    def mount(*, key: str, data: Sent, on_edits_change: Callable[[], None], **_: object) -> None:
        calls.append(data)
        if waiting:
            st.session_state[key] = {"edits": waiting.pop()}
            on_edits_change()

    monkeypatch.setattr("dashboard.components.story.story._mount", mount)
    runs_folder.use(tmp_path)
    app = AppTest.from_string(PAGE, default_timeout=60)

    def look(edits: Sent | None = None, *, session: AppTest = app) -> Sent:
        waiting[:] = [] if edits is None else [edits]
        session.run()
        session.run()
        assert not session.exception, session.exception
        return calls[-1]

    return look


MINE = {"title": "Nights", "summary": "It sees.", "hidden": ["learned", "nonsense"], "pictures": {}}


@pytest.mark.slow
def test_what_a_person_edits_is_shown_marked_kept_beside_the_run_and_exported(
    path: Path, edit: Callable[..., Sent]
) -> None:
    generated = edit()
    assert generated["edits"]["said"] == ""
    assert generated["edits"]["can"] is True
    images = generated["panels"][2]["picture"]["wipe"]["images"]
    other = next(
        one["key"] for one in images if one["key"] != generated["edits"]["panels"][2]["picture"]
    )
    edited = edit({**MINE, "pictures": {"better": other, "nonsense": "x"}})
    assert (edited["title"], edited["summary"]) == ("Nights", "It sees.")
    assert [panel["key"] for panel in edited["panels"]] == ["problem", "better", "worse", "sure"]
    assert edited["panels"][1]["picture"]["wipe"]["chosen"] == other
    assert edited["edits"]["said"] == (
        "Edited by hand: title, summary and choice of 1 picture; left out: What the model learned."
    )
    assert edited["edits"]["title"] == generated["title"]
    assert edited["edits"]["trouble"] == ""
    assert (path / "derived" / "story.json").is_file()
    another = AppTest.from_string(PAGE, default_timeout=60)
    assert edit(session=another)["title"] == "Nights", "other sessions see them, too"
    exported = values(export(opened_runs([path])).content)["runs"][0]["story"]
    assert (exported["title"], len(exported["panels"])) == ("Nights", 4)
    assert exported["edits"]["said"] == edited["edits"]["said"]
    assert exported["edits"]["can"] is False
    assert edit({"reset": True}) == generated


@pytest.mark.slow
def test_words_as_generated_are_no_edits_and_a_story_keeps_a_panel(
    path: Path, edit: Callable[..., Sent]
) -> None:
    generated = edit()
    words = {key: generated[key] for key in ("title", "summary")}
    assert edit({**MINE, **words, "hidden": []})["edits"]["said"] == ""
    everything = ["problem", "learned", "better", "worse", "sure"]
    assert len(edit({**MINE, "hidden": everything})["panels"]) == 5


@pytest.mark.slow
@pytest.mark.parametrize(
    "sent", [{**MINE, "title": 7}, {**MINE, "hidden": "learned"}, {"title": "only"}, {}, "text", 3]
)
def test_what_no_form_sends_changes_nothing(
    path: Path, edit: Callable[..., Sent], sent: Any
) -> None:
    assert edit(sent) == edit()
    assert not (path / "derived" / "story.json").exists()


def test_hostile_words_travel_as_one_line_of_text(path: Path, edit: Callable[..., Sent]) -> None:
    title = edit({**MINE, "title": "<img src=x>\n$1$\u202e" + "a" * 500})["title"]
    assert title.startswith("<img src=x> $1$")
    assert len(title) <= 90
    assert "\u202e" not in title


@pytest.mark.slow
def test_where_nothing_can_be_written_edits_last_for_the_session_and_a_sentence_says_so(
    tmp_path: Path, edit: Callable[..., Sent]
) -> None:
    run = write_synthetic_run(tmp_path)
    (run / "derived").write_bytes(b"")
    edited = edit(MINE)
    assert edited["title"] == "Nights"
    assert edited["edits"]["trouble"].startswith("Your edits last as long as this page is open: ")
    assert "cannot be written" in edited["edits"]["trouble"]
    assert edit()["title"] == "Nights"
    assert edit(session=AppTest.from_string(PAGE, default_timeout=60))["title"] != "Nights"
    assert edit({"reset": True})["edits"]["said"] == ""


@pytest.mark.slow
def test_a_broken_file_is_ignored_with_a_sentence(path: Path, edit: Callable[..., Sent]) -> None:
    (path / "derived" / "story.json").write_text("{", encoding="utf-8")
    value = edit()
    assert value["edits"]["said"] == ""
    assert "story.json is ignored: " in value["edits"]["trouble"]
    assert edit(MINE)["edits"]["trouble"] == ""


def test_words_of_another_step_say_so(path: Path, edit: Callable[..., Sent]) -> None:
    edit(MINE)
    app = AppTest.from_string(PAGE, default_timeout=60)
    app.query_params["step"] = "30"
    said = edit(session=app)["edits"]["said"]
    assert said.endswith(" (written at step 40).")
