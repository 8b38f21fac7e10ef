"""What a person notes about a run, and the bin: kept beside the run, believed in nothing."""

import json
import os
from pathlib import Path

import pytest

from spcl.store.edits.notes import (
    LONGEST_NOTE,
    LONGEST_TAG,
    MOST_TAGS,
    NOTES_FILE,
    RunNotes,
    read_run_notes,
)
from spcl.store.edits.writer import BIN_FOLDER, move_to_bin, restore_from_bin, write_run_notes
from spcl.store.errors import StoreError
from spcl.store.life.ownership import RunLock
from spcl.store.reader import Run, list_runs
from spcl.store.validation import faults
from tests.support.synthetic_run import write_synthetic_run

NOTES = RunNotes(("baseline", "paper"), "The one of Tuesday.", archived=True)


@pytest.fixture
def run(tmp_path: Path) -> Run:
    return Run(write_synthetic_run(tmp_path, run_id="one"))


def written(run: Run, content: str | bytes) -> Run:
    run.derived_path.mkdir(exist_ok=True)
    data = content if isinstance(content, bytes) else content.encode()
    (run.derived_path / NOTES_FILE).write_bytes(data)
    return run


def test_what_is_noted_is_read_as_it_was(run: Run) -> None:
    assert read_run_notes(run) == RunNotes()
    write_run_notes(run, NOTES)
    assert read_run_notes(run) == NOTES
    assert list(faults(run)) == []


def test_tags_are_words_of_one_line_and_none_twice() -> None:
    given = [" a\nb ", "", "a b", "x" * 99, *map(str, range(20))]
    notes = RunNotes.of(tags=given, note="n" * 999, archived=False)
    assert len(notes.tags) == MOST_TAGS == len(set(notes.tags))
    assert all(len(tag) <= LONGEST_TAG and "\n" not in tag for tag in notes.tags)
    assert len(notes.note) <= LONGEST_NOTE


@pytest.mark.parametrize(
    ("content", "why"),
    [
        ("{", "is not JSON"),
        ("[]", "holds no JSON object"),
        (json.dumps({**NOTES.to_json(), "version": 2}), "version 2"),
        (json.dumps({**NOTES.to_json(), "tags": "all"}), "tags is no list"),
        (json.dumps({**NOTES.to_json(), "tags": [1]}), "tags is no list"),
        (json.dumps({**NOTES.to_json(), "note": None}), "note is no text"),
        (json.dumps({**NOTES.to_json(), "archived": 1}), "archived is neither"),
        (json.dumps({"version": 1}), "KeyError"),
        (b"\xff\xfe\x00", "is not JSON"),
    ],
)
def test_a_broken_or_newer_file_is_a_sentence(run: Run, content: str | bytes, why: str) -> None:
    with pytest.raises(StoreError, match="is ignored: ") as error:
        read_run_notes(written(run, content))
    assert why in str(error.value) and "\n" not in str(error.value)


def test_notes_are_written_to_no_other_place_through_a_link(run: Run, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    run.derived_path.symlink_to(outside)
    with pytest.raises(StoreError):
        write_run_notes(run, NOTES)
    assert not list(outside.iterdir())


def test_a_binned_run_is_in_no_list_and_comes_back_whole(run: Run) -> None:
    runs_dir, before = run.path.parent, sorted(path.name for path in run.path.rglob("*"))
    place = move_to_bin(run)
    assert place == runs_dir / BIN_FOLDER / "one"
    assert list_runs(runs_dir) == [] and not run.path.exists()
    assert restore_from_bin(place) == run.path
    assert sorted(path.name for path in run.path.rglob("*")) == before
    assert [one.id for one in list_runs(runs_dir)] == ["one"]


def test_a_second_run_of_the_name_does_not_replace_the_first_in_the_bin(
    run: Run, tmp_path: Path
) -> None:
    first = move_to_bin(run)
    write_synthetic_run(tmp_path, run_id="one")
    second = move_to_bin(run)
    assert first != second and first.is_dir() and second.is_dir()
    write_synthetic_run(tmp_path, run_id="one")
    with pytest.raises(StoreError, match="exists; rename it"):
        restore_from_bin(first)
    assert first.is_dir()


def test_a_run_that_is_written_stays_where_it_is(run: Run) -> None:
    lock = RunLock.take(run.path)
    try:
        with pytest.raises(StoreError, match="is being written by its training"):
            move_to_bin(run)
    finally:
        lock.release()
    assert run.path.is_dir()


def test_a_damaged_run_can_be_moved_too(run: Run) -> None:
    (run.path / "run.json").write_text("{")
    assert move_to_bin(run).is_dir()


def test_a_bin_that_is_a_link_takes_nothing(run: Run, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (run.path.parent / BIN_FOLDER).symlink_to(outside)
    with pytest.raises(StoreError):
        move_to_bin(run)
    assert run.path.is_dir() and not list(outside.iterdir())


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_may_not_be_written_is_a_sentence(run: Run) -> None:
    run.path.parent.chmod(0o500)
    try:
        with pytest.raises(StoreError, match="may not be written"):
            move_to_bin(run)
    finally:
        run.path.parent.chmod(0o700)
