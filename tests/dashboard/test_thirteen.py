"""Where the 16 classes of SYNTHIA are scored, pages say the mean over 13, too; nowhere else."""

import json
from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from dashboard.data import runs_folder
from dashboard.data.opened_run import open_run
from dashboard.data.selection import parse
from dashboard.data.story.facts import read_story
from dashboard.text.live.measured import measured_at
from dashboard.text.story.counted.counting import story_numbers
from dashboard.text.story.story import panels
from spcl.commands import main
from spcl.data.official.classes import class_names
from spcl.store.reader import Run
from spcl.store.scores.thirteen import SIXTEEN, THIN, mean_of_13
from tests.support.synthetic_run import CITYSCAPES, write_synthetic_run

MASKS = """
from dashboard.data.opened_run import open_run
from dashboard.data.selection import arrive, selection
from dashboard.views import masks
arrive()
masks.render(open_run(selection()))
"""
SAID = "Over the 13 without wall, fence and pole it is {} %."


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """A run that takes half of each wall for a building, and is right elsewhere."""
    run = Run(write_synthetic_run(tmp_path_factory.mktemp("runs"), names=SIXTEEN, images=8))
    file = run.snapshot(40).path / "scores.json"
    scores = json.loads(file.read_text())
    row = scores["target"]["confusion"][SIXTEEN.index("wall")]
    half = row[SIXTEEN.index("wall")] // 2
    assert half > 0
    row[SIXTEEN.index("wall")] -= half
    row[SIXTEEN.index("building")] += half
    file.write_text(json.dumps(scores))
    return run


def expected(run: Run) -> str:
    """Return the sentence, with the mean counted from the confusion."""
    confusion = np.asarray(run.snapshot(40).scores["target"]["confusion"])
    hits = confusion.diagonal()
    iou = hits / (confusion.sum(0) + confusion.sum(1) - hits)
    rest = [value for name, value in zip(SIXTEEN, iou, strict=True) if name not in THIN]
    assert len(rest) == 13
    assert abs(np.mean(rest) - np.mean(iou)) > 1e-3, "another mean than that of 16"
    return SAID.format(f"{100 * np.mean(rest):.1f}")


def masks_page(path: Path) -> str:
    runs_folder.use(path.parent)
    app = AppTest.from_string(MASKS, default_timeout=60)
    app.query_params["run"] = path.name
    app.run()
    assert not app.exception, app.exception
    texts = (str(one.value) for one in (*app.markdown, *app.caption))
    return "\n".join(texts).replace("\\", "").replace("\xa0", " ")


def story_of(path: Path) -> str:
    runs_folder.use(path.parent)
    opened = open_run(parse({"run": path.name}, [path.name]))
    assert opened is not None
    assert opened.step is not None
    told = panels(story_numbers(read_story(opened, opened.step)))
    return "\n".join(sentence for panel in told for sentence in panel.sentences)


def test_the_16_are_those_of_the_official_label_space() -> None:
    assert class_names(16) == SIXTEEN
    assert class_names(13) == tuple(name for name in SIXTEEN if name not in THIN)


@pytest.mark.slow
def test_masks_story_live_page_and_evaluate_say_it(
    run: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    said = expected(run)
    assert said in masks_page(run.path)
    assert said in story_of(run.path)
    assert said in measured_at(run.info(), run.snapshot(40).scores, 40)
    assert main(["evaluate", str(run.path)]) == 0
    assert "mean of 13 (without wall, fence, pole)" in capsys.readouterr().out


@pytest.mark.slow
@pytest.mark.parametrize("names", [CITYSCAPES, SIXTEEN[:-1], class_names(13)])
def test_other_classes_have_no_such_mean(tmp_path: Path, names: tuple[str, ...]) -> None:
    run = Run(write_synthetic_run(tmp_path, names=names))
    for told in (
        masks_page(run.path),
        story_of(run.path),
        measured_at(run.info(), run.snapshot(40).scores, 40),
    ):
        assert "ver the 13" not in told
        assert "mIoU" in told or "mean" in told


def test_a_class_in_neither_truth_nor_prediction_is_left_out() -> None:
    shares = [None if name == "bus" else 0.5 for name in SIXTEEN]
    assert mean_of_13(SIXTEEN, shares) == pytest.approx(0.5)
    assert mean_of_13(SIXTEEN, [None] * 16) is None
    assert mean_of_13(SIXTEEN[::-1], [0.5] * 16) is None
