"""Masks: what got fixed and what got broken, image by image."""

from typing import Any

from dashboard.components.mask_viewer.mask_viewer import mask_viewer
from dashboard.data import recorded
from dashboard.data.masks import MaskChange, mask_change, mask_transfer
from dashboard.data.opened_run import OpenedRun
from dashboard.text import masks as words
from dashboard.views.baselines_card import marks_of, missing_note
from dashboard.views.calibration_card import calibration_card
from dashboard.views.common import header, how_to_read, open_page


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
    mean_iou = (recorded.scores(opened.path, opened.step).get("target") or {}).get("mean_iou")
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
        ),
    )
    missing_note(opened, marks_of(opened))
    orders = {
        domain: words.orders(frame[frame["domain"] == domain])
        for domain in ("target", "source")
        if (frame["domain"] == domain).any()
    }
    image = _shown(opened, orders)
    mask_viewer(
        opened,
        images=_images(opened, frame.to_dict("records")),
        orders=orders,
        image=image,
        detail=_detail(opened, image, before),
        before=before,
        key="mask-viewer",
    )
    how_to_read(_reading(opened, image, before))
    calibration_card(opened, opened.step)


def _shown(opened: OpenedRun, orders: dict[str, dict[str, list[str]]]) -> str:
    """Return the chosen image, else the one that gained most, else the first."""
    known = [key for tabs in orders.values() for key in tabs["all"]]
    if opened.selection.image in known:
        return str(opened.selection.image)
    first = next(iter(orders.values()))
    return (first.get("improved") or first["all"])[0]


def _images(opened: OpenedRun, rows: list[dict[Any, Any]]) -> list[dict[str, Any]]:
    known = {image.key: image for image in recorded.images(opened.path)}
    return [
        words.image_entry(
            row,
            width=known[row["key"]].width,
            height=known[row["key"]].height,
            has_label=known[row["key"]].has_label,
        )
        for row in rows
    ]


def _change(opened: OpenedRun, image: str, before: int | None) -> MaskChange | None:
    if before is None or opened.step is None:
        return None
    return mask_change(opened.path, before, opened.step, image, len(opened.classes))


def _detail(opened: OpenedRun, image: str, before: int | None) -> dict[str, Any]:
    names = list(opened.displays.values())
    return words.detail(
        image,
        names=names,
        change=_change(opened, image, before),
        transfer=mask_transfer(opened.path, before, opened.step, image, len(opened.classes))
        if before is not None and opened.step is not None
        else None,
        before=_scores(opened, before, image),
        after=_scores(opened, opened.step, image),
    )


def _scores(opened: OpenedRun, step: int | None, key: str) -> dict[str, Any] | None:
    """Return what `scores.json` says of one image; None without truth."""
    domain = next(image.domain for image in recorded.images(opened.path) if image.key == key)
    if step is None:
        return None
    scored = recorded.scores(opened.path, step).get(domain) or {}
    image: dict[str, Any] | None = scored.get("images", {}).get(key)
    return image


def _reading(opened: OpenedRun, image: str, before: int | None) -> str:
    change = _change(opened, image, before)
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
