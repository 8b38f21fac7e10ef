"""Pixels: those of one class that go to another, as crops and by image; one click from a matrix."""

import streamlit as st

from dashboard.charts.classes.images import Thumbnail, thumbnails
from dashboard.data import recorded
from dashboard.data.classes.chosen import Pair, chosen_class, chosen_pair, pair_word
from dashboard.data.classes.pairs import PairPixels, largest_pair, pair_pixels, way
from dashboard.data.opened_run import OpenedRun
from dashboard.data.selection import remember
from dashboard.style import dark
from dashboard.text import absent
from dashboard.text.classes import pairs as words
from dashboard.views.classes.crops import crop_rows
from dashboard.views.common import card, header, open_page
from dashboard.views.links import address, page_link
from dashboard.views.parts.live_cards import mask_url

_CROPS, _IMAGES = 4, 12
_LABEL_HEIGHT = 26
"""Pixels of what stands above a control."""
# On a narrow page the images stand below the crops.
_WRAP = """<style>
.st-key-pixels-cards > * > [data-testid="stHorizontalBlock"] { flex-wrap: wrap; }
.st-key-pixels-cards > * > * > [data-testid="stColumn"] { min-width: min(100%, 440px); }
</style>"""


def render(run: OpenedRun) -> None:
    """Draw the page."""
    opened = open_page(run, "Pixels", shows_measures=True)
    if opened is None or opened.step is None:
        return
    pair = chosen_pair(opened) or largest_pair(opened, opened.step)
    if pair is None:
        info = chosen_class(opened)
        name, target = (info.display if info else None), opened.info.domain_name("target")
        header(f"Pixels · step {opened.step:,}", words.none(name, target), words.NONE_CAPTION)
        _choices(opened, (info or opened.classes[0], opened.classes[-1]))
        return
    found = pair_pixels(opened, opened.step, pair)
    header(
        f"Pixels · step {opened.step:,}",
        words.headline(
            (pair[0].display, pair[1].display),
            count=len(found.indices),
            whole=found.whole,
            target=opened.info.domain_name("target"),
            by=way(opened),
            has_truth=found.has_truth,
        ),
        words.caption(
            len(found.indices),
            found.whole,
            found.num_images,
            opened.step,
            has_truth=found.has_truth,
        ),
    )
    _choices(opened, pair)
    if found.by_image:
        _cards(opened, opened.step, pair, found)


def _choices(opened: OpenedRun, pair: Pair) -> None:
    """Let somebody choose both classes and who sends the pixels; and lead to the map."""
    names, displays = list(opened.names), opened.displays
    keys = ("pixels-own", "pixels-other")

    def chosen() -> None:
        remember(pair=pair_word(*(st.session_state[key] for key in keys)))

    with st.container(horizontal=True, gap="medium", vertical_alignment="top"):
        for key, info, label in zip(keys, pair, ("Pixels of", "that go to"), strict=True):
            st.session_state[key] = info.name
            st.selectbox(
                label, names, format_func=lambda name: displays[name], key=key, width=200,
                on_change=chosen,
            )  # fmt: skip
        if not absent.lacks(opened.info, "features"):
            st.session_state["pixels-by"] = way(opened) or "prediction"
            st.segmented_control(
                "according to", list(words.WAYS), format_func=lambda way: words.WAYS[way],
                key="pixels-by", required=True, width="content",
                on_change=lambda: remember(by=words.as_chosen(st.session_state["pixels-by"])),
            )  # fmt: skip
        with st.container(horizontal=True, gap="small", width="content"):
            _links(opened, pair)


def _links(opened: OpenedRun, pair: Pair) -> None:
    """Lead to these pixels on the map, and to the class; as high as the controls beside."""
    ways = [("class", f"All of {pair[0].display.lower()}")]
    if not absent.lacks(opened.info, "features"):
        ways.insert(0, ("map", "Show on the map"))
    for page, label in ways:
        with st.container(gap=None, width="content"):
            st.space(_LABEL_HEIGHT)
            page_link(page, label, name=pair[0].name, pair=pair_word(pair[0].name, pair[1].name))


def _cards(opened: OpenedRun, step: int, pair: Pair, found: PairPixels) -> None:
    with st.container(key="pixels-cards"):
        st.html(_WRAP)
        left, right = st.columns(2)
        with left, card("What these pixels look like", "40 pixels around each"):
            key = f"pixels-page.{pair[0].id}.{pair[1].id}.{step}.{opened.selection.by}"
            if len(found.indices):
                crop_rows(opened, step, found.indices, rows=_CROPS, key=key)
            else:
                st.caption(words.NOT_PROBED)
        with right, card("Images that hold most of them", words.counted_in(found.counts_all)):
            st.html(thumbnails(_images(opened, step, pair, found), columns=3, dark=dark()))


def _images(opened: OpenedRun, step: int, pair: Pair, found: PairPixels) -> list[Thumbnail]:
    names = {image.key: image.name for image in recorded.images(opened.path)}
    word = pair_word(pair[0].name, pair[1].name)
    return [
        Thumbnail(
            names[key],
            mask_url(opened, step, key),
            address("masks", image=key, name=pair[0].name, pair=word),
            words.held(count),
        )
        for key, count in list(found.by_image.items())[:_IMAGES]
    ]
