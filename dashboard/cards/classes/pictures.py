"""The larger cards of a class: where its pixels go, and its images that changed most."""

import math
from collections.abc import Callable, Sequence

import pandas as pd

from dashboard.charts.classes.flow import flow_picture
from dashboard.charts.classes.images import Thumbnail, key_of, thumbnails
from dashboard.charts.common import Card, Look
from dashboard.data.classes.confusion import Fate
from dashboard.data.classes.images import ClassImage, class_picture
from dashboard.data.opened_run import OpenedRun
from dashboard.text.classes import readings
from spcl.store.classes import ClassInfo

Link = Callable[..., str]
"""Name of a page and choices -> address."""
_EACH = 3
_INKS = ("#A9BCF5", "#2B55DB", "#E0782A", "#000000", "#FFFFFF")
"""Colours of the pictures, in the order that `class_picture` takes them; no class has them."""


def flow_card(
    opened: OpenedRun,
    info: ClassInfo,
    fates: tuple[Fate | None, Fate | None],
    look: Look,
    link: Link,
) -> Card:
    """Return what the true pixels of the class are called, before and now.

    Args:
        opened: the run.
        info: the class.
        fates: what becomes of it now, and before adaptation where that is compared.
        look: names and colours.
        link: gives the address of a page.
    """
    now, before = fates
    name, target = info.display, opened.info.domain_name("target")
    title, unit = f"What {name.lower()} pixels are called", f"{target} val pixels"
    if now is None or not now.occurring:
        awaited = readings.no_flow(name.lower(), target, has_labels=now is not None)
        return Card(title, unit, awaited=awaited)
    then = before.called if before is not None and before.occurring else None
    links = {
        other.id: link("pixels", pair=f"{info.name},{other.name}", name=info.name, by=None)
        for other in opened.classes
    }
    frame = {"class": opened.names, "pixels": now.called}
    return Card(
        title,
        unit,
        html=flow_picture(class_id=info.id, now=now.called, before=then, look=look, links=links),
        reading=readings.flow_reading(now, name.lower(), list(look.displays)),
        numbers=pd.DataFrame({**frame, **({} if then is None else {"pixels_before": then})}),
    )


def images_card(
    opened: OpenedRun, info: ClassInfo, images: Sequence[ClassImage], look: Look, link: Link
) -> Card:
    """Return the images in which the class improved most and was harmed most."""
    name, target = info.display.lower(), opened.info.domain_name("target")
    title, unit = "Most improved, most harmed", f"IoU of {name}, points"
    known = [one for one in images if math.isfinite(one.gain)]
    if not known:
        return Card(title, unit, awaited=readings.no_images(name, target, opened.compared_step))
    inks = _INKS
    better = [one for one in known if one.gain > 0][:_EACH]
    worse = [one for one in reversed(known) if one.gain < 0][:_EACH]
    rows = [
        thumbnails(
            [_thumbnail(opened, info, one, inks, link) for one in chosen],
            columns=_EACH,
            dark=look.dark,
        )
        if chosen
        else f"<p style='font-size:12px;margin:0 0 8px'>{readings.none_of_them(is_better)}</p>"
        for is_better, chosen in ((True, better), (False, worse))
    ]
    return Card(
        title,
        unit,
        html="<div style='height:8px'></div>".join(rows) + key_of(_key(inks)),
        reading=readings.images_reading(known, name, target),
        numbers=pd.DataFrame(
            [(one.key, one.before, one.after, one.gain, one.pixels) for one in known],
            columns=["image", "iou_before", "iou", "gain", "pixels"],
        ),
    )


def _key(inks: Sequence[str]) -> list[tuple[str, str]]:
    words = ("found, as before", "found only now", "lost", "missed both times", "wrongly called so")
    return list(zip(inks, words, strict=True))


def _thumbnail(
    opened: OpenedRun, info: ClassInfo, one: ClassImage, inks: tuple[str, ...], link: Link
) -> Thumbnail:
    before, step = opened.compared_step, opened.step or 0
    return Thumbnail(
        one.name,
        class_picture(opened.path, before, step, one.key, info.id, colors=inks),
        link("masks", image=one.key, name=info.name),
        readings.gain_text(abs(one.gain)).lstrip("+"),
        better=one.gain > 0,
    )
