"""Pages of a run with more classes than a screen has room for, as ADE20K's 150."""

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from playwright import sync_api as playwright

from dashboard.cards import prototypes, separability
from dashboard.cards.cells import to_click
from dashboard.cards.look import look_of
from dashboard.charts.common import Card, Look
from dashboard.data import runs_folder
from dashboard.data.opened_run import OpenedRun, open_run
from dashboard.data.selection import parse
from dashboard.text.most import MOST_CELLS, MOST_CLASSES
from spcl.analysis.worker import analyse
from spcl.store.reader import Run
from tests.conftest import Served, Watched, start_dashboard
from tests.support.synthetic_run import write_synthetic_run

pytestmark = pytest.mark.slow

NAMES = tuple(f"kind {i}" for i in range(40))


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = write_synthetic_run(tmp_path_factory.mktemp("many"), names=NAMES, pixels_per_class=8)
    analyse(Run(path))
    return path


@pytest.fixture
def opened(written: Path) -> Iterator[OpenedRun]:
    runs_folder.use(written.parent)
    found = open_run(parse({"run": written.name, "step": "10"}, [written.name]))
    assert found is not None
    yield found


@pytest.fixture
def look(opened: OpenedRun) -> Look:
    return look_of(opened, dark=False)


def _says(card: Card, most: int = MOST_CLASSES) -> bool:
    return f"of {len(NAMES)} classes the {most} " in card.key


def test_the_dumbbell_shows_the_weakest_and_offers_all(opened: OpenedRun, look: Look) -> None:
    rows = separability.rows_of(opened, separability.measures_of(opened))
    card = separability.dumbbell(opened, rows, look)
    assert card.figure is not None
    assert card.numbers is not None
    assert len(card.figure.layout.yaxis.ticktext) == MOST_CLASSES
    assert rows[0].name.capitalize() in card.figure.layout.yaxis.ticktext[0]
    assert len(card.numbers) == len(NAMES)
    assert _says(card)
    assert card.figure.layout.height < 800


def test_the_chosen_class_is_shown_however_well_it_stands_apart(
    opened: OpenedRun, written: Path
) -> None:
    rows = separability.rows_of(opened, separability.measures_of(opened))
    best = rows[-1].name
    chosen = open_run(parse({"run": written.name, "step": "10", "name": best}, [written.name]))
    assert chosen is not None
    card = separability.dumbbell(chosen, rows, look_of(chosen, dark=False))
    assert card.figure is not None
    ticks = card.figure.layout.yaxis.ticktext
    assert len(ticks) == MOST_CLASSES + 1
    assert f"<b>{best.capitalize()}</b>" in ticks[-1]


def test_the_matrix_keeps_the_pairs_that_overlap_most(opened: OpenedRun, look: Look) -> None:
    measures = separability.measures_of(opened)
    card = to_click(separability.matrix(opened, measures, look), opened)
    assert card.figure is not None
    assert card.numbers is not None
    heat, marks = card.figure.data[0], card.figure.data[-1]
    assert np.shape(heat.z) == (MOST_CELLS, MOST_CELLS)
    assert _says(card, MOST_CELLS)
    others = card.numbers[card.numbers["class"] != card.numbers["rival"]]
    worst = others.sort_values("value", ascending=False, kind="stable").iloc[0]
    assert [worst["class"], worst["rival"]] in [list(pair) for pair in marks.customdata]
    assert np.nanmax(heat.z) == pytest.approx(100 * worst["value"])


def test_alike_prototypes_are_a_table_that_can_be_read(opened: OpenedRun, look: Look) -> None:
    measures = prototypes.measures_of(opened)
    card = to_click(prototypes.likeness(opened, measures, look), opened, way="and")
    assert card.figure is not None
    assert card.numbers is not None
    heat, marks = card.figure.data[0], card.figure.data[-1]
    assert np.shape(heat.z) == (MOST_CELLS, MOST_CELLS)
    assert _says(card, MOST_CELLS)
    assert len(card.numbers) == 40 * 39 / 2
    top = card.numbers.sort_values("cosine").iloc[-1]
    told = {tuple(pair) for pair in marks.customdata}
    assert {(top["class"], top["other"]), (top["other"], top["class"])} & told
    assert np.nanmax(np.tril(np.nan_to_num(np.array(heat.z, float)), -1)) == top["cosine"]


def test_the_prototypes_that_moved_most_are_drawn(written: Path) -> None:
    runs_folder.use(written.parent)
    opened = open_run(parse({"run": written.name, "step": "40"}, [written.name]))
    assert opened is not None
    look = look_of(opened, dark=False)
    card = prototypes.movement(opened, prototypes.measures_of(opened), look)
    assert card.figure is not None
    assert card.numbers is not None
    lines = [trace for trace in card.figure.data if trace.mode == "lines"]
    assert len(lines) == MOST_CLASSES
    assert card.numbers["class"].nunique() == len(NAMES)
    assert _says(card)


@pytest.fixture(scope="module")
def served(written: Path) -> Iterator[Served]:
    dashboard = start_dashboard(written.parent)
    yield dashboard
    dashboard.stop()


@pytest.mark.browser
@pytest.mark.parametrize(
    ("view", "rows", "count", "most"),
    [
        ("map", ".feature-map .heard tbody tr", 40, 1000),
        ("masks", ".panel[aria-busy=false] tbody tr", 40, 1700),
        ("live", ".spcl-strip .spcl-row", 42, 1700),
    ],
)
def test_a_page_with_very_many_classes_is_no_higher_than_one_with_few(
    served: Served,
    open_browser: Callable[..., Watched],
    view: str,
    rows: str,
    count: int,
    most: int,
) -> None:
    page = open_browser(f"{served.url}/{view}?live=0").page
    page.set_viewport_size({"width": 1440, "height": 900})
    playwright.expect(page.locator(rows)).to_have_count(count)
    assert page.get_by_test_id("stMain").evaluate("(e) => e.scrollHeight") < most
