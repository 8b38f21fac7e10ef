"""Start: what a folder without runs shows, and the three ways to fill it."""

import streamlit as st

from dashboard.data import runs_folder
from dashboard.data.connection import connection
from dashboard.views.common import header, plain

_WAYS = (
    (
        "play_circle",
        "See it work",
        "Adapts a small model to drawn street scenes and opens here. Takes a few minutes on a "
        "laptop without a graphics card; nothing to download.",
        "python -m spcl demo",
    ),
    (
        "photo_library",
        "Use your own images",
        "Two folders of images, with labels for only one of them. "
        "python -m spcl check inspects the folders first.",
        "python -m spcl adapt my.toml",
    ),
    (
        "archive",
        "Open a run you were sent",
        "Unpack it anywhere and point the dashboard at the folder. It needs neither training code "
        "nor a graphics card.",
        "python -m dashboard FOLDER",
    ),
)
_WHEN = (
    ("At once", "Live", "loss, time left, status"),
    ("With the first snapshot", "Masks, Prototypes", "seconds into the demo"),
    ("A moment later", "Feature map, Separability", "computed while training goes on"),
)


def render() -> None:
    """Draw the page; the sidebar watches the folder and opens the first run by itself."""
    header(
        "Start",
        "No runs here yet",
        "The first run opens by itself as soon as it starts; there is no need to reload.",
    )
    with st.container(border=True, horizontal=True, horizontal_alignment="distribute"):
        now = connection()
        folder = now.address if now else str(runs_folder.runs_dir().resolve())
        st.markdown(f":material/folder_open: {plain(folder)}")
        st.markdown(":blue[●] Watching this folder", width="content")
    for column, (icon, title, text, command) in zip(st.columns(3), _WAYS, strict=True):
        with column, st.container(border=True, height="stretch"):
            st.subheader(f":blue[:material/{icon}:] {title}", anchor=False)
            st.markdown(text)
            st.code(command, language=None)
    st.header("What you will see, and when", anchor=False)
    for column, (when, pages, what) in zip(st.columns(3), _WHEN, strict=True):
        with column:
            st.caption(when)
            st.markdown(f"**{pages}**  \n{what}")
    with st.expander("I have a run, but it does not show up"):
        st.markdown(
            "A run is a folder that contains a file run\\.json. Point the dashboard at the folder "
            "that holds the runs, or at the run itself: `python -m dashboard FOLDER`."
        )
