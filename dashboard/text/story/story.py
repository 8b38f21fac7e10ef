"""The five panels in their order."""

from dashboard.text.story.counted.numbers import StoryNumbers
from dashboard.text.story.panel import Panel
from dashboard.text.story.panels.better import better
from dashboard.text.story.panels.learned import learned
from dashboard.text.story.panels.problem import problem
from dashboard.text.story.panels.sure import sure
from dashboard.text.story.panels.worse import worse


def panels(numbers: StoryNumbers) -> tuple[Panel, ...]:
    """Return the panels: the problem, what was learned, better, worse, how sure."""
    return tuple(tell(numbers) for tell in (problem, learned, better, worse, sure))
