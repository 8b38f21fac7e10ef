"""Every line that the README tells is typed, in the order in which a person would come to it."""

import os
import shutil
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

import pytest

from spcl.commands import adapt, main
from spcl.store.reader import Run
from spcl.training.processes.interrupt import Stopped
from tests import ROOT
from tests.conftest import FOUND_BY_NAME, start_dashboard, without_browser
from tests.project.test_commands_told import commands_told, words_of
from tests.support.official_sets import write_cityscapes, write_gta5
from tests.support.tiny_pair import write_tiny_pair
from tests.support.tiny_training import SMALL

pytestmark = [pytest.mark.slow, pytest.mark.browser, pytest.mark.xdist_group("readme")]
ELSEWHERE = {
    "make demo": "tests/commands/test_commands.py runs the demo",
    "make demo ARGS=--headless": "tests/commands/test_commands.py runs the demo",
    "make test": "it runs this test",
    "make test LONG=1": "it runs this test",
    "make setup": "it makes what this test runs in",
    "pip install .": "tests/commands/test_installed.py installs the wheel",
    'pip install ".[train,dashboard]"': "tests/commands/test_installed.py installs the wheel",
    'pip install ".[remote]"': "tests/dashboard/remote runs what it brings",
    "python -m dashboard sftp://training-machine/data/runs": "tests/dashboard/remote runs it",
    "python -m dashboard s3://BUCKET/runs": "tests/dashboard/remote runs it",
    "python -m spcl ablate configs/streets.toml --seeds 0,1 --set contrast.adapt_ratio=0,0.2 "
    "--minus class_weights --jobs 2": "tests/commands/test_ablate.py types it for a smaller pair",
    "python -m scripts.prepare_camvid SEGNET_CAMVID data/camvid-day-to-dusk": "it needs CamVid",
}
"""Lines that are not typed here, and why."""
DAY = [
    "python -m spcl --help",
    "spcl --help",
    'eval "$(spcl completion bash)"',
    "python -m spcl check mydata",
    "python -m spcl adapt configs/camvid_day_to_dusk.toml data.root=mydata",
    "python -m spcl adapt --resume runs/RUN",
    "python -m spcl ablate runs/RUN",
    "python -m spcl compare runs/A runs/B",
    "python -m dashboard runs",
    "python -m dashboard figures runs/RUN -o figures",
    "python -m dashboard figures runs/RUN -o figures --width 3.3",
    "python -m dashboard export runs/RUN -o story.html",
    "python -m spcl check GTA5 CITYSCAPES",
    "python -m spcl adapt configs/gta5_to_cityscapes.toml data.source_root=GTA5 "
    "data.target_root=CITYSCAPES",
    "spcl adapt configs/streets.toml",
]
SHORT = [
    *(word for word in SMALL if not word.startswith("data.kind")),
    *("warmup.steps=2", "adapt.steps=2", "record.every=2", "checkpoint.every=2"),
    *("model.backbone=tiny", "evaluate.mode=scaled", "evaluate.size=[32,64]"),
]
MADE = {
    "figures": "figures/captions.tex",
    "export": "story.html",
}


@pytest.fixture(scope="module", autouse=True)
def browser_that_draws():
    if not any(map(shutil.which, FOUND_BY_NAME)):
        without_browser("Chromium is not installed")


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """A folder with the data that the README speaks of; what is typed leaves its runs there."""
    folder = tmp_path_factory.mktemp("readme")
    write_tiny_pair(folder / "mydata")
    write_gta5(folder / "GTA5")
    write_cityscapes(folder / "CITYSCAPES")
    return folder


def test_every_line_of_the_readme_is_typed_or_it_is_said_where_it_is_run():
    assert sorted(commands_told([ROOT / "README.md"])) == sorted([*ELSEWHERE, *DAY])


@contextmanager
def stopping_at_step_3(title):
    def report(step, *_):
        if step == 3:
            raise Stopped

    yield report


@pytest.mark.long
@pytest.mark.parametrize("line", DAY)
def test_a_line_of_the_readme_does_what_it_says(line, place, monkeypatch, capsys):
    monkeypatch.chdir(place)
    words = words_of(line)[2:]
    if words[:2] == ["dashboard", "runs"]:
        served = start_dashboard(place / "runs")
        served.stop()
        return
    if words[0] == "dashboard":
        typed = [sys.executable, "-m", *words]  # of its own, as tests may have a browser open here
        environment = {**os.environ, "PYTHONPATH": str(ROOT)}
        done = subprocess.run(typed, env=environment, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        assert (place / MADE[words[1]]).stat().st_size > 200
        return
    if words[1] == "adapt" and "--resume" not in words:
        is_first = "data.root=mydata" in words
        if is_first:  # broken off, so that there is something to resume
            monkeypatch.setattr(adapt, "training_progress", stopping_at_step_3)
        words += [*SHORT, "--id", "RUN" if is_first else Path(words[2]).stem]
        assert main(words[1:]) == (130 if is_first else 0), capsys.readouterr().err
        return
    assert main(words[1:]) == 0, capsys.readouterr().err
    if "--resume" in words:
        assert Run(place / "runs" / "RUN").status().kind == "finished"
        for name in "AB":
            shutil.copytree(place / "runs" / "RUN", place / "runs" / name)
