"""The analysis of a run from a stranger writes nothing outside it, and has the same results."""

import os
from pathlib import Path

import pytest

from spcl.analysis.run_analysis import RunAnalysis
from spcl.analysis.worker import analyse
from spcl.store.derived.reader import DerivedReader, derived_place
from spcl.store.derived.writer import DerivedWriter
from spcl.store.reader import Run
from tests.support.synthetic_run import write_synthetic_run

pytestmark = pytest.mark.slow


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    home = tmp_path / "home"
    home.mkdir()
    (home / ".profile").write_text("export A=1\n")
    return home


@pytest.fixture
def run(tmp_path):
    return Run(write_synthetic_run(tmp_path / "runs"))


def measure_once(run):
    analysis = RunAnalysis(run, DerivedWriter(run), follow=False)
    analysis.measure(40)
    analysis.report_masks(40)
    return {row["step"] for row in DerivedReader(run).measures().read()}


def listing(folder: Path):
    return {str(p.relative_to(folder)): p.stat().st_size for p in folder.rglob("*")}


def test_a_linked_derived_folder_is_left_alone_and_the_cache_is_used(run, home):
    run.derived_path.symlink_to(home)
    before = listing(home)
    assert measure_once(run) == {40}
    assert listing(home) == before
    assert "cache" in derived_place(run).path.parts


@pytest.mark.parametrize("name", ["measures.jsonl", "events.jsonl"])
@pytest.mark.parametrize(
    ("link", "target"),
    [(os.symlink, ".profile"), (os.symlink, ".bash_aliases"), (os.link, ".profile")],
)
def test_linked_rows_are_replaced_and_not_written_through(run, home, name, target, link):
    measure_once(run)
    (run.derived_path / name).unlink()
    link(home / target, run.derived_path / name)
    before = listing(home)
    assert measure_once(run) == {40}
    assert listing(home) == before
    assert not (run.derived_path / name).is_symlink()


@pytest.mark.long
@pytest.mark.parametrize("name", ["projections", "masks"])
def test_a_linked_folder_of_results_stops_those_results_only(run, home, name):
    run.derived_path.mkdir()
    (run.derived_path / name).symlink_to(home)
    before = listing(home)
    assert analyse(run)
    assert listing(home) == before
    assert {row["step"] for row in DerivedReader(run).measures().read()} == set(run.steps())


def test_a_lock_that_is_a_pipe_or_a_link_stops_nothing(run, home):
    run.derived_path.mkdir()
    os.mkfifo(run.derived_path / "analysis.lock")
    os.utime(run.derived_path / "analysis.lock", (0, 0))
    assert analyse(run)
    assert DerivedReader(run).measures().read()


def test_a_row_whose_step_is_a_list_is_no_row(run, home):
    measure_once(run)
    with (run.derived_path / "measures.jsonl").open("a") as stream:
        stream.write('{"step": [1], "measure": "x"}\n')
    assert measure_once(run) == {40}


@pytest.mark.long
def test_results_in_the_cache_are_read_though_the_medium_holds_some(run, home, monkeypatch):
    measure_once(run)
    monkeypatch.setattr("spcl.store.derived.reader.os.access", lambda *_: False)
    assert {row["step"] for row in DerivedReader(run).measures().read()} == {40}
    analyse(run)
    assert {row["step"] for row in DerivedReader(run).measures().read()} == set(run.steps())
