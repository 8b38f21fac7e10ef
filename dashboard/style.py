"""What the theme file cannot say: the page's edges, figures that line up, and our logo."""

from pathlib import Path

import streamlit as st

PICTURES = Path(__file__).resolve().parent / "pictures"
ICON = str(PICTURES / "icon.svg")
LOGO = str(PICTURES / "logo.svg")
LOGO_DARK = str(PICTURES / "logo-dark.svg")

_RULES = """<style>
.stMainBlockContainer { padding: 24px 32px 32px; }
.stApp { font-variant-numeric: tabular-nums lining-nums; }
[data-testid="stHeader"] { background: transparent; height: 32px; min-height: 0; }
[data-testid="stMainBlockContainer"] h1 { padding: 0 0 4px; line-height: 32px; }
[data-testid="stMainBlockContainer"] h3 { padding: 0; line-height: 20px; }
[data-testid="stElementContainer"][data-stale="true"] { opacity: 1; }
</style>"""


def apply() -> None:
    """Set the few rules and the logo."""
    st.html(_RULES)
    st.logo(LOGO_DARK if st.context.theme.type == "dark" else LOGO, size="large", icon_image=ICON)
