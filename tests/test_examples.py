"""The examples run as their first lines say, from any folder, and leave a sound run."""

import subprocess
import sys
from importlib.util import find_spec

import pytest

from spcl.store.reader import Run
from spcl.store.validation import faults
from tests import ROOT
from tests.support.synthetic_run import write_synthetic_run

LOOPS = {
    "own_loop": "torch",
    "numpy_loop": "numpy",
    "lightning_fit": "lightning",
    "mmengine_run": "mmengine",
    "transformers_train": "transformers",
}


def run_example(name, *words, cwd):
    command = [sys.executable, str(ROOT / "examples" / f"{name}.py"), *map(str, words)]
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, timeout=200)
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout


@pytest.mark.long
@pytest.mark.slow
@pytest.mark.parametrize(("name", "library"), LOOPS.items())
def test_a_loop_is_recorded(tmp_path, name, library):
    if find_spec(library) is None:
        pytest.skip(f"{library} is not installed")
    printed = run_example(name, tmp_path / "runs", cwd=tmp_path)
    (path,) = (tmp_path / "runs").iterdir()
    assert printed.splitlines()[-1].strip() == str(path)
    run = Run(path)
    assert list(faults(run)) == []
    assert run.status().kind == "finished"
    assert run.steps() == [0, 20, 40, 60]
    first, last = (run.snapshot(step).scores["source"]["mean_iou"] for step in (0, 60))
    assert last > first


@pytest.mark.long
def test_measures_are_printed_outside_the_checkout(tmp_path):
    path = write_synthetic_run(tmp_path)
    printed = run_example("measures", path, tmp_path / "margins.html", cwd=tmp_path)
    assert "margin_mean" in printed


def test_five_lines_of_the_own_loop_are_ours():
    text = (ROOT / "examples" / "own_loop.py").read_text(encoding="utf-8")
    assert [f"# {i}" in text for i in range(1, 7)] == [True] * 5 + [False]


@pytest.mark.long
def test_a_script_without_a_main_guard_can_start_a_run(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))  # so that the pair is drawn
    script = tmp_path / "mine.py"
    script.write_text(
        f"import sys; sys.path.insert(0, {str(ROOT)!r})\n"
        "from pathlib import Path\n"
        "from spcl import launch\n"
        "from spcl.config import load_config\n"
        "print('begun')\n"
        f"config = load_config(Path({str(ROOT / 'configs' / 'streets.toml')!r}))\n"
        "begun = launch.start(config, runs_dir=Path('runs'))\n"
        "begun.recorder.end('stopped')\n"
    )
    done = subprocess.run(
        [sys.executable, script], cwd=tmp_path, capture_output=True, text=True, timeout=250
    )
    assert (done.returncode, done.stdout) == (0, "begun\n"), done.stderr[-2000:]
