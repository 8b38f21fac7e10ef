"""How the classes of a run are called and coloured: on a page, in a file, on paper."""

from dashboard.charts.common import Look
from dashboard.colors import color, mark_color
from dashboard.data.opened_run import OpenedRun


def look_of(opened: OpenedRun, *, dark: bool, narrow: bool = False) -> Look:
    """Return names and colours of the classes in the palette that is chosen."""
    palette = opened.selection.palette
    return Look(
        displays=[info.display for info in opened.classes],
        swatches=[color(info, palette) for info in opened.classes],
        marks=[mark_color(info, palette, dark) for info in opened.classes],
        dark=dark,
        narrow=narrow,
    )
