"""What a person has chosen: kept in the session, written to the URL, validated when read."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import streamlit as st

from dashboard.colors import Palette
from dashboard.data import recorded, runs_folder

_KEYS = (
    *("run", "step", "palette", "classes", "image", "live", "panel", "present"),
    *("presenter", "measure", "color", "show", "with", "with_step", "axis"),
    *("name", "pair", "by", "pixels", "at", "within", "right"),
)
_OF_ONE_RUN = ("step", "classes", "image", "at", "panel", "present", "pair", "pixels")
_LONGEST = 4000
"""Letters of a choice that an address takes; longer ones last as long as the session."""
_PANELS = ("1", "2", "3", "4", "5")
_SIDES: Mapping[str, Literal["first", "second"]] = {"first": "first", "second": "second"}
_SESSION = "spcl.selection"


@dataclass(frozen=True)
class Selection:
    """The choices every page shares."""

    run_id: str | None
    step: int | None
    """None follows the latest snapshot."""
    palette: Palette
    classes: tuple[str, ...]
    """Names; empty means all."""
    image: str | None
    live: bool
    at: tuple[int, int] | None = None
    """Row and column of the pixel that the image was opened for; None for none."""
    panel: int = 1
    """Of the story, 1 to 5."""
    present: bool = False
    """Whether the story covers the window."""
    presenter: bool = False
    """Whether the other pages are shown larger, without the sidebar."""
    measure: str | None = None
    """Key of the measure that the separability page shows; None for its first."""
    color: str | None = None
    """What the colour of a point on the map says; None for its class."""
    show: tuple[str, ...] | None = None
    """What the map shows of "source", "target", "prototypes", "trails"; None for all of it."""
    others: tuple[str, ...] = ()
    """Ids of the runs that the run is compared with."""
    other_step: int | None = None
    """The snapshot of the first of them; None for its latest."""
    axis: str | None = None
    """What the curves of compared runs run over; None for steps."""
    name: str | None = None
    """The class in question, as the address names it; None for none."""
    pair: str | None = None
    """The class of some pixels and the one they go to, "fence,building"; None for no pair."""
    by: str | None = None
    """Who sends them there: "prototype", the nearest one, or None, the prediction."""
    within: str | None = None
    """Of which images pixels are counted: "image", the one shown, or None, all."""
    right: Literal["first", "second"] | None = None
    """Which of two runs alone has the pixels right: "first", "second", or None, all pixels."""
    pixels: str | None = None
    """The probe pixels selected on the map, as `spcl.store.edits.pixel_set` writes them."""


def selection() -> Selection:
    """Return the choices; what is not possible falls back to its default."""
    return parse(_raw(), [run.id for run in recorded.run_list(str(runs_folder.runs_dir()))])


def parse(raw: Mapping[str, str], run_ids: list[str]) -> Selection:
    """Read choices as they stand in a URL; anything unknown or malformed counts as not given."""
    asked = raw.get("run")
    run_id = next((one for one in run_ids if asked in (one, encodable(one))), None)
    if run_id is None and run_ids:
        run_id = run_ids[0]
    asked_with = raw.get("with", "").split(",")
    others = (one for one in run_ids if one != run_id and encodable(one) in asked_with)
    return Selection(
        run_id=run_id,
        step=_step(raw.get("step", "")),
        palette="safe" if raw.get("palette") == "safe" else "dataset",
        classes=tuple(name for name in raw.get("classes", "").split(",") if name),
        image=raw.get("image") or None,
        live=raw.get("live") != "0",
        at=_place(raw.get("at", "")),
        panel=int(panel) if (panel := raw.get("panel", "")) in _PANELS else 1,
        present=raw.get("present") == "1",
        presenter=raw.get("presenter") == "1",
        measure=raw.get("measure") or None,
        color=raw.get("color") or None,
        show=tuple(raw["show"].split(",")) if "show" in raw else None,
        others=tuple(sorted(others, key=lambda one: asked_with.index(encodable(one)))),
        other_step=_step(raw.get("with_step", "")),
        axis=raw.get("axis") or None,
        name=raw.get("name") or None,
        pair=raw.get("pair") or None,
        by="prototype" if raw.get("by") == "prototype" else None,
        pixels=raw.get("pixels") or None,
        within="image" if raw.get("within") == "image" else None,
        right=_SIDES.get(raw.get("right", "")),
    )


def _step(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 12 else None


def _place(text: str) -> tuple[int, int] | None:
    row, _, column = text.partition(",")
    place = (_step(row), _step(column))
    return None if place[0] is None or place[1] is None else (place[0], place[1])


def encodable(name: str) -> str:
    """Return the name of a folder as an address can hold it (broken letters become U+FFFD)."""
    return name.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def asked_run() -> str | None:
    """Return the run id asked for, whether or not it exists."""
    return _raw().get("run")


def remember(**changes: Any) -> None:
    """Write choices (the names of `Selection`, but "run") to session and URL.

    None forgets one. Another run forgets step, image, classes, panel, present and pixels; another
    image the pixel it was opened for.
    """
    unknown = set(changes) - set(_KEYS)
    assert not unknown, f"unknown choices {unknown}"
    if "run" in changes and changes["run"] != _raw().get("run"):
        changes = {**dict.fromkeys(_OF_ONE_RUN), **changes}
    kept = _raw()
    for key, value in _with_place(changes).items():
        written = _written(key, value)
        if written is None:
            kept.pop(key, None)
        else:
            kept[key] = written
    st.session_state[_SESSION] = kept
    publish()


def address_after(**changes: Any) -> dict[str, str]:
    """Return the choices as an address holds them after some changes (see `remember`)."""
    written = {key: _written(key, value) for key, value in _with_place(changes).items()}
    kept = {**_raw(), **written}
    return {key: value for key, value in kept.items() if value is not None}


def _with_place(changes: Mapping[str, Any]) -> dict[str, Any]:
    """Return changes so that another image forgets the pixel of the one before."""
    return {"at": None, **changes} if "image" in changes else dict(changes)


def take(asked: Mapping[str, str]) -> None:
    """Take over the choices of a link within the pages; what is no choice is left out."""
    known = {key: value for key, value in asked.items() if key in _KEYS}
    st.session_state[_SESSION] = {**_raw(), **known}
    publish()


def publish() -> None:
    """Make the URL show the choices (a change of page takes them away)."""
    kept = _raw()
    st.session_state[_SESSION] = kept
    for key in _KEYS:
        if key not in kept or len(kept[key]) > _LONGEST:
            st.query_params.pop(key, None)
        elif st.query_params.get(key) != kept[key]:
            st.query_params[key] = kept[key]


def arrive() -> None:
    """Take over what a link asks for, once a script run, before anything is drawn.

    The newest run is written down when none is asked for, so that the link restores the view.
    """
    kept = dict(st.session_state.get(_SESSION, {}))
    kept.update({key: st.query_params[key] for key in _KEYS if key in st.query_params})
    st.session_state[_SESSION] = kept
    newest = selection().run_id
    if "run" not in kept and newest is not None:
        st.session_state[_SESSION] = {"run": encodable(newest), **kept}
    publish()


def _raw() -> dict[str, str]:
    if _SESSION in st.session_state:
        return dict(st.session_state[_SESSION])
    return {key: st.query_params[key] for key in _KEYS if key in st.query_params}


def _written(key: str, value: Any) -> str | None:
    if key == "live":
        return None if value in (True, None) else "0"
    if key in ("present", "presenter"):
        return "1" if value else None
    if key == "palette":
        return "safe" if value == "safe" else None
    if key == "at":
        return None if value is None else f"{value[0]},{value[1]}"
    if key in ("classes", "with"):
        return encodable(",".join(value or ())) or None
    if key == "show":
        return None if value is None else ",".join(value)
    return None if value is None else encodable(str(value))
