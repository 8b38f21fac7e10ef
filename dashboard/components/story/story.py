"""The story page's component: words and pictures go out as one value, choices come back."""

from collections.abc import Mapping
from typing import Any

import streamlit as st

from dashboard.components.loader import component
from dashboard.components.mask_viewer.payload import class_entries
from dashboard.components.story.payload.edits import edits_from, with_edits
from dashboard.components.story.payload.pictures import Pictures
from dashboard.data.opened_run import OpenedRun
from dashboard.data.selection import remember
from dashboard.data.story.edits import keep_edits, kept_edits
from dashboard.data.story.facts import StoryRead
from dashboard.text.story import frame
from dashboard.text.story.counted.numbers import StoryNumbers
from dashboard.text.story.panel import KEYS, Link, Panel
from dashboard.text.story.story import panels
from spcl.store.edits.story import StoryEdits
from spcl.store.reader import Run

_mount = component("story")
_CHOSEN = "spcl.story.pictures"
_EDITS = "spcl.story.edits"


def story(opened: OpenedRun, read: StoryRead, numbers: StoryNumbers, *, key: str) -> None:
    """Draw the story; the panel and whether it is presented stand in the address afterwards.

    Args:
        opened: the run, at a step.
        read: what is on disk for its story.
        numbers: what the sentences are about.
        key: identity; the panel stays as long as it does.
    """
    run_id = opened.info.id
    edits, trouble = _edits(opened.run)
    values = story_values(opened, read, numbers, chosen=_chosen(run_id), edits=edits)
    values["edits"] |= {"can": True, "trouble": trouble}
    _mount(
        key=key,
        data=values,
        on_panel_change=lambda: _on_panel(key),
        on_present_change=lambda: _on_present(key),
        on_image_change=lambda: _on_image(key, run_id),
        on_edits_change=lambda: _on_edits(key, opened.run, values["edits"], read.step),
    )


def story_values(
    opened: OpenedRun,
    read: StoryRead,
    numbers: StoryNumbers,
    *,
    chosen: Mapping[str, str],
    edits: StoryEdits | None = None,
) -> dict[str, Any]:
    """Return everything the browser draws.

    Args:
        opened: the run, at a step.
        read: what is on disk for its story.
        numbers: what the sentences are about.
        chosen: keys of panels -> keys of pictures that somebody asked for.
        edits: what a person changed; None for what is kept beside the run.
    """
    edits = kept_edits(opened.run)[0] if edits is None else edits
    pictures = Pictures(opened, read, numbers, {**edits.pictures, **chosen})
    values = {
        "title": frame.title(numbers),
        "summary": frame.summary(numbers),
        "footer": frame.footer(numbers),
        "running": frame.running(numbers),
        "panel": opened.selection.panel,
        "present": opened.selection.present,
        "palette": opened.selection.palette,
        "classes": class_entries(opened.classes),
        "panels": [
            {**_words(panel, read.step), "picture": pictures.of(panel)} for panel in panels(numbers)
        ],
    }
    first: dict[str, str] = {key: pictures.first_of(key) for key in KEYS}
    return with_edits(values, edits, first=first, step=read.step)


def _words(panel: Panel, step: int) -> dict[str, Any]:
    return {
        "key": panel.key,
        "kicker": panel.kicker,
        "number": _number(panel),
        "sentence": panel.sentence,
        "text": list(panel.text),
        "links": [_link(link, step) for link in panel.links],
        "card": {"number": panel.card_number, "caption": panel.card_caption},
        "notes": dict(vars(panel.notes)),
    }


def _number(panel: Panel) -> dict[str, str] | None:
    number = panel.number
    if number is None:
        return None
    if number.before is None:
        return {"text": number.after}
    return {"before": number.before, "after": number.after}


def _link(link: Link, step: int) -> dict[str, Any]:
    query = {"step": str(step)}
    if link.image is not None:
        query["image"] = link.image
    return {"label": link.label, "page": link.page, "query": query}


def _chosen(run_id: str) -> dict[str, str]:
    owner, chosen = st.session_state.get(_CHOSEN, (None, {}))
    return dict(chosen) if owner == run_id else {}


def _edits(run: Run) -> tuple[StoryEdits, str]:
    """Return the edits, those of the session first, and what is to be said of them."""
    owner, edits, trouble = st.session_state.get(_EDITS, (None, StoryEdits(), ""))
    return (edits, trouble) if owner == str(run.path) else kept_edits(run)


def _on_panel(key: str) -> None:
    panel = st.session_state[key].get("panel")
    if isinstance(panel, int | float):
        remember(panel=int(panel))


def _on_present(key: str) -> None:
    present = st.session_state[key].get("present")
    if isinstance(present, bool):
        remember(present=present)


def _on_image(key: str, run_id: str) -> None:
    sent = st.session_state[key].get("image")
    if not isinstance(sent, Mapping):
        return
    panel, image = sent.get("panel"), sent.get("key")
    if isinstance(panel, str | int | float) and isinstance(image, str):
        st.session_state[_CHOSEN] = (run_id, {**_chosen(run_id), _key_of(panel): image})


def _on_edits(key: str, run: Run, generated: Mapping[str, str], step: int) -> None:
    sent = st.session_state[key].get("edits")
    edits = edits_from(sent, generated=generated, step=step)
    if edits is None:
        return
    st.session_state.pop(_CHOSEN, None)
    st.session_state.pop(_EDITS, None)
    trouble = keep_edits(run, edits)
    if trouble:
        st.session_state[_EDITS] = (str(run.path), edits, trouble)


def _key_of(panel: str | float) -> str:
    """Return the key of a panel that the browser names by its key or its place, 1 to 5."""
    if isinstance(panel, str):
        return panel
    return KEYS[int(panel) - 1] if 1 <= panel <= len(KEYS) else ""
