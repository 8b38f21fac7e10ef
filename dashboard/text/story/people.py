"""What everybody asks: how it does on people."""

from dashboard.text.common import first_upper, listing
from dashboard.text.story.numbers import StoryNumbers
from dashboard.text.story.parts import Kind

_PEOPLE = {"person", "people", "pedestrian", "rider", "bicyclist", "cyclist", "human"}


def people_sentence(numbers: StoryNumbers) -> str:
    """Return how it does on people, whom everybody asks about; "" without such a class."""
    people = [kind for kind in numbers.classes if kind.name in _PEOPLE and kind.is_known]
    if not people:
        return ""
    told = [f"of 100 {kind.name} pixels it finds {_found(kind)}" for kind in people[:3]]
    return f"{first_upper(listing(told))}. That is a count on these pictures, not a test of safety."


def _found(kind: Kind) -> str:
    before = "" if kind.found_before is None else f" (before {kind.found_before.of_100})"
    return f"{kind.found.of_100}{before}"
