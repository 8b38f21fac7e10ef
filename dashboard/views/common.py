"""What every page shares: what stands above the headline, the header, cards, figures and links.

Text that comes from files is shown as text: everything given here is escaped.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

import plotly.graph_objects as go
import streamlit as st

from dashboard.cards.look import look_of
from dashboard.charts.common import Card, Look
from dashboard.charts.larger import larger
from dashboard.components.card_files.card_files import card_files
from dashboard.data import recorded, runs_folder
from dashboard.data.connection import connection
from dashboard.data.opened_run import OpenedRun
from dashboard.data.selection import asked_run, encodable, selection
from dashboard.data.whole_scores import scored_of
from dashboard.style import PRESENTER_LETTERS, PRESENTER_SCALE, dark
from dashboard.text import common as words
from dashboard.text.runs import connection as connection_words
from dashboard.text.scores.whole import part_note
from spcl.store.formats.text import one_line


@dataclass(frozen=True)
class Files:
    """A card of a run, whose picture and numbers are offered as files; `key` names its chart."""

    opened: OpenedRun
    card: Card
    key: str

    @property
    def name(self) -> str:
        """Return what the files are called, without suffix: the run, the step, the card."""
        step = self.opened.step or 0
        return f"{self.opened.info.id}-step-{step}-{self.key.replace('.', '-')}"


PAGES = "spcl.pages"
"""Where the session keeps the pages by name, so that a page can lead to another."""
_LONGEST_TEXT = 2000
_PERCENT = re.compile(r"(?<=\d) %")
_ADDRESS = re.compile(r"https?(?=://)|www(?=\.)", re.IGNORECASE)
_MARKUP = re.compile(r"([\\`*_{}\[\]()<>#+\-.!|~$:&])")


def open_page(
    opened: OpenedRun, kicker: str, *, needs_snapshot: bool = True, shows_measures: bool = False
) -> OpenedRun | None:
    """Draw what stands above every headline; return the run at the step that the page shows.

    What a run must say of itself, as that target labels chose its result, comes first. Where there
    is nothing to show yet, a sentence says why, and None is returned.

    Args:
        opened: the run.
        kicker: what the page is called.
        needs_snapshot: a run without any snapshot is "nothing recorded yet".
        shows_measures: whoever follows the latest step sees the latest *measured* one, so that
            the page stands still for the second or two in which a new snapshot is measured.
    """
    asked = asked_run()
    if asked not in (None, opened.info.id, encodable(opened.info.id)):
        st.info(
            plain(f'There is no run "{asked}" in this folder; the newest one is shown instead.')
        )
    for note in opened.info.notes:
        st.caption(f":material/sell: **{plain(note)}**")
    if opened.step is not None:
        scored = part_note(opened.info, opened.step, *scored_of(opened, opened.step))
        if scored:
            st.caption(f":material/straighten: {plain(scored)}")
    trouble = runs_folder.trouble(opened.run.path)
    if trouble:
        st.warning(plain(trouble), icon=":material/warning:")
    if needs_snapshot and opened.step is None:
        header(f"{kicker} · {opened.title}", *words.nothing_recorded(opened.info, opened.status))
        return None
    return _at_the_latest_measured(opened) if shows_measures else opened


def from_elsewhere() -> None:
    """Draw what has to be said of a folder that is fetched from elsewhere, if it is one."""
    now = connection()
    for sentence in connection_words.sentences(now, selection().run_id) if now else ():
        st.warning(plain(sentence), icon=":material/cloud_off:")


def _at_the_latest_measured(opened: OpenedRun) -> OpenedRun:
    if opened.step is None or opened.selection.step is not None:
        return opened
    there = set(opened.steps)
    measured = [s for s in recorded.measured_steps(opened.run, opened.step) if s in there]
    return replace(opened, step=measured[-1]) if measured else opened


def link(name: str, label: str) -> None:
    """Draw a link to the page `name`, which keeps the choices."""
    page = st.session_state.get(PAGES, {}).get(name)
    if page is not None:
        st.page_link(page, label=plain(label))


def header(kicker: str, headline: str, caption: str) -> None:
    """Draw the page and step, the main finding, and what it is based on; all plain text."""
    with st.container(gap=None):
        st.caption(plain(kicker))
        st.title(plain(headline), anchor=False)
        st.markdown(plain(caption))


def problem(kicker: str, sentence: str) -> None:
    """Say in one sentence what is wrong and what to do."""
    header(kicker, "This run cannot be shown", "Other runs of the folder are not affected.")
    st.error(plain(sentence), icon=":material/error:")


def how_to_read(text: str) -> None:
    """Draw the caption under a chart: one sentence with one real number of it; plain text."""
    st.caption(f"**How to read:** {plain(text)}")


def draw(figure: go.Figure, key: str, *, clicks: bool = False) -> Any:
    """Draw a still figure: no tools, its own colours; return what `clicks` on its marks told."""
    config = {"displayModeBar": False, "scrollZoom": False}
    if selection().presenter:
        figure = larger(figure, PRESENTER_SCALE, smallest=PRESENTER_LETTERS)
    if not clicks:
        return st.plotly_chart(figure, theme=None, config=config, key=key)
    return st.plotly_chart(
        figure, theme=None, config=config, key=key, on_select="rerun", selection_mode="points"
    )


def look_here(opened: OpenedRun) -> Look:
    """Return how the classes of a run are called and coloured on this page."""
    return look_of(opened, dark=dark())


@contextmanager
def card(
    title: str, unit: str = "", *, files: Files | None = None, stretches: bool = False
) -> Iterator[None]:
    """Draw what follows in a bordered container with a title, its unit at the right.

    Args:
        title: of the card.
        unit: of its values.
        files: what is offered of it as files.
        stretches: whether it is as high as the cards beside it.
    """
    with st.container(border=True, height="stretch" if stretches else "content"):
        with st.container(horizontal=True, horizontal_alignment="distribute", gap="small"):
            st.subheader(plain(title), anchor=False, width="content")
            with st.container(horizontal=True, width="content", gap="small"):
                if unit:
                    st.caption(plain(unit), width="content")
                offer(files)
        yield


def show(
    opened: OpenedRun, shown: Card, key: str, *, clicks: bool = False, stretches: bool = False
) -> Any:
    """Draw a chart in its card, or what it waits for; return what `clicks` on its marks told."""
    with card(shown.title, shown.unit, files=Files(opened, shown, key), stretches=stretches):
        return show_inside(shown, key, clicks=clicks)


def offer(files: Files | None) -> None:
    """Draw the buttons that give a card as files; nothing where no chart is drawn."""
    if files is not None and files.card.is_drawn and files.card.numbers is not None:
        numbers, title = files.card.numbers, files.card.title
        card_files(numbers, title=title, name=files.name, key=f"{files.key}.files")


def show_inside(shown: Card, key: str, *, clicks: bool = False) -> Any:
    """Draw what stands below the title of a card; return what `clicks` on its marks told."""
    if not shown.is_drawn:
        st.caption(plain(shown.awaited))
        return None
    event = None
    if shown.key:
        st.caption(plain(shown.key))
    if shown.figure is not None:
        event = draw(shown.figure, key, clicks=clicks)
    if shown.html:
        st.html(shown.html)
    if shown.reading:
        how_to_read(shown.reading)
    return event


def plain(text: str) -> str:
    """Return `text` so that Markdown shows it letter by letter, and no line ends before a "%".

    The address of a page in it gets a joiner without width, or it would be a link.
    """
    line = _ADDRESS.sub("\\g<0>\u2060", one_line(text, most=_LONGEST_TEXT))
    return _MARKUP.sub(r"\\\1", _PERCENT.sub("\u00a0%", line))
