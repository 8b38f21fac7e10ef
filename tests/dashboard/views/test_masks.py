"""The masks page: how far the confidence can be believed, with and without labels and report."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from dashboard.charts.calibration import reliability_figure
from dashboard.data import runs_folder
from dashboard.data.masks import Reliability
from dashboard.text import calibration as words
from spcl.analysis.measures.mask_report import MaskReports
from spcl.store.derived_writer import DerivedWriter
from spcl.store.reader import Run
from tests.support.synthetic_run import write_synthetic_run

PAGE = """
from dashboard.data.opened_run import open_run
from dashboard.data.selection import selection
from dashboard.views import masks
masks.render(open_run(selection()))
"""
NAN = np.nan
NOW = Reliability(np.array([0, 20, 80]), np.array([NAN, 0.5, 0.9]), np.array([NAN, 0.4, 0.8]), 0.1)
BEFORE = Reliability(np.array([0, 50, 50]), np.array([NAN, 0.5, 0.9]), np.array([NAN, 0.3, 0.6]), 0.25)  # noqa: E501 # fmt: skip


@pytest.fixture
def opened(tmp_path: Path) -> Callable[..., AppTest]:
    runs_folder.use(tmp_path)

    def run(step: str = "40") -> AppTest:
        app = AppTest.from_string(PAGE, default_timeout=30)
        app.query_params["step"] = step
        app.run()
        assert not app.exception, app.exception
        return app

    return run


def text_of(app: AppTest) -> str:
    parts = [*app.title, *app.markdown, *app.caption, *app.subheader]
    return "\n".join(str(part.value) for part in parts).replace("\\", "")


def write_reports(path: Path) -> None:
    reports, writer = MaskReports(Run(path)), DerivedWriter(Run(path))
    for step in Run(path).steps():
        writer.write_mask_report(step, reports.report(step))


def test_the_error_stands_before_and_now_beside_its_diagram(
    opened: Callable[..., AppTest], tmp_path: Path
) -> None:
    path = write_synthetic_run(tmp_path)
    write_reports(path)
    app = opened()
    reports = MaskReports(Run(path))
    curves = [reports.report(step)["domains"]["target"]["calibration"] for step in (20, 40)]
    assert app.metric[0].value == " → ".join(f"{100 * curve['error']:.1f}" for curve in curves)
    assert len(app.get("plotly_chart")) == 1
    assert "calibrated" in text_of(app)
    assert "% are right" in text_of(app)


def test_at_the_reference_step_nothing_is_compared(
    opened: Callable[..., AppTest], tmp_path: Path
) -> None:
    write_reports(write_synthetic_run(tmp_path))
    app = opened("20")
    assert "→" not in app.metric[0].value
    assert "since before" not in text_of(app)


def test_without_a_report_the_page_says_what_is_awaited(
    opened: Callable[..., AppTest], tmp_path: Path
) -> None:
    write_synthetic_run(tmp_path)
    app = opened()
    assert "The calibration at step 40 has not been computed yet" in text_of(app)
    assert not app.metric


def test_without_labels_no_confidence_is_judged(
    opened: Callable[..., AppTest], tmp_path: Path
) -> None:
    write_reports(write_synthetic_run(tmp_path, target_labels=False))
    assert "Dusk has no labels here, so the calibration cannot be measured" in text_of(opened())


def test_the_change_is_the_difference_of_the_numbers_shown() -> None:
    assert words.figure(NOW, BEFORE) == "25.0 → 10.0"
    assert words.figure(NOW, None) == "10.0"
    assert words.change(NOW, BEFORE) == -15.0
    assert words.change_text(-15.0) == "15.0 points, better calibrated"
    assert words.change_text(2.0) == "2.0 points, worse calibrated"
    assert words.change_text(0.0) == "unchanged since before adaptation"


def test_the_verdict_compares_mean_confidence_with_what_is_right() -> None:
    assert "overconfident: its mean confidence is 82.0 %, but 72.0 %" in words.verdict(NOW, "dusk")
    unsure = Reliability(NOW.pixels, NOW.accuracy, NOW.confidence, 0.1)
    assert "underconfident" in words.verdict(unsure, "dusk")


def test_the_caption_gives_the_bin_that_is_furthest_off() -> None:
    assert "with 50 % confidence, 30 % are right" not in words.reading(BEFORE)
    assert "with 90 % confidence, 60 % are right" in words.reading(BEFORE)
    nothing = np.full(3, NAN)
    assert "are right." not in words.reading(Reliability(np.zeros(3, int), nothing, nothing, NAN))


@pytest.mark.parametrize("dark", [False, True])
def test_before_is_dashed_and_now_is_solid(dark: bool) -> None:
    figure = reliability_figure(NOW, BEFORE, dark=dark)
    curves = [trace for trace in figure.data if trace.type == "scatter"][1:]
    assert [trace.line.dash for trace in curves] == ["dash", "solid"]
    assert [list(trace.x) for trace in curves] == [[0.5, 0.9], [0.5, 0.9]]
    alone = reliability_figure(NOW, None, dark=dark)
    assert [trace.line.dash for trace in alone.data if trace.type == "scatter"] == [None, "solid"]
