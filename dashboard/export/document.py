"""The HTML file around a component: its data, its modules, the colours of both themes.

Everything is inside; the policy in its head lets nothing in from elsewhere.
"""

import base64
import hashlib
import html
import importlib.util
import json
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from dashboard.export.modules import PREFIX, import_map

_CONFIG = Path(__file__).resolve().parents[1] / ".streamlit" / "config.toml"
_VARIABLES = {
    "primaryColor": "--st-primary-color",
    "backgroundColor": "--st-background-color",
    "secondaryBackgroundColor": "--st-secondary-background-color",
    "textColor": "--st-text-color",
    "borderColor": "--st-border-color",
    "grayColor": "--st-gray-color",
    "orangeColor": "--st-orange-color",
    "orangeTextColor": "--st-orange-text-color",
}
_FONTS = '--st-font: "Source Sans", system-ui, sans-serif; --st-code-font: ui-monospace, monospace;'
_FONT_FILE = "static/static/media/SourceSansVF-Upright*.woff2"
"""The font of the pages, as Streamlit brings it (SIL Open Font License)."""
_START = """
import mount from "MODULE";
const data = JSON.parse(document.getElementById("data").textContent);
mount({ data, parentElement: document.getElementById("content"), setTriggerValue: () => {} });
"""


def document(component: str, data: Mapping[str, Any], *, title: str) -> bytes:
    """Return the file; the same data give the same bytes.

    Args:
        component: the folder of the component, e.g. "story".
        data: what Python gives it, every address in it a data: address.
        title: of the window.
    """
    entry = f"{component}/index.js"
    modules = json.dumps({"imports": import_map(entry)}, sort_keys=True)
    start = _START.replace("MODULE", PREFIX + entry)
    allowed = " ".join(f"'sha256-{_digest(code)}'" for code in (modules, start))
    policy = (
        f"default-src 'none'; script-src {allowed} data: blob:; style-src 'unsafe-inline'; "
        "img-src data: blob:; font-src data:; connect-src data:; base-uri 'none'; "
        "form-action 'none'"
    )
    written = json.dumps(data, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    parts = [
        "<!doctype html>",
        '<html lang="en">',
        "<head>",
        '<meta charset="utf-8">',
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        '<meta name="color-scheme" content="light dark">',
        f"<title>{html.escape(title)}</title>",
        f"<style>{_style()}</style>",
        f'<script type="importmap">{modules}</script>',
        "</head>",
        "<body>",
        '<main id="content"></main>',
        f'<script type="application/json" id="data">{_in_script(written)}</script>',
        f'<script type="module">{start}</script>',
        "</body>",
        "</html>",
    ]
    return ("\n".join(parts) + "\n").encode("utf-8", "replace")


def _digest(code: str) -> str:
    return base64.b64encode(hashlib.sha256(code.encode()).digest()).decode()


def _in_script(text: str) -> str:
    """Return JSON that cannot end the element it stands in."""
    for letter in "<>&\u2028\u2029":
        text = text.replace(letter, f"\\u{ord(letter):04x}")
    return text


def _style() -> str:
    themes = tomllib.loads(_CONFIG.read_text(encoding="utf-8"))["theme"]
    light, dark = (_variables(themes[name]) for name in ("light", "dark"))
    return (
        f"{_font_face()}\n"
        f":root, :root[data-theme=light] {{ {_FONTS} color-scheme: light; {light} }}\n"
        f"@media (prefers-color-scheme: dark) {{ :root:not([data-theme=light]) {{ "
        f"color-scheme: dark; {dark} }} }}\n"
        f":root[data-theme=dark] {{ color-scheme: dark; {dark} }}\n"
        "@page { size: A4 landscape; margin: 10mm; }\n"
        "body { margin: 0; background: var(--st-background-color); color: var(--st-text-color); "
        "font-family: var(--st-font); font-size: 14px; line-height: 20px; }\n"
        "main { max-width: 1600px; margin: 0 auto; padding: 24px 32px; }\n"
        "@media (max-width: 700px) { main { padding: 12px 16px; } }\n"
        "@media print { main { padding: 0; max-width: none; } }"
    )


def _font_face() -> str:
    """Return the font as a rule; empty where Streamlit does not bring it: the system's is taken."""
    found = importlib.util.find_spec("streamlit")
    places = [Path(place) for place in (found and found.submodule_search_locations) or ()]
    file = next((file for place in places for file in sorted(place.glob(_FONT_FILE))), None)
    if file is None:
        return ""
    data = base64.b64encode(file.read_bytes()).decode()
    return (
        '@font-face { font-family: "Source Sans"; font-weight: 200 900; '
        f'src: url("data:font/woff2;base64,{data}") format("woff2"); }}'
    )


def _variables(theme: Mapping[str, Any]) -> str:
    return " ".join(f"{variable}: {theme[name]};" for name, variable in _VARIABLES.items())
