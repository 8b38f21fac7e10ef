"""What stands on and below the pictures of the story."""

from collections.abc import Mapping

from dashboard.text.common import first_upper
from dashboard.text.story.counted.numbers import StoryNumbers
from dashboard.text.story.counted.parts import Picture, Tally
from dashboard.text.story.words import called, of_pixels, then_and_now, where

Tab = str
_TABS = {"typical": "Typical", "improved": "Gained", "harmed": "Lost", "least": "Gained least"}


def side_label(numbers: StoryNumbers, domain: str) -> str:
    """Return "By day", "At dusk"."""
    return first_upper(where(numbers.source if domain == "source" else numbers.target))


def side_caption(right: Tally | None) -> str:
    """Return how much of one picture is right."""
    if right is None:
        return "No right answers for this picture"
    return f"{of_pixels(right)} right in this picture"


def cloud_label(step: int, *, is_before: bool) -> str:
    """Return "Before, step 240"."""
    return f"{'Before' if is_before else 'Now'}, step {step:,}"


def picture_label(numbers: StoryNumbers, name: str, tab: str) -> str:
    """Return "Typical: dusk picture 0031"; a picture that lost nothing is never called harmed."""
    return f"{_TABS[tab]}: {called(numbers.target)} picture {name}"


def picture_caption(picture: Picture) -> str:
    """Return how much of a picture was and is right."""
    before, now = then_and_now(picture.before, picture.now)
    unit = "" if picture.now.is_few or picture.before.is_few else " of 100"
    return f"{before} → {now}{unit} pixels right"


def renamed_caption(renamed: Tally) -> str:
    """Return how much of a picture got another name."""
    return f"{of_pixels(renamed)} got another name"


def renamed_label(numbers: StoryNumbers, name: str, *, is_most: bool) -> str:
    """Return "Changed most: dusk picture 0031"."""
    what = "Changed most" if is_most else "Typical"
    return f"{what}: {called(numbers.target)} picture {name}"


def prototype_label(display: Mapping[int, str], class_id: int) -> str:
    """Return what stands at the centre of a class on the map."""
    return display[class_id].lower()
