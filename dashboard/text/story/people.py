"""What everybody asks: how it does on people."""

from dashboard.text.common import listing
from dashboard.text.story.counted.numbers import StoryNumbers
from dashboard.text.story.counted.parts import Kind

_PEOPLE = {"person", "people", "pedestrian", "rider", "bicyclist", "cyclist", "human"}


def people_sentence(numbers: StoryNumbers) -> str:
    """Return how it does on people, whom everybody asks about; "" without such a class."""
    people = [kind for kind in numbers.classes if kind.name in _PEOPLE and kind.is_known]
    if not people:
        return ""
    told = [f"{kind.found.of_100} of 100 {kind.name} pixels{_before(kind)}" for kind in people[:3]]
    return f"It finds {listing(told)}. That is not a test of safety."


def _before(kind: Kind) -> str:
    return "" if kind.found_before is None else f" (before {kind.found_before.of_100})"
