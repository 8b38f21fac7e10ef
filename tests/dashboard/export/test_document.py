"""A component in one file: it opens from disk, asks nobody for anything, and shows text as text."""

import base64
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from dashboard.export.document import document
from dashboard.export.modules import COMPONENTS, import_map
from tests.conftest import Watched

LINES: dict[str, Any] = {
    "url": "data:,",
    "live": False,
    "total": 40,
    "before": 20,
    "miou": {"steps": [0, 20, 40], "source": [0.1, 0.5, 0.6], "target": [0.1, 0.3, 0.4]},
    "baselines": [{"name": "</script><b>AdaBN", "iou": 0.35}],
}


def code_of(address: str) -> str:
    return base64.b64decode(address.partition(",")[2]).decode()


def components() -> list[str]:
    return sorted(path.parent.name for path in COMPONENTS.glob("*/index.js"))


@pytest.mark.parametrize("name", components())
def test_every_module_a_component_needs_is_in_the_map_under_the_name_asked_for(name: str) -> None:
    modules = import_map(f"{name}/index.js")
    assert f"spcl/{name}/index.js" in modules
    for address in modules.values():
        asked = re.findall(r"^import\b[^\"']*\"([^\"]+)\";$", code_of(address), re.M)
        assert set(asked) <= set(modules)
        assert not re.search(r"""\bfrom\s*["']\.""", code_of(address))


def test_the_same_data_give_the_same_bytes_and_text_cannot_end_its_element() -> None:
    made = document("live_lines", LINES, title="</title><script>alert(1)</script>")
    assert made == document(
        "live_lines", dict(reversed(LINES.items())), title="</title><script>alert(1)</script>"
    )
    text = made.decode()
    assert text.count("</script>") == 3
    assert text.count("<script") == 3
    assert "alert(1)</script>" not in text


@pytest.mark.browser
def test_it_opens_from_disk_and_asks_nobody(
    tmp_path: Path, open_browser: Callable[..., Watched]
) -> None:
    file = tmp_path / "lines ü.html"
    file.write_bytes(document("live_lines", LINES, title="<i>"))
    watched = open_browser(file.as_uri(), offline=True)
    chart = watched.page.locator("[data-chart=live-lines]")
    chart.get_by_text("</script><b>AdaBN").wait_for()
    assert watched.page.title() == "<i>"
    assert chart.locator("path.line").count() == 3
    assert watched.console == []
    assert {url.partition(":")[0] for url in watched.requests} <= {"file", "data", "blob"}
    blocked = watched.page.evaluate(
        "() => fetch('http://192.0.2.1/').then(() => 'went', () => 'blocked')"
    )
    assert blocked == "blocked"
    assert "Content Security Policy" in " ".join(watched.console)
