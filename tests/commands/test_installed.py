"""The package as a stranger has it: a wheel in an environment outside the checkout."""

import os
import shutil
import zipfile
from contextlib import contextmanager

import pytest

from dashboard.text.captions import caption
from spcl.store.reader import Run
from spcl.store.validation import faults
from tests import ROOT
from tests.conftest import start_dashboard
from tests.support.installed import build_wheel, environment
from tests.support.prediction_folder import write_prediction_folder
from tests.support.synthetic_run import write_synthetic_run
from tests.support.tiny_training import SMALL

pytestmark = [pytest.mark.long, pytest.mark.xdist_group("installed")]
SHORT = [
    *(word for word in SMALL if not word.startswith(("data.kind", "data.root"))),
    *("warmup.steps=2", "adapt.steps=2", "record.every=2", "model.backbone=tiny"),
]


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    return tmp_path_factory.mktemp("a place with spaces")


@pytest.fixture(scope="module")
def wheel(place):
    return build_wheel(place)


@pytest.fixture(scope="module")
def base(place, wheel):
    return environment(place / "the base", wheel)


@pytest.fixture(scope="module")
def pages(place, wheel):
    return environment(place / "the pages", wheel, "dashboard")


@pytest.fixture(scope="module")
def everything(place, wheel):
    return environment(place / "every thing", wheel, "train", "dashboard")


@pytest.fixture(scope="module")
def demo(place, everything):
    """The folder of the demo's run, made by the installed program in an empty folder."""
    cwd = place / "work of mine"
    cwd.mkdir()
    done = everything.run(
        *("spcl", "demo", "--headless", *SHORT),
        cwd=cwd,
        env={**os.environ, "XDG_CACHE_HOME": str(place / "cache")},
    )
    assert done.returncode == 0, done.stderr
    assert "spcl - before" in done.stdout
    (run,) = [path for path in (cwd / "runs").iterdir() if not path.name.startswith(".")]
    return run


@contextmanager
def pages_of(installed, runs, *, cwd):
    """Serve runs by the installed `spcl-dashboard` for as long as the block takes."""
    served = start_dashboard(runs, program=[installed.program("spcl-dashboard")], cwd=cwd)
    try:
        yield served.url
    finally:
        served.stop()


def test_the_wheel_holds_what_is_not_python(wheel):
    held = set(zipfile.ZipFile(wheel).namelist())
    files = [
        *ROOT.glob("dashboard/**/*.js"),
        *ROOT.glob("dashboard/pictures/*.svg"),
        ROOT / "dashboard" / ".streamlit" / "config.toml",
        *ROOT.glob("spcl/**/*.py"),
        *ROOT.glob("dashboard/**/*.py"),
    ]
    assert len(files) > 300
    assert [f for f in files if str(f.relative_to(ROOT)) not in held] == []
    configs = {f"spcl/configs/{file.name}" for file in ROOT.glob("configs/*.toml")}
    assert configs | {"dashboard/docs/measures.md"} <= held
    assert [name for name in held if name.split("/")[0] in ("tests", "examples", "configs")] == []


def test_the_base_records_lists_compares_and_validates(base, place, tmp_path):
    write_prediction_folder(tmp_path / "left by another")
    first, second = (write_synthetic_run(tmp_path / name) for name in ("one", "two"))
    shutil.copytree(second, tmp_path / "one" / "second")
    for words, expected in (
        (("--help",), "judge"),
        (("runs", tmp_path / "one"), "second"),
        (("validate", first), "sound"),
        (("compare", first, tmp_path / "one" / "second"), "better"),
        (("record", "--predictions", tmp_path / "left by another"), "steps recorded"),
        (("completion", "bash"), "complete -o default"),
    ):
        done = base.run("spcl", *words, cwd=tmp_path)
        assert (done.returncode, done.stderr) == (0, ""), words
        assert expected in done.stdout
    (recorded,) = (tmp_path / "runs").iterdir()
    assert list(faults(Run(recorded))) == []
    assert Run(recorded).info().packages["spcl"] == "0.1.0"


def test_what_the_base_lacks_is_said_with_the_extra_that_brings_it(base, tmp_path):
    run = write_synthetic_run(tmp_path)
    for words, extra in (
        (("spcl", "adapt", "configs/streets.toml"), "train"),
        (("spcl", "demo", "--headless"), "train"),
        (("spcl", "check", tmp_path), "train"),
        (("spcl", "analyse", run), "analysis"),
        (("spcl-dashboard", tmp_path), "dashboard"),
        (("spcl-dashboard", "export", run), "dashboard"),
        (("spcl-dashboard", "figures", run), "dashboard"),
    ):
        done = base.run(*words, cwd=tmp_path)
        assert done.returncode == 2, words
        assert len(done.stderr.splitlines()) == 1, done.stderr
        assert f'pip install "spcl[{extra}]"' in done.stderr


def test_the_demo_of_the_installed_package_is_a_sound_run(demo, everything):
    assert list(faults(Run(demo))) == []
    assert Run(demo).info().git_commit is None
    done = everything.run("spcl", "validate", demo, cwd=demo.parent)
    assert "all checkpoints were read" in done.stdout, done.stderr


def test_a_shipped_configuration_is_found_in_any_folder(everything, place):
    done = everything.run("spcl", "check", "configs/streets.toml", "no=1", cwd=place)
    assert (done.returncode, '"no" is not a key' in done.stderr) == (2, True)
    mine = place / "configs" / "streets.toml"
    mine.parent.mkdir()
    mine.write_text("mine = 1")  # a file of one's own goes before what is shipped
    done = everything.run("spcl", "check", "configs/streets.toml", cwd=place)
    assert (done.returncode, '"mine" is not a key' in done.stderr) == (2, True)


@pytest.mark.long
@pytest.mark.browser
def test_the_installed_dashboard_shows_its_run(demo, everything, open_browser):
    with pages_of(everything, demo.parent, cwd=demo.parent) as url:
        watched = open_browser(f"{url}/live")
        watched.page.locator("[data-chart=live-lines][data-step='4']").first.wait_for()
        assert (watched.console, watched.outside) == ([], [])


@pytest.mark.long
@pytest.mark.browser
def test_the_dashboard_alone_shows_a_run_from_elsewhere_without_torch(
    demo, pages, place, open_browser
):
    copied = place / "from elsewhere" / "a run"
    shutil.copytree(demo, copied)
    assert pages.run("python", "-c", "import torch", cwd=place).returncode == 1
    validated = pages.run("spcl", "validate", copied, cwd=place)
    assert "checkpoints were not" in validated.stdout, validated.stderr
    code = "from dashboard.text.captions import caption; print(caption('margin_mean').says)"
    assert pages.run("python", "-c", code, cwd=place).stdout.strip() == caption("margin_mean").says
    with pages_of(pages, copied, cwd=place) as url:
        watched = open_browser(f"{url}/map?run=a%20run")
        watched.page.locator("[data-chart=feature-map][data-step='4']").wait_for()
        watched.page.goto(f"{url}/masks?run=a%20run")
        watched.page.locator(
            "[data-chart=mask-viewer] img, [data-chart=mask-viewer] canvas"
        ).first.wait_for()
        assert (watched.console, watched.outside) == ([], [])
