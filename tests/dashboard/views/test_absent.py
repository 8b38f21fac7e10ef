"""Every page of a run that lacks something says so; none waits for it, none fails."""

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.data import recorded, runs_folder
from spcl.analysis.worker import analyse
from spcl.recorder import record
from spcl.store.derived.reader import DerivedReader
from spcl.store.reader import Run
from tests.recorder.scenes import CLASSES, ColorModel, scenes

PAGES = (
    *("live", "map", "separability", "prototypes", "classes.page", "classes.pixels", "masks"),
    "story",
)


def lacking(runs: Path, predict: str, *, labels: bool) -> Run:
    source, target = scenes(2, labels=labels), scenes(2, dark=True, labels=False)
    with record(runs, CLASSES, source=source, target=target) as run:
        for step in (0, 10):
            run.snapshot(step, getattr(ColorModel(1 + step), predict))
    analyse(Run(run.path))
    return Run(run.path)


def page(runs: Path, name: str) -> str:
    runs_folder.use(runs)
    script = (
        "from dashboard.data.opened_run import open_run\n"
        "from dashboard.data.selection import selection\n"
        f"import importlib\n"
        f"page = importlib.import_module('dashboard.views.{name}')\n"
        f"page.render(open_run(selection()))\n"
    )
    app = AppTest.from_string(script, default_timeout=30).run()
    assert not app.exception, app.exception
    parts = [*app.title, *app.markdown, *app.caption, *app.subheader, *app.info]
    return "\n".join(str(part.value) for part in parts).replace("\\", "").replace("\u00a0", " ")


SAID = {
    "map": "There is no map: this run records no features",
    "separability": "Only confusion can be shown: this run records no features",
    "prototypes": "There are no prototypes: this run records no features",
    "live": "not logged by this training",
    "classes.page": "This run records no features, so neither margins nor prototypes are known.",
    "classes.pixels": "",
    "masks": "so the calibration",
    "story": "",
}


@pytest.mark.slow
@pytest.mark.parametrize("predict", ["ids", "logits"])
@pytest.mark.parametrize("labels", [True, False])
def test_every_page_says_what_is_missing(tmp_path, predict, labels):
    run = lacking(tmp_path, predict, labels=labels)
    for name in PAGES:
        text = page(tmp_path, name)
        assert SAID[name] in text
        assert "analyse RUN_DIR" not in text
    assert DerivedReader(run).recorded_events() == []
    assert recorded.is_derived(run, run.steps())


def test_class_means_are_called_so(tmp_path):
    with record(tmp_path, CLASSES, source=scenes(1), target=scenes(1)) as run:
        run.snapshot(0, ColorModel().both)
    assert "This training has no prototypes of its own" in page(tmp_path, "prototypes")
    assert "over the labelled source pixels" in Run(run.path).info().notes[0]


def test_a_run_without_a_plan_does_not_claim_to_know_its_end(tmp_path):
    with record(tmp_path, CLASSES, source=scenes(1), target=scenes(1)) as run:
        run.log(1, loss=1)
        run.snapshot(1, ColorModel().logits)
        text = page(tmp_path, "live")
    assert "step 1, of how many is not said" in text
    assert "Time left is not known" in text
