"""Styles that the theme file cannot set: page padding, figures that line up, and our logo."""

from pathlib import Path

import streamlit as st

PICTURES = Path(__file__).resolve().parent / "pictures"
ICON = str(PICTURES / "icon.svg")
LOGO = str(PICTURES / "logo.svg")
LOGO_DARK = str(PICTURES / "logo-dark.svg")

_CARD = (
    '[data-testid="stVerticalBlock"]:has(> [data-testid="stLayoutWrapper"]:first-child '
    '> [data-testid="stHorizontalBlock"]:not(:has(> [data-testid="stColumn"])) h3)'
)
"""A bordered container with a title."""
_ROW = '[data-testid="stHorizontalBlock"]:has(> [data-testid="stColumn"] h3)'
"""Cards beside each other; below each other they can be parted between two pages."""
_RULES = """<style>
.stMainBlockContainer { padding: 24px 32px 32px; }
.stApp { font-variant-numeric: tabular-nums lining-nums; }
.stMain h1 { padding: 0 0 4px; line-height: 32px; }
.stMain h3 { padding: 0; line-height: 20px; }
.stHeading [data-testid="stMarkdownContainer"] { margin-bottom: 0; }
[data-testid="stCaptionContainer"] { opacity: 1;
  color: color-mix(in srgb, currentColor 68%, transparent); }
:is(.stMultiSelect, .stSelectbox) [role="group"] > button { min-width: 24px; min-height: 24px; }
.stMultiSelect [data-tag], .stMultiSelect [data-tag] * { color: inherit; }
.stMultiSelect [data-tag] { background: color-mix(in srgb, currentColor 12%, transparent); }
[data-testid="stElementContainer"][data-stale="true"] { opacity: 1; }
[data-testid="stSidebarUserContent"] { padding-bottom: 48px; }
.st-key-sidebar-local { position: absolute; bottom: 16px; width: auto; white-space: nowrap; }
.st-key-sidebar-remote { overflow-wrap: anywhere; }
[data-testid="stSidebarUserContent"] [data-testid="stVerticalBlock"] { gap: 8px; }
@media (max-height: 960px) { .st-key-sidebar-local { position: static; } }
.st-key-map-toolbar [role="group"]:has(> [role="combobox"]) { height: 28px; min-height: 28px; }
.st-key-map-toolbar [role="group"] > :is([role="combobox"], button) { height: 26px;
  padding-block: 0; }
@page { size: A4; margin: 10mm; }
@media print {
  [data-testid="stSidebar"], [data-testid="stHeader"], [data-testid="stToolbar"],
  [data-testid="stStatusWidget"], .stButton, .stDownloadButton { display: none !important; }
  html, body, #root, .stApp, [data-testid="stAppViewContainer"], [data-testid="stMain"] {
    position: static !important; display: block !important; height: auto !important;
    min-height: 0 !important; overflow: visible !important; print-color-adjust: exact; }
  .stMainBlockContainer { padding: 0 !important; max-width: none !important; }
  ROW { display: block !important; } ROW > [data-testid="stColumn"] { width: 100% !important; }
  ROW > [data-testid="stColumn"] { margin-bottom: 16px; }
  CARD, .stPlotlyChart, [data-chart]:not([data-chart="mask-viewer"]) { break-inside: avoid; }
}
</style>""".replace("CARD", _CARD).replace("ROW", _ROW)


PRESENTER_SCALE = 1.5
"""How much larger a page is in front of a room."""
PRESENTER_LETTERS = 18
"""Pixels of the smallest letters then: 12 on a page; large tables in charts have smaller ones."""
# Charts count the pixels of the pointer themselves, so they are not zoomed but drawn larger.
_PRESENTER_RULES = f"""<style>
[data-testid="stSidebar"], [data-testid="stExpandSidebarButton"],
[data-testid="stSidebarCollapsedControl"] {{ display: none; }}
.stMainBlockContainer {{ zoom: {PRESENTER_SCALE}; --spcl-scale: {PRESENTER_SCALE}; }}
.stMainBlockContainer [data-testid="stElementContainer"]:has(.stPlotlyChart)
  {{ zoom: calc(1 / {PRESENTER_SCALE}); }}
.stMainBlockContainer [data-testid="stHorizontalBlock"]:has(.stPlotlyChart, [data-chart])
  {{ flex-wrap: wrap; }}
.stMainBlockContainer [data-testid="stColumn"]:has(.stPlotlyChart, [data-chart])
  {{ flex: 1 1 100%; width: 100%; min-width: 100%; }}
</style>"""


def apply_presenter() -> None:
    """Show the page larger and without the sidebar."""
    st.html(_PRESENTER_RULES)


def apply() -> None:
    """Apply the style rules and the logo."""
    st.html(_RULES)
    st.logo(LOGO_DARK if dark() else LOGO, size="large", icon_image=ICON)


def dark() -> bool:
    """Return whether the page is shown dark."""
    return bool(st.context.theme.type == "dark")
