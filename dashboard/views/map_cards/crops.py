"""A pixel cut out of its image, its predictions and its label."""

from dashboard.charts.map import PixelRow
from dashboard.colors import color
from dashboard.data import crops, recorded
from dashboard.data.opened_run import OpenedRun
from spcl.store.schema import IGNORE_INDEX


def pixel_row(opened: OpenedRun, step: int, index: int, *, has_before: bool) -> PixelRow:
    """Return the crops around a probe pixel: input, before, now, truth."""
    pixels = recorded.pixels(opened.path)
    row, column = int(pixels["row"][index]), int(pixels["column"][index])
    image = recorded.images(opened.path)[int(pixels["image"][index])]
    truth = int(pixels["class_id"][index])
    classes = opened.classes
    colors = tuple(color(info, opened.selection.palette) for info in classes)

    def cut(at: int | None) -> str:
        return crops.crop(opened.path, at, image.key, row, column, colors)

    def predicted(at: int) -> tuple[str, str, bool | None]:
        class_id = int(recorded.predictions(opened.path, at)["class_id"][index])
        verdict = None if truth == IGNORE_INDEX else class_id == truth
        return classes[class_id].display, cut(at), verdict

    name = classes[truth].display if truth != IGNORE_INDEX else "no label"
    before = [predicted(opened.before)] if has_before and opened.before is not None else []
    pictures = [(image.name, cut(None), None), *before, predicted(step), (name, cut(-1), None)]
    return PixelRow(image.name, tuple(pictures))
