"""One opened run a rerun: what it says, and that `run.json` is parsed only when it changes."""

from pathlib import Path

import pytest

from dashboard.data import runs_folder
from dashboard.data.opened_run import OpenedRun, open_run, opened_first
from dashboard.data.runs.infos import read_info
from dashboard.data.selection import parse
from spcl.store.errors import DamagedError
from spcl.store.reader import Run
from tests.support.synthetic_run import NAMES, set_recorded, write_synthetic_run

RUN = "20260101-000000-synthetic"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    runs_folder.use(tmp_path)
    return write_synthetic_run(tmp_path)


def opened(**asked: str) -> OpenedRun:
    found = open_run(parse(asked, [RUN]))
    assert found is not None
    return found


def test_no_run_is_none() -> None:
    assert open_run(parse({}, [])) is None


def test_a_run_says_its_classes_and_steps(path: Path) -> None:
    run = opened()
    assert run.names == NAMES
    assert run.displays == {name: name.capitalize() for name in NAMES}
    assert (run.steps, run.step, run.before, run.compared_step) == ([0, 10, 20, 30, 40], 40, 20, 20)
    assert run.title == "Synthetic day to dusk"


def test_nothing_is_compared_at_the_reference_step_and_before_it(path: Path) -> None:
    assert [opened(step=step).compared_step for step in ("0", "20", "30")] == [None, None, 20]


def test_classes_the_run_does_not_have_are_left_out(path: Path) -> None:
    assert opened(classes="road,dragon").selection.classes == ("road",)
    assert opened(classes="road,dragon").shown_names == ["road"]
    assert opened().shown_names == list(NAMES)


def test_run_json_is_parsed_only_when_it_was_replaced(path: Path) -> None:
    first = read_info(Run(path))
    assert read_info(Run(path)) is first
    set_recorded(path, title="Another")
    assert read_info(Run(path)).title == "Another"
    (path / "run.json").unlink()
    with pytest.raises(DamagedError, match="is missing"):
        read_info(Run(path))


def test_a_fragment_is_given_the_opened_run_first_and_reads_anew_then(path: Path) -> None:
    given = opened()
    look = opened_first(given)
    assert look() is given
    set_recorded(path, title="Another")
    assert (look() or given).title == "Another"
    (path / "run.json").write_text("{")
    assert look() is None
