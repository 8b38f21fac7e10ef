"""Story: what was done, what got better and worse, and how sure that is, in plain words."""

from dashboard.components.story.story import story
from dashboard.data.opened_run import OpenedRun
from dashboard.data.story.facts import read_story
from dashboard.export.exported import default_images
from dashboard.text.story.counted.counting import story_numbers
from dashboard.views.common import open_page
from dashboard.views.parts.export_card import export_card


def render(run: OpenedRun) -> None:
    """Draw the page."""
    opened = open_page(run, "Story", shows_measures=True)
    if opened is None or opened.step is None:
        return
    read = read_story(opened, opened.step)
    numbers = story_numbers(read)
    story(opened, read, numbers, key="story")
    export_card(opened, default_images(opened, read, numbers))
