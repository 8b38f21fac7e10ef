from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from dashboard.charts.common import Look
from dashboard.charts.prototypes import cosine_figure, drift_figure, pair_list
from dashboard.charts.timeline import timeline_figure
from dashboard.data import runs_folder
from dashboard.text.prototypes import History, Pair
from dashboard.text.timeline import Span
from spcl.store.limits import Limits
from tests.support.synthetic_run import SyntheticRun, write_synthetic_run

LOOK = Look(["Road", "<b>Car"], ["#804080", "#00008E"], ["#804080", "#001992"], dark=False)
PAGE = """
from dashboard.data.opened_run import open_run
from dashboard.data.selection import selection
from dashboard.views import prototypes
prototypes.render(open_run(selection()))
"""


@pytest.fixture
def opened(tmp_path: Path) -> Callable[[], AppTest]:
    runs_folder.use(tmp_path)

    def run() -> AppTest:
        app = AppTest.from_string(PAGE, default_timeout=30).run()
        assert not app.exception, app.exception
        return app

    return run


def _texts(app: AppTest) -> str:
    parts = [*app.title, *app.markdown, *app.caption, *app.subheader]
    return "\n".join(str(part.value) for part in parts).replace("\\", "").replace("\u00a0", " ")


@pytest.mark.slow
def test_a_measured_run_shows_likeness_movement_and_events(
    opened: Callable[[], AppTest], analyzed_run: Path
) -> None:
    runs_folder.use(analyzed_run.parent)
    app = opened()
    assert len(app.get("plotly_chart")) >= 2
    text = _texts(app)
    assert "5 prototypes" in text
    assert "has moved most" in text
    assert "Closest pairs now" in text


def test_a_run_not_measured_yet_says_what_is_awaited(
    opened: Callable[[], AppTest], tmp_path: Path
) -> None:
    write_synthetic_run(tmp_path)
    assert "Step 40 is not measured yet" in _texts(opened())


def test_during_warm_up_movement_is_announced(
    opened: Callable[[], AppTest], tmp_path: Path
) -> None:
    run = SyntheticRun(tmp_path)
    run.write_probe()
    run.write_snapshot(0)
    run.finish()
    assert "Movement is measured from the end of the warm-up" in _texts(opened())


def test_below_the_diagonal_is_now_and_above_before() -> None:
    now, before = np.full((2, 2), 0.9), np.full((2, 2), 0.1)
    figure = cosine_figure(now, before, LOOK, Limits())
    shown = np.array(figure.data[0].z, float)
    assert (shown[1, 0], shown[0, 1]) == (0.9, 0.1)
    assert len(figure.layout.shapes) == 1, "only the cell above the limit is framed"
    assert "<b>Car" not in str(figure.layout.xaxis.ticktext)


def test_every_history_has_its_line_on_one_scale() -> None:
    histories = [History(1, (20, 40), (0.0, 0.3), 120, 0), History(0, (20, 40), (0.0, 0.1), 9, 60)]
    figure = drift_figure(histories, LOOK, Limits())
    lines = [trace for trace in figure.data if trace.mode == "lines"]
    assert [tuple(line.y) for line in lines] == [(0.0, 0.3), (0.0, 0.1)]
    assert figure.layout.yaxis.range == figure.layout.yaxis2.range
    assert any("60 updates ago" in note.text for note in figure.layout.annotations)


def test_the_timeline_has_a_bar_a_class_and_grey_for_what_is_to_come() -> None:
    span = Span("prototypes_close", ("road", "car"), 10, 20, 0.9)
    figure = timeline_figure(
        [span], {"road": 0, "car": 1}, LOOK, steps=[0, 10, 20], total=100, step=20
    )
    fills = [shape.fillcolor for shape in figure.layout.shapes]
    assert LOOK.marks[0] in fills
    assert LOOK.marks[1] in fills
    assert any(note.text == "still to come" for note in figure.layout.annotations)


def test_names_from_files_are_escaped() -> None:
    assert "&lt;b&gt;car" in pair_list([Pair(0, 1, 0.9)], LOOK, Limits())
