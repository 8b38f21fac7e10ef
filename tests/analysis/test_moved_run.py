"""A run whose folder goes away while it is analysed, and one that two processes want to analyse."""

import shutil

import pytest

from spcl.analysis import worker
from spcl.analysis.lock import LOCK_FILE, only_one
from spcl.analysis.worker import analyse
from spcl.commands import main
from spcl.store.derived.reader import DerivedReader
from spcl.store.derived.writer import DerivedWriter
from spcl.store.errors import StoreError
from spcl.store.reader import Run, list_runs
from tests.support.synthetic_run import write_synthetic_run


@pytest.fixture
def run(tmp_path):
    return Run(write_synthetic_run(tmp_path / "runs"))


@pytest.mark.parametrize("removed", [False, True])
@pytest.mark.parametrize("after", [1, 2, 4])
def test_a_run_that_goes_away_ends_its_analysis_with_a_sentence(
    run, tmp_path, monkeypatch, capsys, after, removed
):
    real, looks = worker.still_here, []

    def away(folder):
        looks.append(folder)
        if len(looks) == after:
            shutil.rmtree(run.path) if removed else run.path.rename(tmp_path / "elsewhere")
        real(folder)

    monkeypatch.setattr(worker, "still_here", away)
    assert main(["analyse", str(run.path)]) == 2
    *progress, said = capsys.readouterr().err.splitlines()
    assert said == (
        f"{run.path} was moved or removed while it was analysed; analyse it where it is now"
    )
    assert [line for line in progress if " of " not in line] == []
    assert not run.path.exists(), "nothing is begun anew where it stood"
    assert list_runs(run.path.parent) == []


@pytest.mark.slow
def test_what_was_derived_before_a_run_moved_is_used_where_it_is_now(run, tmp_path):
    writer = DerivedWriter(run)
    run.path.rename(tmp_path / "elsewhere")
    with pytest.raises((StoreError, OSError)):
        writer.write_mask_report(40, {"recipe": "x"})
    assert not run.path.exists()
    moved = Run(tmp_path / "elsewhere")
    assert analyse(moved)
    assert {row["step"] for row in DerivedReader(moved).measures().read()} == set(moved.steps())


def test_a_second_analysis_leaves_with_a_sentence_and_changes_nothing(run, capsys):
    derived = DerivedWriter(run).path
    with only_one(derived) as allowed:
        assert allowed
        assert main(["analyse", str(run.path)]) == 0
    assert capsys.readouterr().err == (
        f"{run.path} is being analysed by another process; its results appear in {derived}\n"
    )
    assert [path.name for path in derived.iterdir()] == []
    assert not (derived / LOCK_FILE).exists()
