"""An exported file works in Firefox as well: story, wipe, map, masks, charts."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import without_browser
from tests.support.firefox import Firefox

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.xdist_group("exported file"),
]
LEFT = "\ue012"
END = "\ue010"


@pytest.fixture
def firefox(tmp_path: Path) -> Iterator[Firefox]:
    program = next(filter(None, map(shutil.which, ("firefox-esr", "firefox"))), None)
    if program is None:
        without_browser("no Firefox is installed")
    folder = tmp_path / "profile"
    folder.mkdir()
    with Firefox(program, folder) as started:
        yield started


@pytest.mark.long
def test_all_of_it_works(file: Path, firefox: Firefox) -> None:
    firefox.open(file.as_uri())
    firefox.wait_for("document.querySelector(\".exported[data-shown='0 dataset light']\")")

    firefox.ask("document.querySelector('.story').focus()")
    firefox.press(END)
    firefox.wait_for("document.querySelector(\".story[data-panel='5'][data-drawn]\")")
    firefox.press(LEFT)
    firefox.press(LEFT)
    firefox.wait_for("document.querySelector(\".story[data-panel='3'][data-drawn]\")")
    before = firefox.picture()
    x, y, width, height = firefox.ask(
        "(({x, y, width, height}) => [x, y, width, height])"
        "(document.querySelector('.story .curtain').getBoundingClientRect())"
    )
    firefox.drag(*((x + share * width, y + height / 2) for share in (0.5, 0.3, 0.1)))
    assert firefox.picture() != before, "the wipe moves"

    assert firefox.ask("document.querySelectorAll('.chart-card .main-svg').length") >= 3
    firefox.wait_for("document.querySelector('[data-chart=feature-map][data-points]')")
    firefox.ask("document.querySelector('.home-masks > .player button').click()")
    firefox.wait_for("document.querySelector(\"[data-chart=mask-viewer][data-step='30']\")")
    firefox.wait_for("document.querySelector(\"[data-chart=feature-map][data-step='30']\")")
    firefox.ask("document.querySelector('[data-chart=feature-map]').scrollIntoView()")
    assert len(set(firefox.picture())) > 50, "something is drawn"
    assert firefox.errors == []
