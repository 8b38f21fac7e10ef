"""What became of pixels from one run to another: a table of classes, and the images of a cell."""

import streamlit as st

from dashboard.cards.compared import transfer as cards
from dashboard.data.classes.chosen import chosen_pair, pair_word
from dashboard.data.compared.runs import Contender
from dashboard.data.compared.tables import Transfer, Which, largest_cell
from dashboard.data.compared.transfer import split_images, transfer_between
from dashboard.data.opened_run import OpenedRun
from dashboard.data.selection import remember
from dashboard.text.compared import transfer as words
from dashboard.views.common import look_here, plain, show
from dashboard.views.links import address, clicked

_CLICKED = "spcl.compare.cell"
"""Where the session keeps the cell that was clicked last: the figure tells it at every rerun."""


def transfer_cards(
    opened: OpenedRun,
    first: Contender,
    second: Contender,
    names: cards.Names,
    *,
    image: str,
    shows: str,
) -> None:
    """Draw the table, and beside it the images of one of its cells.

    Args:
        opened: the run shown.
        first: the run that the other is held against.
        second: the other.
        names: short names of both.
        image: key of the image that is shown below.
        shows: key of the element that shows it.
    """
    transfer = transfer_between(first, second)
    if not transfer.tables:
        target = opened.info.domain_name("target")
        st.caption(plain(words.NOT_COMMON.format(target=target)))
        return
    which, alone = _choices(opened, transfer, names, image)
    tables, table = cards.counted_tables(
        transfer, which, [image] if alone else None, len(opened.classes)
    )
    said = _counted(opened, second, transfer, which, names, image if alone else None)
    look = look_here(opened)
    left, right = st.columns(2)
    with left:
        shown = cards.table_card(second, table, look, names, counted=said, which=which)
        _remember_click(clicked(show(opened, shown, "compare-transfer", clicks=True)))
    pair = chosen_pair(opened)
    cell = (pair[0].id, pair[1].id) if pair is not None else largest_cell(table)
    if cell is None:
        return
    with right:
        found = cards.images_card(
            (first, second), tables, cell, look, names, which=which, link=address, shows=shows
        )
        show(opened, found, "compare-cell")


def _choices(
    opened: OpenedRun, transfer: Transfer, names: cards.Names, image: str
) -> tuple[Which, bool]:
    """Let somebody choose which pixels are counted, and whether of the image shown alone."""
    which: Which = "all"
    with st.container(horizontal=True, gap="medium"):
        if image in transfer.tables:
            st.session_state["compare-within"] = opened.selection.within or "split"
            st.segmented_control(
                "Pixels of", list(words.WITHIN), format_func=lambda one: words.WITHIN[one],
                key="compare-within", required=True, width="content",
                on_change=lambda: _remember("within", "split"),
            )  # fmt: skip
        if transfer.has_truth:
            known = words.choices(*names)
            which = opened.selection.right or which
            st.session_state["compare-right"] = which
            st.segmented_control(
                "Which of them", list(known), format_func=lambda one: known[one],
                key="compare-right", required=True, width="content",
                on_change=lambda: _remember("right", "all"),
            )  # fmt: skip
    return which, opened.selection.within == "image" and image in transfer.tables


def _remember(name: str, usual: str) -> None:
    value = st.session_state[f"compare-{name}"]
    remember(**{name: None if value == usual else value})


def _counted(
    opened: OpenedRun,
    second: Contender,
    transfer: Transfer,
    which: Which,
    names: cards.Names,
    image: str | None,
) -> str:
    if image is not None:
        return words.of_one_image(which, image, names)
    return words.counted_words(
        which,
        len(transfer.of(which)),
        split=split_images(second),
        num_unlike=transfer.num_unlike,
        target=opened.info.domain_name("target"),
        names=names,
    )


def _remember_click(cell: list[str] | None) -> None:
    """Write the cell down once it is clicked, and draw the page of it."""
    if cell is not None and cell != st.session_state.get(_CLICKED):
        st.session_state[_CLICKED] = cell
        remember(pair=pair_word(*cell))
        st.rerun()
    if cell is None:
        st.session_state.pop(_CLICKED, None)
