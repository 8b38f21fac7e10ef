"""One file to send: what stands in it, how large it will be, and the button that makes it."""

from collections.abc import Sequence

import streamlit as st

from dashboard.data import recorded
from dashboard.data.opened_run import OpenedRun
from dashboard.data.selection import encodable
from dashboard.data.story.edits import kept_edits
from dashboard.export.closer import MOST_IMAGES
from dashboard.export.exported import export, size_text
from dashboard.export.size import estimated_bytes
from dashboard.views.common import card, plain
from spcl.store.errors import StoreError, UserError
from spcl.store.formats.text import one_line

_MADE = "spcl.export.made"
"""The file made last in this session, with what it was made of."""


def export_card(opened: OpenedRun, offered: Sequence[str]) -> None:
    """Draw the choices and the button; the file is made when it is pressed.

    Args:
        opened: the run, at a step.
        offered: keys of the images to begin with.
    """
    with card("One file to send", "opens in a browser, without network"):
        images, with_photographs = _choices(opened, offered)
        edits = repr(kept_edits(opened.run)[0])
        stands = (opened.path, opened.step, opened.derived_marks, edits)
        asked = (*stands, tuple(images), with_photographs)
        expected = estimated_bytes(opened, images=images, with_photographs=with_photographs)
        with st.container(horizontal=True, vertical_alignment="center", gap="medium"):
            wanted = st.button(
                "Make the file", icon=":material/draft:", disabled=not images, key="export-make"
            )
            st.caption(
                f"about {size_text(expected)}: the five panels, the map, masks, charts"
                if images
                else "Choose a picture or more.",
                width="content",
            )
        if wanted:
            _make(opened, asked, images, with_photographs)
        made = st.session_state.get(_MADE)
        if made is not None and made[0] == asked:
            name = f"{encodable(opened.info.id)}.html"
            st.download_button(
                f"Save {plain(name)} ({size_text(len(made[1]))})",
                data=made[1],
                file_name=name,
                mime="text/html",
                icon=":material/download:",
                on_click="ignore",
                key="export-save",
            )


def _choices(opened: OpenedRun, offered: Sequence[str]) -> tuple[Sequence[str], bool]:
    names = {image.key: one_line(image.name, most=80) for image in recorded.images(opened.path)}
    images = st.multiselect(
        f"Pictures, at most {MOST_IMAGES}",
        list(names),
        default=[key for key in offered if key in names],
        format_func=lambda key: names[key],
        max_selections=MOST_IMAGES,
        key=f"export-images {encodable(opened.info.id)}",
    )
    with_photographs = st.checkbox(
        "With photographs", value=True, key="export-photographs",
        help="Without them only masks stand in it, where a licence asks for that.",
    )  # fmt: skip
    return images, with_photographs


def _make(
    opened: OpenedRun, asked: tuple[object, ...], images: Sequence[str], with_photographs: bool
) -> None:
    doing = st.progress(0.0, text="reading the run")
    most = len(opened.steps) + 3
    done: list[str] = []

    def tell(now: str) -> None:
        done.append(now)
        doing.progress(min(1.0, len(done) / most), text=plain(now))

    try:
        made = export([opened], images=images, with_photographs=with_photographs, tell=tell)
        st.session_state[_MADE] = (asked, made.content)
    except (StoreError, UserError) as error:
        st.error(plain(str(error)), icon=":material/error:")
    doing.empty()
