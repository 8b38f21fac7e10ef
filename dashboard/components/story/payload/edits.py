"""A story as a person edited it: the generated one, with their words, panels and pictures."""

from collections.abc import Collection, Mapping
from typing import Any

from dashboard.text.story.edits import edited
from dashboard.text.story.panel import KEYS
from spcl.store.edits.story import StoryEdits

Values = dict[str, Any]


def with_edits(values: Values, edits: StoryEdits, *, first: Mapping[str, str], step: int) -> Values:
    """Return what the browser draws, as edited; what was generated stays in it to go back to.

    Args:
        values: the story as generated, all its panels, with the pictures that were chosen.
        edits: what a person changed.
        first: key of a panel -> key of the picture that it shows where nobody chose another.
        step: the snapshot shown.
    """
    all_panels = values["panels"]
    hidden = [panel["key"] for panel in all_panels if panel["key"] in edits.hidden]
    if len(hidden) == len(all_panels):  # a story without panels is none
        hidden = []
    shown = [panel for panel in all_panels if panel["key"] not in hidden]
    said = edited(
        has_title=bool(edits.title),
        has_summary=bool(edits.summary),
        num_pictures=sum(_is_chosen(panel, edits, first) for panel in shown),
        hidden=[panel["kicker"] for panel in all_panels if panel["key"] in hidden],
        written_at=edits.step,
        step=step,
    )
    return {
        **values,
        "title": edits.title or values["title"],
        "summary": edits.summary or values["summary"],
        "panels": shown,
        "edits": {
            "said": said,
            "trouble": "",
            "can": False,
            "title": values["title"],
            "summary": values["summary"],
            "panels": [_choice(panel, hidden, first) for panel in all_panels],
        },
    }


def _is_chosen(panel: Values, edits: StoryEdits, first: Mapping[str, str]) -> bool:
    """Return whether the picture of a panel is shown because a person chose it for good."""
    wipe = panel["picture"].get("wipe")
    chosen = edits.pictures.get(panel["key"])
    return bool(wipe) and chosen == wipe["chosen"] != first[panel["key"]]


def _choice(panel: Values, hidden: Collection[str], first: Mapping[str, str]) -> Values:
    key = panel["key"]
    has_wipe = bool(panel["picture"].get("wipe"))
    return {
        "key": key,
        "kicker": panel["kicker"],
        "hidden": key in hidden,
        "picture": first[key] if has_wipe else None,
    }


def edits_from(sent: object, *, generated: Mapping[str, str], step: int) -> StoryEdits | None:
    """Return the edits that the browser sent; None for anything else.

    Args:
        sent: title, summary, hidden and pictures, or `reset`, which takes everything back.
        generated: title and summary, which are no edits.
        step: the snapshot shown.
    """
    if not isinstance(sent, Mapping):
        return None
    if sent.get("reset"):
        return StoryEdits()
    try:
        read = StoryEdits.from_json({**sent, "step": step})
    except (KeyError, TypeError, ValueError):
        return None
    return StoryEdits(
        title="" if read.title == generated["title"] else read.title,
        summary="" if read.summary == generated["summary"] else read.summary,
        hidden=tuple(key for key in KEYS if key in read.hidden),
        pictures={key: picture for key, picture in read.pictures.items() if key in KEYS},
        step=step,
    )
