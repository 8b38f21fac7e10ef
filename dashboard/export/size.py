"""How large a file will be, before it is made: from the sizes of what will stand in it."""

from collections.abc import Sequence
from functools import cache
from pathlib import Path

from dashboard.data import recorded
from dashboard.data.map import shown as map_data
from dashboard.data.opened_run import OpenedRun
from dashboard.export.closer import steps_kept
from dashboard.export.document import document
from dashboard.export.exported import packed_charts
from spcl.store.schema import PROBE_FOLDER, SNAPSHOTS_FOLDER, step_folder

_BASE64 = 4 / 3
_BYTES_OF_A_PIXEL = 34
"""What the columns of one probe pixel take as text."""
_BYTES_OF_A_DETAIL = 110
"""What one class of one image at one step takes as text."""
_GRAY_PICTURE = 700


def estimated_bytes(opened: OpenedRun, *, images: Sequence[str], with_photographs: bool) -> int:
    """Return about how many bytes `export` will give for one run.

    Args:
        opened: the run, at a step.
        images: keys of the probe images shown in it.
        with_photographs: whether photographs stand in it.
    """
    told = [step for step in opened.steps if opened.step is None or step <= opened.step]
    steps = steps_kept(told, (opened.before, opened.step))
    run = opened.run.path
    pictures = 0
    for key in images:
        label = run / PROBE_FOLDER / f"{key}.label.png"
        photograph = run / PROBE_FOLDER / f"{key}.png"
        pictures += _size(label) + (_size(photograph) if with_photographs else _GRAY_PICTURE)
        for step in steps:
            masks = run / SNAPSHOTS_FOLDER / step_folder(step) / "masks"
            pictures += _size(masks / f"{key}.png") + _size(masks / f"{key}.confidence.png")
    layout = map_data.best_layout(opened)
    pixels = len(recorded.pixels(opened.path)["image"])
    mapped = [step for step in steps if layout is not None and step in layout.steps]
    positions = 4 * (pixels + len(opened.classes)) * len(mapped)
    words = _BYTES_OF_A_DETAIL * len(opened.classes) * len(images) * len(steps)
    shown = _BYTES_OF_A_PIXEL * pixels if mapped else 0
    return round(_BASE64 * (pictures + positions) + words + shown + _code_bytes())


def _size(path: Path) -> int:
    try:
        return path.lstat().st_size
    except OSError:
        return 0


@cache
def _code_bytes() -> int:
    return len(document("exported", {}, title="")) + round(_BASE64 * len(packed_charts()))
