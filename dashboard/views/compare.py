"""Compare: does this run beat another one, where, and how sure is that."""

from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st

from dashboard.cards.compared import scores as cards
from dashboard.components.mask_viewer.compared import compared_values
from dashboard.components.mask_viewer.mask_viewer import mask_viewer
from dashboard.components.mask_viewer.payload import orders_of
from dashboard.data.compared.runs import (
    MOST_RUNS,
    Contender,
    choices,
    contender,
    image_rows,
    of_opened,
)
from dashboard.data.opened_run import OpenedRun
from dashboard.data.selection import remember
from dashboard.style import dark
from dashboard.text.compared import words
from dashboard.views.common import Files, card, header, open_page, plain, show, show_inside
from dashboard.views.compare_cards.choice import choose_runs, chosen_runs
from dashboard.views.compare_cards.maps import map_cards
from dashboard.views.compare_cards.settings import settings_card
from dashboard.views.compare_cards.transfer import transfer_cards
from spcl.store.compared.paired import Paired
from spcl.store.compared.sides import Group, compared, grouped, unlike_splits
from spcl.store.compared.words import answer, scoring, sureness
from spcl.store.errors import StoreError

_VIEWER = "compare-viewer"
_LONGEST_NAME = 44
"""Letters of a run's name in the headline; longer ones are A and B there."""


@dataclass(frozen=True)
class _Compared:
    """The run shown (first) and the first of those it is compared with."""

    contenders: Sequence[Contender]
    groups: Sequence[Group]
    paired: Paired | None

    def standing_for(self, group: int) -> Contender:
        """Return the run whose images stand for a group."""
        side = self.groups[group].first
        return next(one for one in self.contenders if one.side is side)


def render(run: OpenedRun) -> None:
    """Draw the page."""
    opened = open_page(run, "Compare")
    if opened is None or opened.step is None:
        return
    possible = choices(opened)
    chosen = chosen_runs(opened, possible)
    found = _read(opened, chosen)
    first = next((one for one in found.contenders[1:] if one.info.id == chosen[0]), None)
    if len(found.groups) < 2:
        header("Compare", *words.nothing_chosen(len(possible)))
        choose_runs(possible, chosen, first)
        return
    _headline(opened, found)
    choose_runs(possible, chosen, first)
    letters = words.letters(len(found.groups))
    settings_card([group.first.info for group in found.groups], letters)
    _charts(opened, found)
    _masks(opened, found)
    pair = (letters[0], letters[1])
    map_cards(opened, found.standing_for(0), found.standing_for(1), pair)


def _read(opened: OpenedRun, chosen: Sequence[str]) -> _Compared:
    contenders = [of_opened(opened)]
    for i, run_id in enumerate(chosen[:MOST_RUNS]):
        try:
            other = contender(run_id, opened.selection.other_step if i == 0 else None)
        except StoreError as error:
            st.warning(plain(f"{error} The others are compared."), icon=":material/warning:")
            continue
        if other is not None and other.info.label_space.names == opened.names:
            contenders.append(other)
    groups = grouped([one.side for one in contenders])
    paired = compared(groups[0], groups[1]) if len(groups) > 1 else None
    return _Compared(contenders, groups, paired)


def _headline(opened: OpenedRun, found: _Compared) -> None:
    first, second = _headline_names(found)
    unlike = unlike_splits(found.groups[0], found.groups[1])
    if unlike:
        header("Compare", "These scores are of different images", unlike)
    elif found.paired is None:
        header("Compare", *words.not_scored(first, second))
    else:
        sentence = answer(
            found.paired,
            first=first,
            second=second,
            domain=opened.info.domain_name("target"),
            names=list(opened.displays.values()),
        )
        header("Compare", sentence, sureness(found.paired))
        said = scoring(*(group.first.scored for group in found.groups[:2]))
        if said:
            st.caption(plain(said))
    _legend(found)


def _headline_names(found: _Compared) -> tuple[str, str]:
    first, second = (group.name for group in found.groups[:2])
    if max(len(first), len(second)) <= _LONGEST_NAME:
        return first, second
    letters = words.letters(len(found.groups))
    return letters[0], letters[1]


def _legend(found: _Compared) -> None:
    """Say which run is A, B, ..., at which step, and how many seeds it has."""
    parts = []
    letters = words.letters(len(found.groups))
    for letter, group in zip(letters, found.groups, strict=True):
        seeds = f", {len(group.sides)} seeds" if len(group.sides) > 1 else ""
        parts.append(f"**{letter}** {plain(group.name)}, step {group.first.step:,}{seeds}")
    rest = " · Headline, classes and masks are about A and B." if len(parts) > 2 else ""
    st.caption(" · ".join(parts) + rest)


def _charts(opened: OpenedRun, found: _Compared) -> None:
    letters = words.letters(len(found.groups))
    members = cards.members_of(found.groups, found.contenders)
    measure = _measure(opened)
    left, right = st.columns(2)
    with left:
        if measure != cards.IOU:
            shown = cards.measured_classes(
                opened, found.groups, members, measure, letters, dark=dark()
            )
            show(opened, shown, "compare-classes")
        elif found.paired is not None:
            shown = cards.classes(opened, found.groups, found.paired, letters, dark=dark())
            show(opened, shown, "compare-classes")
    with right:
        _curves(opened, members, letters, measure)


def _measure(opened: OpenedRun) -> str:
    """Let somebody choose what classes and curves are compared by."""
    labels = {measure: label for label, measure in cards.MEASURES.items()}
    label = labels.get(opened.selection.measure or "", labels[cards.IOU])
    key = "compare-measure"
    st.session_state[key] = label
    st.segmented_control(
        "Compared by",
        list(cards.MEASURES),
        key=key,
        required=True,
        on_change=lambda: remember(measure=cards.MEASURES[st.session_state[key]]),
    )
    return cards.MEASURES[label]


def _curves(
    opened: OpenedRun, members: cards.Members, letters: Sequence[str], measure: str
) -> None:
    axis = opened.selection.axis if opened.selection.axis in words.AXES else "step"
    st.session_state["compare-axis"] = axis
    key = "compare-curves"
    shown = cards.curves(opened, members, letters, measure=measure, axis=axis, dark=dark())
    with card(shown.title, shown.unit, files=Files(opened, shown, key)):
        st.segmented_control(
            "Over",
            list(words.AXES),
            format_func=lambda one: words.AXES[one],
            key="compare-axis",
            required=True,
            label_visibility="collapsed",
            on_change=lambda: remember(axis=st.session_state["compare-axis"]),
        )
        show_inside(shown, key)


def _masks(opened: OpenedRun, found: _Compared) -> None:
    first, second, letters = found.standing_for(0), found.standing_for(1), words.letters(2)
    frame = image_rows(first, second)
    if frame.empty:
        st.caption("These runs observe no image in common, so their masks are not shown together.")
        return
    pair = (letters[0], letters[1])
    orders = orders_of(frame)
    known = [key for tabs in orders.values() for key in tabs["all"]]
    tabs = next(iter(orders.values()))
    asked = opened.selection.image
    image = asked if asked in known else (tabs.get("improved") or tabs["all"])[0]
    transfer_cards(opened, first, second, pair, image=str(image), shows=_VIEWER)
    mask_viewer(
        compared_values(
            first,
            second,
            frame,
            names=pair,
            image=str(image),
            palette=opened.selection.palette,
            shown=opened.selection.classes,
        ),
        key=_VIEWER,
    )
