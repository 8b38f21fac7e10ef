"""Masks: what got fixed and what got broken, image by image."""

from typing import Any

from dashboard.components.mask_viewer.mask_viewer import mask_viewer
from dashboard.data import recorded
from dashboard.data.masks import MaskChange, mask_change, mask_transfer
from dashboard.text import masks as words
from dashboard.views.common import Page, header, how_to_read, open_page


def render() -> None:
    """Draw the page."""
    page = open_page("Masks")
    if page is None or page.step is None:
        return
    before = _before(page)
    frame = recorded.image_frame(page.path, page.step, before)
    if frame.empty:
        header(
            "Masks",
            "No probe image is recorded",
            "This run records probe pixels but no whole images.",
        )
        return
    names = {domain: page.info.domain_name(domain) for domain in ("target", "source")}
    mean_iou = (recorded.scores(page.path, page.step).get("target") or {}).get("mean_iou")
    header(
        f"Masks · step {page.step:,}" + (f" against step {before:,}" if before is not None else ""),
        words.headline(
            frame[frame["domain"] == "target"],
            names["target"],
            step=page.step,
            mean_iou=mean_iou,
        ),
        words.caption(
            {name: int((frame["domain"] == domain).sum()) for domain, name in names.items()},
            page.step,
            before,
            is_scored=mean_iou is not None,
        ),
    )
    orders = {
        domain: words.orders(frame[frame["domain"] == domain])
        for domain in ("target", "source")
        if (frame["domain"] == domain).any()
    }
    image = _shown(page, orders)
    mask_viewer(
        page,
        images=_images(page, frame.to_dict("records")),
        orders=orders,
        image=image,
        detail=_detail(page, image, before),
        before=before,
        key="mask-viewer",
    )
    how_to_read(_reading(page, image, before))


def _before(page: Page) -> int | None:
    """Return the reference step; None at it and earlier, where there is nothing to compare yet."""
    if page.before is None or page.step is None or page.step <= page.before:
        return None
    return page.before


def _shown(page: Page, orders: dict[str, dict[str, list[str]]]) -> str:
    """Return the chosen image, else the one that gained most, else the first."""
    known = [key for tabs in orders.values() for key in tabs["all"]]
    if page.selection.image in known:
        return str(page.selection.image)
    first = next(iter(orders.values()))
    return (first.get("improved") or first["all"])[0]


def _images(page: Page, rows: list[dict[Any, Any]]) -> list[dict[str, Any]]:
    known = {image.key: image for image in recorded.images(page.path)}
    return [
        words.image_entry(
            row,
            width=known[row["key"]].width,
            height=known[row["key"]].height,
            has_label=known[row["key"]].has_label,
        )
        for row in rows
    ]


def _change(page: Page, image: str, before: int | None) -> MaskChange | None:
    if before is None or page.step is None:
        return None
    return mask_change(page.path, before, page.step, image)


def _detail(page: Page, image: str, before: int | None) -> dict[str, Any]:
    names = [info.display for info in recorded.classes(page.run)]
    return words.detail(
        image,
        names=names,
        change=_change(page, image, before),
        transfer=mask_transfer(page.path, before, page.step, image)
        if before is not None and page.step is not None
        else None,
        before=_scores(page, before, image),
        after=_scores(page, page.step, image),
    )


def _scores(page: Page, step: int | None, key: str) -> dict[str, Any] | None:
    """Return what `scores.json` says of one image; None without truth."""
    domain = next(image.domain for image in recorded.images(page.path) if image.key == key)
    if step is None:
        return None
    scored = recorded.scores(page.path, step).get(domain) or {}
    found: dict[str, Any] | None = scored.get("images", {}).get(key)
    return found


def _reading(page: Page, image: str, before: int | None) -> str:
    change = _change(page, image, before)
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
