"""Short animations: the map over the steps, and the mask of one image over the steps."""

import io
from collections.abc import Iterator, Sequence

from PIL import Image

from dashboard.charts.common import Card, Look
from dashboard.charts.live import thinned
from dashboard.charts.paper.panels import PanelRow, panel_rows
from dashboard.data import recorded
from dashboard.data.opened_run import OpenedRun
from dashboard.figures.maps import map_card, sample_of
from dashboard.figures.masks import Pictures, chosen_images
from dashboard.text.common import percent

INCHES = 4.0
MOST_BYTES = 5_000_000
_MOST_FRAMES = 24
_WIDTH = 640
_COLORS = 128
_FRAME_MS, _LAST_MS = 500, 2500


def frames_of_map(opened: OpenedRun, look: Look) -> Iterator[Card]:
    """Yield the map at each step, seen by one camera; nothing without at least two."""
    steps = [step for step in opened.steps if step <= (opened.step or 0)]
    sample = sample_of(opened, thinned(steps, _MOST_FRAMES))
    if sample is not None and len(sample.places) > 1:
        for step in sample.places:
            yield map_card(opened, sample, [step], look, by="class")


def frames_of_mask(opened: OpenedRun, look: Look) -> Iterator[Card]:
    """Yield the mask of a typical image at each step; nothing without at least two."""
    steps = thinned([s for s in opened.steps if s <= (opened.step or 0)], _MOST_FRAMES)
    images = chosen_images(opened)
    if len(steps) < 2 or not images:
        return
    pictures = Pictures(opened, look, with_photographs=False)
    key, name = images[0].key, images[0].name
    for step in steps:
        frame = recorded.image_frame(opened.path, step, None)
        after = float(frame.loc[frame["key"] == key, "after"].iloc[0])
        known = f"mIoU {percent(after)} %" if after == after else ""
        shown = panel_rows([PanelRow("", name, (pictures.mask(key, step),))], [""])
        yield Card(f"Step {step:,}", known, html=shown)


def gif(frames: Sequence[Image.Image]) -> bytes:
    """Return frames of one size as an animation that repeats, below five megabytes."""
    width, kept = _WIDTH, list(frames)
    while True:
        content = _encoded([_scaled(frame, width) for frame in kept])
        if len(content) < MOST_BYTES:
            return content
        width = round(0.8 * width)


def _scaled(frame: Image.Image, width: int) -> Image.Image:
    height = round(frame.height * width / frame.width)
    small = frame.resize((width, height), Image.Resampling.LANCZOS)
    return small.quantize(_COLORS, dither=Image.Dither.NONE)


def _encoded(frames: Sequence[Image.Image]) -> bytes:
    stream = io.BytesIO()
    times = [_FRAME_MS] * (len(frames) - 1) + [_LAST_MS]
    frames[0].save(
        stream,
        "GIF",
        save_all=True,
        append_images=frames[1:],
        duration=times,
        loop=0,
        optimize=True,
    )
    return stream.getvalue()
