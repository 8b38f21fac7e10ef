"""The cards of the live page: key figures, class strip, lines, alarms, newest masks."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import quote

import pandas as pd
import streamlit as st

from dashboard.cards.scores import strip_card, strip_title
from dashboard.charts import live as pictures
from dashboard.colors import color
from dashboard.components.live_lines.live_lines import live_lines
from dashboard.data import recorded
from dashboard.data.opened_run import OpenedRun
from dashboard.style import dark
from dashboard.text import absent
from dashboard.text import alarms as words
from dashboard.text.common import counted
from dashboard.text.live import key_figures
from dashboard.text.live.checks import checks
from dashboard.text.live.key_figures import Figure
from dashboard.text.scores import baselines
from dashboard.text.scores.baselines import Mark
from dashboard.views.common import Files, card, link, offer, plain, show_inside
from dashboard.views.links import address, page_link
from spcl.store.names import EventKind

_MOST_TILES = 7
_MORE_ABOUT = {
    EventKind.CLASS_STARVES: ("masks", "Open in masks"),
    EventKind.CLASS_LOST: ("separability", "Open in separability"),
    EventKind.PROTOTYPES_CLOSE: ("prototypes", "Open in prototypes"),
    EventKind.PROTOTYPE_FADES: ("prototypes", "Open in prototypes"),
    EventKind.PROTOTYPE_UNSEEN: ("prototypes", "Open in prototypes"),
}


def _said_what_lacks(opened: OpenedRun, figure: Figure) -> Figure:
    """Return a figure without a value so that it says what the run would have to record."""
    if figure.history:
        return figure
    if figure.label == key_figures.KEPT and absent.lacks(opened.info, "settings"):
        return replace(figure, description=absent.NOT_LOGGED)
    if figure.description == key_figures.NOT_YET and absent.lacks(opened.info, "features"):
        return replace(figure, description=absent.NEEDS_FEATURES)
    return figure


def figures(opened: OpenedRun, iou: pd.DataFrame, step: int) -> None:
    """Draw the four key figures."""
    seen = iou[iou["step"] <= step]
    measures = recorded.measures_frame(opened.run, over=("domain_gap", "margin_mean"))
    target = opened.info.domain_name("target")
    if (seen["domain"] == "target").any():
        first = key_figures.score_figure(seen, "target", "Target mIoU", opened.before)
    else:
        first = key_figures.margin_figure(measures, step, opened.before, target)
    names = [display.lower() for display in opened.displays.values()]
    figures = (
        first,
        key_figures.score_figure(seen, "source", "Source mIoU", opened.before),
        key_figures.gap_figure(measures, step, opened.before),
        key_figures.kept_figure(recorded.updates(opened.run), step, names),
    )
    told = tuple(_said_what_lacks(opened, figure) for figure in figures)
    for column, figure in zip(st.columns(4), told, strict=True):
        with column, st.container(border=True, height="stretch", gap="xsmall"):
            _figure(figure)


def _figure(figure: Figure) -> None:
    with st.container(
        horizontal=True, horizontal_alignment="distribute", vertical_alignment="bottom", gap=None
    ):
        st.metric(figure.label, figure.value, width="content")
        picture = pictures.sparkline(figure.history, dark=dark(), strong=figure.better is not False)
        if picture:
            st.html(picture, width=100)
    st.markdown(_change(figure))


def _change(figure: Figure) -> str:
    """Return the line below a figure: the change in its colour, then what it is against."""
    if figure.change is None:
        return f":gray[{plain(figure.description or 'nothing to compare with yet')}]"
    arrow, color = "▲" if figure.rises else "▼", "blue" if figure.better else "orange"
    change = f":{color}[{arrow} **{plain(figure.change)}**]"
    return f"{change} :gray[{plain(figure.description)}]" if figure.description else change


def strip(opened: OpenedRun, iou: pd.DataFrame) -> None:
    """Draw classes x steps: change since before, or level."""
    swatches = [color(info, opened.selection.palette) for info in opened.classes]
    with st.container(border=True, height="stretch"):
        with st.container(horizontal=True, horizontal_alignment="distribute"):
            st.subheader(plain(strip_title(opened, iou)), anchor=False, width="content")
            with st.container(horizontal=True, width="content", vertical_alignment="center"):
                by_change = _change_or_level(opened.compared_step is not None)
                links = {name: address("class", name=name) for name in opened.names}
                shown = strip_card(
                    opened, iou, swatches, by_change=by_change, dark=dark(), links=links
                )
                offer(Files(opened, shown, "live.strip"))
        show_inside(shown, "live.strip")


def _change_or_level(compared: bool) -> bool:
    choice = st.segmented_control(
        "Colour by",
        ["Change", "Level"],
        default="Change" if compared else "Level",
        required=True,
        key=f"live.strip.{compared}",
        label_visibility="collapsed",
    )
    return bool(choice == "Change")


def lines(opened: OpenedRun, iou: pd.DataFrame, found: Sequence[Mark] = ()) -> None:
    """Draw mIoU and loss over the steps; the baselines as dashed lines."""
    beside = [(mark.name, mark.value) for mark in found if baselines.is_baseline(mark)]
    live = opened.selection.live and opened.status.kind in ("running", "stalled")
    with st.container(border=True, height="stretch"):
        live_lines(opened, iou, beside, live=live, key="live.lines")


def alarms(opened: OpenedRun, iou: pd.DataFrame, step: int) -> None:
    """Draw what needs a look, at most three, worst first; then what was checked and holds."""
    active = active_alarms(opened, step)
    with st.container(border=True, height="stretch"):
        with st.container(horizontal=True, horizontal_alignment="distribute"):
            st.subheader("Needs a look", anchor=False, width="content")
            if active:
                st.badge(str(len(active)), color="orange")
        if not active:
            st.markdown(f"No alarms for any of the {len(opened.classes)} classes.")
        for event in active[: words.MAX_ALARMS]:
            _alarm(opened, event)
        if len(active) > words.MAX_ALARMS:
            st.caption(f"{len(active) - words.MAX_ALARMS} more; the other pages show them.")
        _checked(opened, iou, {event["kind"] for event in active})


def _checked(opened: OpenedRun, iou: pd.DataFrame, raised: Collection[str]) -> None:
    """List the checks that hold, with their limits; nothing before a snapshot was analysed."""
    measured = recorded.measured_steps(opened.run, opened.step or 0)
    if not measured:
        return
    at = measured[-1]
    found = checks(
        opened.info,
        has_labels=bool((iou["domain"] == "target").any()),
        has_reference=opened.before is not None and at > opened.before,
    )
    holding = [check.sentence for check in found if check.kind not in raised]
    with st.popover(plain(counted(len(holding), "check")), icon=":material/checklist:"):
        st.markdown(f"**{plain(f'What holds at step {at:,}')}**")
        lines = (f":blue[:material/check:] {plain(sentence)}" for sentence in holding)
        st.markdown("  \n".join(lines))
        st.caption(plain("Limits are events.* of the configuration."))


def active_alarms(opened: OpenedRun, step: int) -> list[dict[str, Any]]:
    """Return the alarms that hold at the last analysed snapshot up to `step`."""
    return words.active_alarms(
        recorded.events(opened.run), recorded.measured_steps(opened.run, step)
    )


def _alarm(opened: OpenedRun, event: dict[str, Any]) -> None:
    title = words.alarm_title(event, shown(opened, event))
    with st.container(gap="xsmall"):
        name = str(event.get("class") or "")
        if name in opened.displays:
            page_link("class", title, name=name, icon=":material/warning:")
        else:
            st.markdown(f":orange[:material/warning:] **{plain(title)}**")
        st.caption(plain(f"{event.get('sentence', '')} Began at step {event['since']:,}."))
        if event["kind"] in _MORE_ABOUT:
            link(*_MORE_ABOUT[event["kind"]])


def shown(opened: OpenedRun, event: dict[str, object] | None) -> str:
    """Return what people call the class of an event."""
    name = str((event or {}).get("class") or "")
    return opened.displays.get(name, name)


def masks(opened: OpenedRun, step: int) -> None:
    """Draw the same probe images at every snapshot: the masks before and now."""
    name = opened.info.domain_name("target")
    tiles = _tiles(opened, step)
    if not tiles:
        return
    compared = tiles[0].before_url is not None
    note = "above: before adaptation, below: now" if compared else "now"
    with card(
        f"Predictions on {name}, step {step:,}", f"the same images at every snapshot; {note}"
    ):
        st.html(pictures.mask_tiles(tiles, dark=dark()))


def _tiles(opened: OpenedRun, step: int) -> list[pictures.Tile]:
    frame = recorded.image_frame(opened.path, step, opened.before)
    target = frame[frame["domain"] == "target"].head(_MOST_TILES)
    compared = opened.before is not None and step > opened.before
    columns = (target["key"].tolist(), target["name"].tolist(), target["gain"].tolist())
    return [
        pictures.Tile(
            name=name,
            before_url=mask_url(opened, opened.before, key) if compared else None,
            now_url=mask_url(opened, step, key),
            gain=round(100 * gain, 1) if compared and gain == gain else None,
            href=address("masks", image=key),
        )
        for key, name, gain in zip(*columns, strict=True)
    ]


def mask_url(opened: OpenedRun, step: int | None, key: str) -> str:
    """Return the address of a mask in the colours that are chosen."""
    palette = "&palette=safe" if opened.selection.palette == "safe" else ""
    return f"{opened.api}/snapshots/{step}/masks/{quote(key)}.png?v={opened.version}{palette}"
