"""The card of the masks page that says how far the confidence can be believed."""

import streamlit as st

from dashboard.cards import scores
from dashboard.data.masks.reports import Reliability
from dashboard.data.opened_run import OpenedRun
from dashboard.style import dark
from dashboard.text.scores import calibration as words
from dashboard.views.common import Files, card, how_to_read, plain

# On a narrow page the figure stands below the numbers.
_WRAP = """<style>
.st-key-calibration [data-testid="stHorizontalBlock"] { flex-wrap: wrap; }
.st-key-calibration [data-testid="stColumn"] { min-width: min(100%, 300px); }
</style>"""


def calibration_card(opened: OpenedRun, step: int) -> None:
    """Draw the reliability diagram of the target, before and now, and its distance in points."""
    target = opened.info.domain_name("target")
    shown = scores.calibration_card(opened, step, dark=dark())
    with card(shown.title, shown.unit, files=Files(opened, shown, "masks.calibration")):
        now, before = scores.calibration_curves(opened, step)
        if now is None:
            st.caption(plain(shown.awaited))
            return
        with st.container(key="calibration"):
            st.html(_WRAP)
            left, right = st.columns([352, 736])
            with left:
                _numbers(now, before, target)
            with right:
                st.html(shown.html)


def _numbers(now: Reliability, before: Reliability | None, target: str) -> None:
    st.metric("Expected calibration error, points", words.figure(now, before))
    if before is not None:
        points = words.change(now, before)
        text = plain(words.change_text(points))
        color, arrow = ("blue", "▼ ") if points < 0 else ("orange", "▲ ")
        st.markdown(f":{color}[{arrow}**{text}**]" if points else f":gray[{text}]")
    st.markdown(plain(words.verdict(now, target)))
    key = ":blue[━●━] now" + ("   :gray[╌●╌ before]" if before is not None else "")
    st.caption(f"{key}   :gray[╱] exactly right")
    how_to_read(words.reading(now))
