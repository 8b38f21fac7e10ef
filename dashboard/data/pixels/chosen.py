"""The pixels selected on the map: one set for all pages, in the address where it fits, undoable."""

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from dashboard.data import recorded
from dashboard.data.classes.chosen import chosen_pair
from dashboard.data.classes.pairs import pair_pixels
from dashboard.data.opened_run import OpenedRun
from dashboard.data.pixels.shape import Mode, Shape
from dashboard.data.selection import remember
from spcl.store.edits import pixel_set

_EARLIER = "spcl.pixels.earlier"
_OUTLINE = "spcl.pixels.outline"
_MOST_EARLIER = 50
_NOTHING = np.zeros(0, np.int64)


def chosen_pixels(opened: OpenedRun) -> NDArray[np.int64]:
    """Return the indices of the selected pixels; none where an address says nonsense.

    A pair of classes in the address selects the pixels that go from one to the other, until
    somebody selects others.
    """
    pair = chosen_pair(opened)
    if pair is not None and opened.step is not None:
        return pair_pixels(opened, opened.step, pair).indices
    word = opened.selection.pixels
    if word is None:
        return _NOTHING
    found = pixel_set.read(word, _count(opened))
    return _NOTHING if found is None else found


def choose(
    opened: OpenedRun, found: NDArray[np.integer], mode: Mode, outline: Shape | None = None
) -> bool:
    """Select pixels, or add them, or take them away; return whether that changed anything.

    An empty outline changes nothing: a slip of the hand must not lose a selection.

    Args:
        opened: the run.
        found: indices of the pixels meant.
        mode: what is done with them.
        outline: what was drawn around them.
    """
    if not len(found):
        return False
    now = chosen_pixels(opened)
    if mode == "add":
        found = np.union1d(now, found)
    elif mode == "remove":
        found = np.setdiff1d(now, found)
    word = word_of(opened, np.asarray(found, np.int64)) or None
    return _become(opened, word, outline if mode == "set" else None)


def word_of(opened: OpenedRun, indices: NDArray[np.int64]) -> str:
    """Return the letters that stand for some pixels, in the address and in a file."""
    return pixel_set.written(indices, _count(opened))


def clear(opened: OpenedRun) -> None:
    """Select nothing; that can be undone, too."""
    _become(opened, None, None)


def undo(opened: OpenedRun) -> None:
    """Select what was selected before the last change."""
    earlier = _earlier(opened)
    if earlier:
        st.session_state[_EARLIER] = (opened.info.id, earlier[:-1])
        st.session_state.pop(_OUTLINE, None)
        remember(pixels=earlier[-1], pair=None)


def can_undo(opened: OpenedRun) -> bool:
    """Return whether there is a change to take back."""
    return bool(_earlier(opened))


def outline_of(opened: OpenedRun) -> Shape | None:
    """Return the shape whose content is selected; None where it was put together from several."""
    word, shape = st.session_state.get(_OUTLINE, (None, None))
    return shape if word is not None and word == opened.selection.pixels else None


def _become(opened: OpenedRun, word: str | None, outline: Shape | None) -> bool:
    before = word_of(opened, chosen_pixels(opened)) or None
    if word is not None and outline is not None:
        st.session_state[_OUTLINE] = (word, outline)
    if word == before:
        return False
    kept = [*_earlier(opened), before][-_MOST_EARLIER:]
    st.session_state[_EARLIER] = (opened.info.id, kept)
    remember(pixels=word, pair=None)
    return True


def _earlier(opened: OpenedRun) -> list[str | None]:
    owner, words = st.session_state.get(_EARLIER, (None, []))
    return list(words) if owner == opened.info.id else []


def _count(opened: OpenedRun) -> int:
    return len(recorded.pixels(opened.path)["image"])
