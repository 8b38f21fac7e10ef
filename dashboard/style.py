"""Styles that the theme file cannot set: page padding, figures that line up, and our logo."""

from pathlib import Path

import streamlit as st

PICTURES = Path(__file__).resolve().parent / "pictures"
ICON = str(PICTURES / "icon.svg")
LOGO = str(PICTURES / "logo.svg")
LOGO_DARK = str(PICTURES / "logo-dark.svg")

_RULES = """<style>
.stMainBlockContainer { padding: 24px 32px 32px; }
.stApp { font-variant-numeric: tabular-nums lining-nums; }
.stMain h1 { padding: 0 0 4px; line-height: 32px; }
.stMain h3 { padding: 0; line-height: 20px; }
.stHeading [data-testid="stMarkdownContainer"] { margin-bottom: 0; }
[data-testid="stElementContainer"][data-stale="true"] { opacity: 1; }
[data-testid="stSidebarUserContent"] { padding-bottom: 48px; }
.st-key-sidebar-local { position: absolute; bottom: 16px; width: auto; white-space: nowrap; }
@media (max-height: 720px) { .st-key-sidebar-local { position: static; } }
</style>"""


def apply() -> None:
    """Apply the style rules and the logo."""
    st.html(_RULES)
    st.logo(LOGO_DARK if dark() else LOGO, size="large", icon_image=ICON)


def dark() -> bool:
    """Return whether the page is shown dark."""
    return bool(st.context.theme.type == "dark")
