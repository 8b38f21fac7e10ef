"""The class list: legend and filter in one; what is chosen becomes the page's selection."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import streamlit as st

from dashboard.colors import color
from dashboard.components.loader import component
from dashboard.data.opened_run import OpenedRun
from dashboard.data.selection import remember
from dashboard.text.pixels import filter_line, legend_heads

_mount = component("class_legend")


@dataclass(frozen=True)
class Told:
    """What the list says of a class beside its name.

    Attributes:
        count: of its points, "" where none are counted.
        own: share of its target points nearest to its own prototype, in [0, 1].
        rival: what else they are nearest to, in words; "" for nothing.
    """

    count: str = ""
    own: float | None = None
    rival: str = ""


def legend_values(
    opened: OpenedRun, told: Mapping[str, Told] | None = None, *, selects: bool = False
) -> dict[str, Any]:
    """Return everything the list draws.

    Args:
        opened: the run.
        told: class name -> what is said of it; None for names alone, side by side.
        selects: whether the pixels of a class can be selected here.
    """
    shown = opened.shown_names
    return {
        "classes": [
            {
                "id": info.id,
                "name": info.name,
                "display": info.display,
                "color": color(info, opened.selection.palette),
                "shown": info.name in shown,
                **vars((told or {}).get(info.name, Told())),
            }
            for info in opened.classes
        ],
        "line": filter_line(len(shown), len(opened.classes)),
        "heads": list(legend_heads(opened.info.domain_name("target"))),
        "dense": told is None,
        "selects": selects,
    }


def class_legend(
    values: Mapping[str, Any], *, key: str, on_select: Callable[[str], None] | None = None
) -> None:
    """Draw the list.

    Args:
        values: what `legend_values` returned.
        key: identity.
        on_select: called with the name of a class whose pixels are to be selected.
    """
    known = [one["name"] for one in values["classes"]]
    _mount(
        key=key,
        data=dict(values),
        on_classes_change=lambda: _on_classes(key, known),
        on_select_change=lambda: _on_select(key, known, on_select),
    )


def _on_classes(key: str, known: Sequence[str]) -> None:
    sent = st.session_state[key].get("classes")
    if isinstance(sent, list | tuple):
        remember(classes=tuple(name for name in known if name in sent))


def _on_select(key: str, known: Sequence[str], act: Callable[[str], None] | None) -> None:
    sent = st.session_state[key].get("select")
    if act is not None and sent in known:
        act(sent)
