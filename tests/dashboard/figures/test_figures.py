"""Pictures for slides and papers: what is in the folder, how large, and what is said instead."""

import hashlib
import io
import os
import shutil
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from dashboard.figures.animation import MOST_BYTES, gif
from dashboard.figures.browser import NAMES
from dashboard.figures.masks import change_picture
from spcl.analysis.worker import analyse
from spcl.store.reader import Run
from tests import ROOT
from tests.support.synthetic_run import CITYSCAPES, SyntheticRun, label_space, set_recorded

CHARTS = {"miou", "class-strip", "separability", "confusions", "domain-gap", "likeness", "movement"}
SVG = "{http://www.w3.org/2000/svg}"


def digests(folder: Path) -> dict[str, str]:
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {str(path): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def figures(*words: object, status: int = 0, **environment: str) -> str:
    """Run the command in a process of its own, as the browser of other tests asks for; return what
    it says beside its last line."""
    command = [sys.executable, "-m", "dashboard", "figures", *map(str, words)]
    done = subprocess.run(
        command, cwd=ROOT, env={**os.environ, **environment}, capture_output=True, text=True
    )
    assert done.returncode == status, done.stderr
    return done.stderr


@pytest.fixture(scope="module")
def drawn(analyzed_run: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the figures of the analysed run for one column; the run stays as it was."""
    if not any(map(shutil.which, NAMES)):
        pytest.skip("Chromium is not installed; run `make setup`")
    known = digests(analyzed_run)
    folder = tmp_path_factory.mktemp("figures") / "made" / "here"
    figures(analyzed_run, "-o", folder, "--width", 3.3)
    assert digests(analyzed_run) == known
    return folder


@pytest.mark.browser
@pytest.mark.slow
def test_every_chart_is_there_in_three_formats_at_its_width(drawn: Path) -> None:
    assert {path.stem for path in drawn.glob("*.pdf")} >= CHARTS | {"calibration", "map-by-class"}
    for pdf in drawn.glob("*.pdf"):
        assert b"/MediaBox [0 0 238" in pdf.read_bytes()  # 3.3 inches are 237.6 points
        assert b"/Type3" not in pdf.read_bytes()
        with Image.open(pdf.with_suffix(".png")) as image:
            assert image.width == 2 * 396
            assert image.info["dpi"] == pytest.approx((240, 240), abs=0.1)
    for name in CHARTS:
        root = ElementTree.parse(drawn / f"{name}.svg").getroot()
        assert root.get("width") == "3.3in"
        texts = ["".join(one.itertext()) for one in root.iter(f"{SVG}text")]
        assert "Run 20260101-000000-synthetic, step 40, seed 0" in texts
        assert len(pd.read_csv(drawn / f"{name}.csv")) > 0


@pytest.mark.browser
@pytest.mark.slow
def test_no_text_is_smaller_than_seven_points(drawn: Path) -> None:
    for path in drawn.glob("*.svg"):
        code = path.read_text(encoding="utf-8")
        sizes = [float(part.split("px")[0]) for part in code.split("font-size: ")[1:]]
        assert min(sizes, default=12) * 0.6 >= 7, path.name  # 120 pixels an inch, 72 points


@pytest.mark.browser
@pytest.mark.slow
def test_tables_captions_and_numbers_agree_with_the_run(drawn: Path, analyzed_run: Path) -> None:
    table = pd.read_csv(drawn / "iou-target.csv").set_index("class")
    scores = Run(analyzed_run).snapshot(40).scores["target"]
    assert table.loc["mean", "after"] == round(100 * scores["mean_iou"], 1)
    assert table.loc["Road", "after"] == round(100 * scores["per_class_iou"][0], 1)
    curve = pd.read_csv(drawn / "miou.csv").set_index(["domain", "step"])["mean_iou"]
    assert curve["target", 40] == pytest.approx(scores["mean_iou"])
    captions = (drawn / "captions.txt").read_text(encoding="utf-8")
    assert "of 200 probe pixels, each where UMAP puts its features" in captions
    assert "Trustworthiness of the projection: " in captions
    assert (drawn / "captions.tex").read_text(encoding="utf-8").count("\\caption{") == len(
        list(drawn.glob("*.pdf"))
    )


@pytest.mark.browser
@pytest.mark.slow
def test_animations_have_a_frame_a_step_and_stay_small(drawn: Path) -> None:
    for path in drawn.glob("*.gif"):
        with Image.open(path) as image:
            assert image.n_frames == 5
            assert image.width == 640
        assert path.stat().st_size < MOST_BYTES
    assert len(list(drawn.glob("*.gif"))) == 2


@pytest.mark.long
@pytest.mark.browser
@pytest.mark.slow
@pytest.mark.parametrize("names", [CITYSCAPES[:2], CITYSCAPES])
def test_two_and_nineteen_classes_without_target_labels(
    tmp_path: Path, names: tuple[str, ...], drawn: Path
) -> None:
    run = written(tmp_path, names=names, target_labels=False)
    said = figures(run, "-o", tmp_path / "out", "--width", 3.3)
    assert "iou-target is left out: dusk has no labels here." in said
    made = {path.name for path in (tmp_path / "out").iterdir()}
    assert {"iou-source.tex", "qualitative.pdf", "before-after.png", "map-by-domain.svg"} <= made
    with Image.open(tmp_path / "out" / "likeness.png") as image:
        assert image.width == 2 * (840 if len(names) == 19 else 396)  # 19 need two columns
    captions = (tmp_path / "out" / "captions.txt").read_text(encoding="utf-8")
    assert "no pixel can be called right or wrong" in captions


@pytest.mark.long
@pytest.mark.browser
@pytest.mark.slow
def test_one_snapshot_and_hostile_names_give_figures_whose_names_are_text(
    tmp_path: Path, drawn: Path
) -> None:
    run = written(tmp_path, steps=[0])
    classes = label_space()
    evil = '<img src=x onerror="document.title=1">&_%'
    first = replace(classes.classes[0], display=evil)
    classes = replace(classes, classes=(first, *classes.classes[1:]))
    set_recorded(run, label_space=classes, title=evil)
    said = figures(run, "-o", tmp_path / "out")
    assert "movement is left out: Movement is measured from the end of the warm-up" in said
    assert "map-over-steps is left out: It needs two snapshots" in said
    for name in ("separability", "class-strip", "map-by-class", "likeness"):
        root = ElementTree.parse(tmp_path / "out" / f"{name}.svg").getroot()
        texts = ["".join(text.itertext()) for text in root.iter(f"{SVG}text")]
        assert any(evil[:12] in text for text in texts), name  # where it is long it is cut
        assert not [one for one in root.iter() if one.get("onerror")]
    table = (tmp_path / "out" / "iou-target.tex").read_text(encoding="utf-8")
    assert r"onerror=''document.title=1''\textgreater{}\&\_\% &" in table
    assert not (tmp_path / "out" / "before-after.png").exists()


def written(
    folder: Path,
    *,
    names: tuple[str, ...] | None = None,
    target_labels: bool = True,
    steps: list[int] | None = None,
) -> Path:
    options = {} if names is None else {"names": names}
    run = SyntheticRun(folder / "runs", target_labels=target_labels, **options)
    if names is not None and len(names) < 5:
        for label in run.labels.values():
            label[label >= len(names)] = 0
    run.write_probe()
    run.write_metrics(40)
    for step in steps or [20, 40]:
        run.write_snapshot(step)
    run.finish()
    analyse(Run(run.path))
    return run.path


@pytest.mark.long
@pytest.mark.slow
def test_what_cannot_be_drawn_is_one_sentence(tmp_path: Path, analyzed_run: Path) -> None:
    def refused(*words: object) -> str:
        said = figures(*words, "-o", tmp_path / "out", status=2, PATH=str(tmp_path / "bin"))
        assert said.strip().count("\n") == 0
        assert not (tmp_path / "out").exists()
        return said

    assert "apt-get install chromium" in refused(analyzed_run)
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "chromium").write_text("#!/bin/sh\nexit 1\n")
    (tmp_path / "bin" / "chromium").chmod(0o755)
    assert f"{tmp_path / 'bin' / 'chromium'} does not start" in refused(analyzed_run)
    assert "is no run; give the folder that holds its run.json" in refused(tmp_path)
    assert "no snapshot at step 7; choose from 0, 10, 20" in refused(analyzed_run, "--step", 7)
    assert '"2" is no width; use inches from 3.3 to 12' in refused(analyzed_run, "--width", 2)
    assert "see python -m dashboard" in refused()


@pytest.mark.long
@pytest.mark.slow
def test_an_animation_too_large_is_made_smaller(monkeypatch: pytest.MonkeyPatch) -> None:
    noise = np.random.default_rng(0).integers(0, 255, (4, 200, 320, 3), np.uint8)
    frames = [Image.fromarray(one) for one in noise]
    monkeypatch.setattr("dashboard.figures.animation.MOST_BYTES", 300_000)
    content = gif(frames)
    assert len(content) < 300_000
    with Image.open(io.BytesIO(content)) as image:
        assert image.n_frames == 4
        assert image.width < 640


def test_changed_pixels_are_blue_where_fixed_and_orange_where_broken() -> None:
    truth = np.array([[0, 0, 1, 1, 255]], np.uint8)
    before, after = np.array([[0, 1, 1, 0, 0]], np.uint8), np.array([[0, 0, 0, 0, 1]], np.uint8)
    found: Callable[[int], str] = lambda i: "#{:02X}{:02X}{:02X}".format(  # noqa: E731
        *change_picture(truth, before, after)[0, i]
    )
    assert [found(i) for i in range(5)] == ["#FFFFFF", "#2B55DB", "#E0782A", "#48515E", "#ECEEF2"]
