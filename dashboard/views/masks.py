"""Masks: what got fixed and what got broken, image by image."""

from collections.abc import Mapping
from typing import Any

import pandas as pd
import streamlit as st

from dashboard.components.mask_viewer.mask_viewer import mask_viewer
from dashboard.components.mask_viewer.payload import change_of, mask_values, orders_of
from dashboard.data import recorded
from dashboard.data.classes.chosen import chosen_class
from dashboard.data.classes.images import images_with
from dashboard.data.opened_run import OpenedRun
from dashboard.data.selection import remember
from dashboard.text import masks as words
from dashboard.text.scores.thirteen import both_means
from dashboard.views.classes.errors_card import errors_card
from dashboard.views.common import header, how_to_read, open_page, plain
from dashboard.views.parts.baselines_card import marks_of, missing_note
from dashboard.views.parts.calibration_card import calibration_card


def render(run: OpenedRun) -> None:
    """Draw the page."""
    opened = open_page(run, "Masks")
    if opened is None or opened.step is None:
        return
    before = opened.compared_step
    frame = recorded.image_frame(opened.path, opened.step, before)
    if frame.empty:
        header(
            "Masks",
            "No probe image is recorded",
            "This run records probe pixels but no whole images.",
        )
        return
    names = {domain: opened.info.domain_name(domain) for domain in ("target", "source")}
    scored = recorded.scores(opened.path, opened.step).get("target")
    mean_iou = (scored or {}).get("mean_iou")
    header(
        f"Masks · step {opened.step:,}"
        + (f" against step {before:,}" if before is not None else ""),
        words.headline(
            frame[frame["domain"] == "target"],
            names["target"],
            step=opened.step,
            mean_iou=mean_iou,
        ),
        words.caption(
            {name: int((frame["domain"] == domain).sum()) for domain, name in names.items()},
            opened.step,
            before,
            is_scored=mean_iou is not None,
        )
        + both_means(opened.info.label_space.names, scored, names["target"]),
    )
    missing_note(opened, marks_of(opened))
    frame = _of_class(opened, frame)
    image = _shown(opened, orders_of(frame))
    values = mask_values(opened, frame, image=image)
    _marked(values["mark"])
    mask_viewer(values, key="mask-viewer")
    how_to_read(_reading(opened, image))
    calibration_card(opened, opened.step)
    errors_card(opened, opened.step)


def _of_class(opened: OpenedRun, frame: pd.DataFrame) -> pd.DataFrame:
    """Return the images that hold the class in question, and say so; all where none is chosen."""
    info = chosen_class(opened)
    if info is None:
        return frame
    counts, kept = {}, []
    for domain in ("target", "source"):
        mine = frame[frame["domain"] == domain]
        if len(mine):
            kept.append(mine[mine["key"].isin(images_with(opened, info, domain))])
            counts[opened.info.domain_name(domain)] = (len(kept[-1]), len(mine))
    with st.container(horizontal=True, gap="medium", vertical_alignment="center"):
        st.markdown(plain(words.only_images_with(info.display, counts)), width="content")
        st.button("All images", on_click=lambda: remember(name=None), type="tertiary")
    held = pd.concat(kept)
    return held if len(held) else frame


def _marked(mark: Mapping[str, Any] | None) -> None:
    """Say which pixel is marked, and offer to take the mark away; nothing where none is."""
    if mark is None:
        return
    with st.container(horizontal=True, gap="medium", vertical_alignment="center"):
        st.markdown(plain(f"The cross-hair: {mark['text']}"), width="content")
        st.button("Without the mark", on_click=lambda: remember(at=None), type="tertiary")


def _shown(opened: OpenedRun, orders: Mapping[str, Mapping[str, list[str]]]) -> str:
    """Return the chosen image, else the one that gained most, else the first."""
    known = [key for tabs in orders.values() for key in tabs["all"]]
    if opened.selection.image in known:
        return str(opened.selection.image)
    first = next(iter(orders.values()))
    return (first.get("improved") or first["all"])[0]


def _reading(opened: OpenedRun, image: str) -> str:
    change = change_of(opened, image)
    if change is None:
        return (
            "colours are the predicted classes, named in the list beside the picture. "
            "The wipe compares any two snapshots pixel by pixel."
        )
    return (
        f"{100 * change.fixed:.1f} % of the {change.num_labeled:,} labelled pixels of this image "
        f"were wrong before and are right now; {100 * change.broken:.1f} % went the other way. "
        "IoU here counts all labelled pixels of this image; mIoU averages the classes in it."
    )
