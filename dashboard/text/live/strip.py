"""How to read the class strip and the lines of mIoU."""

from collections.abc import Mapping

from dashboard.text.common import percent, points, signed


def strip_reading(
    name: str, change: float, first: int, last: int, by_change: bool, fallen: float
) -> str:
    """Return how to read the strip, with the class that gained most.

    Args:
        name: display name of that class.
        change: of its value from the first to the last step, in points.
        first: the step of the first cell.
        last: the step of the last cell.
        by_change: whether colours say the change, not the level.
        fallen: points below the best from which on a cell is framed.
    """
    colors = (
        "blue is better than in the first cell, orange worse"
        if by_change
        else "the stronger the colour, the higher the value"
    )
    return (
        f"each row is a class, each cell a snapshot; {colors}. {name} changed by "
        f"{signed(change)} points from step {first:,} to {last:,}. An orange frame: "
        f"over {fallen:.0f} points below its best."
    )


def miou_reading(name: str, curve: Mapping[int, float], before: int | None) -> str:
    """Return how to read the lines, with where the one that counts stands.

    Args:
        name: of the domain of that line.
        curve: its mean IoU in [0, 1] by step, ascending.
        before: the step compared with; None where nothing is compared.
    """
    last = max(curve)
    text = "each line is the mean IoU of a domain over all pixels of its val split"
    if before is None or before not in curve:
        return f"{text}; {name} stands at {percent(curve[last])} % at step {last:,}."
    change = signed(points(curve[before], curve[last]))
    return (
        f"{text}; {name} went from {percent(curve[before])} to {percent(curve[last])} % "
        f"({change} points) from step {before:,} to {last:,}."
    )
