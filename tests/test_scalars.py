import doctest
import math

import pytest

from spcl import scalars
from spcl.commands import main
from spcl.errors import UserError
from spcl.store.reader import Run, last_row_per_step
from spcl.store.validation import faults
from tests.support.synthetic_run import write_synthetic_run


def test_the_example_prints_what_it_says():
    assert doctest.testmod(scalars).failed == 0


@pytest.fixture
def log(tmp_path):
    pytest.importorskip("tensorboard", reason="tensorboard is not installed")
    from torch.utils.tensorboard import SummaryWriter

    with SummaryWriter(str(tmp_path / "log")) as writer:
        for step in (5, 20, 60):
            writer.add_scalar("train/loss", 1 / step, step)
            writer.add_scalar("accuracy", step / 100, step)
            writer.add_scalar("accuracy", step / 50, step, new_style=True)
        writer.add_scalar("broken", math.nan, 60)
        writer.add_text("notes", "no number", 5)
        writer.add_scalars("both", {"one": 1.0}, 20)
    return tmp_path / "log"


def test_scalars_stand_beside_what_the_run_logged_itself(tmp_path, log, capsys):
    path = write_synthetic_run(tmp_path)
    before = Run(path).info()
    assert main(["import-scalars", str(log), str(path)]) == 0
    run = Run(path)
    rows = {row["step"]: row for row in last_row_per_step(run.metrics().read())}
    assert rows[20]["loss/train"] == pytest.approx(0.05)
    assert rows[20]["loss/total"] == pytest.approx(3 / 20 + 0.5)
    assert rows[20]["both_one/both"] == 1.0
    assert rows[60]["accuracy"] == pytest.approx(1.2)
    assert rows[60]["broken"] is None
    assert "train/loss -> loss/train" in capsys.readouterr().out
    after = run.info()
    assert (after.step, after.total_steps, after.stage) == (60, 60, "adapt")
    kept = ("status", "ended_at", "pid", "host", "started_at")
    assert [getattr(after, name) for name in kept] == [getattr(before, name) for name in kept]
    assert list(faults(run)) == []


def test_a_run_that_is_written_takes_no_rows(tmp_path, log):
    path = write_synthetic_run(tmp_path, finished=False)
    with pytest.raises(UserError, match="is running; add rows once it has ended"):
        scalars.import_scalars(log, Run(path))


@pytest.mark.parametrize(
    ("place", "sentence"), [("nothing", "does not exist"), ("empty", "holds no scalars")]
)
def test_a_folder_without_a_log_is_said(tmp_path, place, sentence):
    pytest.importorskip("tensorboard", reason="tensorboard is not installed")
    (tmp_path / "empty").mkdir()
    with pytest.raises(UserError, match=sentence):
        scalars.read_scalars(tmp_path / place)


def test_two_tags_of_one_name_are_refused(tmp_path):
    pytest.importorskip("tensorboard", reason="tensorboard is not installed")
    from torch.utils.tensorboard import SummaryWriter

    with SummaryWriter(str(tmp_path)) as writer:
        writer.add_scalar("train/loss", 1, 1)
        writer.add_scalar("loss/train", 1, 1)
    with pytest.raises(UserError, match="would both be loss/train; rename one"):
        scalars.read_scalars(tmp_path)


def test_a_missing_reader_is_one_sentence(tmp_path, monkeypatch):
    import sys

    monkeypatch.setitem(sys.modules, "tensorboard.backend.event_processing", None)
    with pytest.raises(UserError, match="needs tensorboard, which is not installed"):
        scalars.read_scalars(tmp_path)
