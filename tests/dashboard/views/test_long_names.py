"""Names of classes that are far longer than the room beside a mark, or no Latin letters at all."""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

from dashboard.charts.classes.flow import flow_picture
from dashboard.charts.common import Look, short_text
from dashboard.charts.prototypes import cosine_figure, drift_figure
from dashboard.charts.separability.domain_gap import gap_figure
from dashboard.charts.separability.dumbbell import dumbbell_figure
from dashboard.charts.separability.matrix import matrix_figure
from dashboard.text.prototypes import History
from dashboard.text.separability import classes as words
from dashboard.text.separability.domain_gap import gap_changes, gap_histories
from spcl.analysis.worker import analyse
from spcl.store.limits import Limits
from spcl.store.reader import Run
from tests.conftest import Served, Watched, start_dashboard
from tests.support.synthetic_run import NAMES, write_synthetic_run

LONG = (
    "a very long class name that somebody has written out in full",
    "道路標識と信号機と横断歩道の集合クラス道路標識と信号機と横断歩道の集合クラス",
    "طريق معبد للسيارات والشاحنات الكبيرة جدا",
    '<b>bold</b> & "quotes" $x^2$ [link](http://a.b)',
    "Donaudampfschifffahrtsgesellschaftskapitänsmütze_unbroken",
)
DISPLAY = dict(zip(NAMES, LONG, strict=True))
MARK = dict.fromkeys(NAMES, "#336699")
MANY = dict.fromkeys(NAMES, 200)
LOOK = Look(LONG, ["#336699"] * 5, ["#336699"] * 5, dark=False)
MOST = 20
WIDTHS = [(1440, 900), (1024, 768)]


def _letters(text: str) -> int:
    """Return how many letters a tick has without its square, markup and entities."""
    name = text.split("■</span>")[-1].removeprefix(" ").removesuffix(" ")
    return len(name.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&"))


def test_a_short_name_stays_and_a_long_one_ends_in_dots() -> None:
    assert short_text("road", 4) == "road"
    assert short_text("roads & more", 8) == "roads &amp;…"


def test_names_beside_rows_and_columns_leave_room_for_the_cells(measures: Any) -> None:
    shares = words.share_rows(measures, 40)
    matrix = matrix_figure(shares, names=NAMES, display=DISPLAY, pixels=MANY, dark=False)
    cosines = cosine_figure(np.full((5, 5), 0.9), None, LOOK, Limits())
    rows = words.class_rows(measures, "margin_mean", step=40, before=20, names=NAMES, pixels=MANY)
    dumbbells = dumbbell_figure(
        rows, "margin_mean", display=DISPLAY, mark=MARK, swatch=MARK, dark=False
    )
    for axis in (
        matrix.layout.xaxis, matrix.layout.yaxis, cosines.layout.xaxis, cosines.layout.yaxis,
        dumbbells.layout.yaxis,
    ):  # fmt: skip
        assert max(map(_letters, axis.ticktext)) <= MOST
    few = {name: name[:4] for name in NAMES}
    plain = matrix_figure(shares, names=NAMES, display=few, pixels=MANY, dark=False)
    assert matrix.layout.height > plain.layout.height + 60, "rows keep their height"
    assert any("Donau" in text for text in matrix.layout.xaxis.ticktext), "its beginning is kept"


def test_names_above_and_beside_lines_do_not_run_into_others(measures: Any) -> None:
    histories = [History(i, (20, 40), (0.0, 0.1), 100, 0) for i in range(5)]
    titles = [
        note.text for note in drift_figure(histories, LOOK, Limits()).layout.annotations
        if "■" in note.text
    ]  # fmt: skip
    assert len(titles) == 5
    assert all(_letters(text.split("</b>")[0]) <= MOST for text in titles)
    assert all(text.endswith("</b>0.10") for text in titles), "the number follows the name"

    found = gap_histories(measures, 40)
    gaps = gap_figure(found, gap_changes(found, 20), display=DISPLAY, mark=MARK, dark=False)
    for note in gaps.layout.annotations:
        assert len(note.text.split("</b>")[0]) < MOST + len("<b>&lt;b&gt;")


def test_the_share_of_a_flow_stands_behind_its_name() -> None:
    now, before = np.array([50, 20, 10, 10, 10]), np.array([20, 50, 10, 10, 10])
    html = flow_picture(class_id=0, now=now, before=before, look=LOOK, links={})
    assert "a very long cla… <b>50 %</b>" in html
    assert LONG[4] not in html.split('alt="')[0]


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    path = write_synthetic_run(tmp_path_factory.mktemp("long"), names=LONG)
    analyse(Run(path))
    dashboard = start_dashboard(path.parent)
    yield dashboard
    dashboard.stop()


@pytest.mark.browser
@pytest.mark.parametrize(("width", "height"), WIDTHS)
def test_the_table_of_an_image_keeps_its_numbers_inside_the_card(
    served: Served, open_browser: Callable[..., Watched], width: int, height: int
) -> None:
    page = open_browser(f"{served.url}/masks?live=0").page
    page.set_viewport_size({"width": width, "height": height})
    page.locator("[data-chart=mask-viewer][data-drawn]").wait_for()
    page.locator(".panel[aria-busy=false] tbody td").first.wait_for()
    beyond = page.evaluate(
        """() => {
          const panel = document.querySelector("[data-chart=mask-viewer] .panel") ??
            [...document.querySelectorAll("*")].flatMap((e) => e.shadowRoot
              ? [...e.shadowRoot.querySelectorAll(".panel")] : [])[0];
          const right = panel.getBoundingClientRect().right;
          return [...panel.querySelectorAll("td, th")].map((cell) =>
            cell.getBoundingClientRect().right - right);
        }"""
    )
    assert len(beyond) > 10
    assert max(beyond) <= 0
    wide = page.evaluate(
        """() => {
          const main = document.querySelector("[data-testid=stMain]");
          const all = (root) => [...root.querySelectorAll("*")].flatMap((e) =>
            e.shadowRoot ? [e, ...all(e.shadowRoot)] : [e]);
          return main.scrollWidth <= main.clientWidth ? [] : all(main)
            .filter((e) => e.getBoundingClientRect().right > innerWidth)
            .map((e) => `${e.tagName} ${e.className} ${e.textContent.slice(0, 40)}`);
        }"""
    )
    assert wide == []
