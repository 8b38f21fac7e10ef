"""Start: what a folder without runs shows, and the three ways to fill it."""

import streamlit as st

from dashboard.data import runs_folder
from dashboard.views.common import header, plain

_WAYS = (
    (
        "play_circle",
        "See it work",
        "Adapts to drawn street pictures and opens here. Runs on a laptop without a graphics "
        "card, in a few minutes, nothing to download.",
        "python -m spcl demo",
    ),
    (
        "photo_library",
        "Use your own pictures",
        "Two folders of pictures, labels only for one of them. "
        "python -m spcl check looks at the folders first.",
        "python -m spcl adapt my.toml",
    ),
    (
        "archive",
        "Open a run you were sent",
        "Unpack it anywhere and point the dashboard at the folder. No training code and no "
        "graphics card needed.",
        "python -m dashboard FOLDER",
    ),
)
_WHEN = (
    ("At once", "Live", "loss, time left, heartbeat"),
    ("After the first snapshot", "Masks, Prototypes", "seconds into the demo"),
    ("A moment later", "Feature map, Separability", "computed beside the training"),
)


def render() -> None:
    """Draw the page; the sidebar watches the folder and opens the first run by itself."""
    header(
        "Start",
        "No runs here yet",
        "The first run opens by itself as soon as it writes a line. You do not need to reload.",
    )
    with st.container(border=True, horizontal=True, horizontal_alignment="distribute"):
        st.markdown(f":material/folder_open: {plain(str(runs_folder.runs_dir().resolve()))}")
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
            "A run is a folder with a file run\\.json in it. Point the dashboard at the folder "
            "that holds the runs, or at the run itself: `python -m dashboard FOLDER`."
        )
