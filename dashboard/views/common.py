"""What every page shares: opening the chosen run, the header, cards, and a sentence for each state.

Text that comes from files is shown as text: everything given here is escaped.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

import streamlit as st

from dashboard.data import recorded, runs_folder
from dashboard.data.selection import Selection, asked_run, selection
from dashboard.text import common as words
from spcl.store.errors import StoreError
from spcl.store.reader import Run, Status, status_of
from spcl.store.schema import RunInfo

_MARKUP = re.compile(r"([\\`*_{}\[\]()<>#+\-.!|~$:&])")


@dataclass(frozen=True)
class Page:
    """An opened run and what is chosen of it."""

    selection: Selection
    run: Run
    info: RunInfo
    status: Status
    steps: list[int]
    step: int | None
    """The chosen snapshot step, else the latest; None before the first snapshot."""
    before: int | None
    """The reference step, once its snapshot is published."""

    @property
    def path(self) -> str:
        """Return the run's path as the key of cached functions."""
        return str(self.run.path)

    @property
    def api(self) -> str:
        """Return the address under which the server gives this run's files."""
        return f"{base_path()}/api/runs/{self.info.id}"


def base_path() -> str:
    """Return the path below which the server answers, "" or "/something"."""
    base = str(st.get_option("server.baseUrlPath") or "").strip("/")
    return f"/{base}" if base else ""


def dark() -> bool:
    """Return whether the page is shown dark."""
    return bool(st.context.theme.type == "dark")


def load(chosen: Selection) -> Page | None:
    """Return the chosen run (StoreError: damaged or newer); None when there is no run."""
    if chosen.run_id is None:
        return None
    run = Run(runs_folder.runs_dir() / chosen.run_id)
    info = run.info()
    steps = run.steps()
    runs_folder.look_at(run.path)
    known = set(info.label_space.names)
    return Page(
        selection=replace(chosen, classes=tuple(n for n in chosen.classes if n in known)),
        run=run,
        info=info,
        status=status_of(info),
        steps=steps,
        step=chosen.step if chosen.step in steps else (steps[-1] if steps else None),
        before=info.before_step if info.before_step in steps else None,
    )


def open_page(
    kicker: str, *, needs_snapshot: bool = True, shows_measures: bool = False
) -> Page | None:
    """Return the chosen run, or say in one sentence why there is nothing to show and return None.

    What a run must say of itself, as that target labels chose its result, stands above all else.

    Args:
        kicker: what the page is called.
        needs_snapshot: a run without any snapshot is "nothing recorded yet".
        shows_measures: whoever follows the latest step sees the latest *measured* one, so that
            the page stands still for the second or two in which a new snapshot is measured.
    """
    try:
        page = load(selection())
    except StoreError as error:
        problem(kicker, str(error))
        return None
    if page is None:
        from dashboard.views import start

        start.render()
        return None
    asked = asked_run()
    if asked not in (None, page.info.id):
        st.info(
            plain(f'There is no run "{asked}" in this folder; the newest one is shown instead.')
        )
    for note in page.info.notes:
        st.caption(f":material/sell: **{plain(note)}**")
    if needs_snapshot and page.step is None:
        header(f"{kicker} · {title_of(page)}", *words.nothing_recorded(page.info, page.status))
        return None
    return _at_the_latest_measured(page) if shows_measures else page


def _at_the_latest_measured(page: Page) -> Page:
    if page.step is None or page.selection.step is not None:
        return page
    measured = recorded.measured_steps(page.run, page.step)
    return replace(page, step=measured[-1]) if measured else page


def title_of(page: Page) -> str:
    """Return what people call the run."""
    return page.info.title or page.info.id


def header(kicker: str, headline: str, caption: str) -> None:
    """Draw where one is, what was found, and what that is based on; all plain text."""
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


@contextmanager
def card(title: str, unit: str = "") -> Iterator[None]:
    """Draw what follows in a bordered container with a title, its unit at the right."""
    with st.container(border=True):
        with st.container(horizontal=True, horizontal_alignment="distribute", gap="small"):
            st.subheader(plain(title), anchor=False, width="content")
            if unit:
                st.caption(plain(unit), width="content")
        yield


def plain(text: str) -> str:
    """Return `text` so that Markdown shows it letter by letter."""
    return _MARKUP.sub(r"\\\1", text.replace("\n", " "))
