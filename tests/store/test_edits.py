"""What a person changed of a story: kept beside the run, and believed in nothing."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from spcl.store.edits.bounded import MOST_BYTES
from spcl.store.edits.story import STORY_FILE, StoryEdits, read_story_edits
from spcl.store.edits.writer import write_story_edits
from spcl.store.errors import StoreError
from spcl.store.reader import Run
from tests.support.synthetic_run import write_synthetic_run

EDITS = StoryEdits("Nights", "It sees.", ("learned",), {"better": "target-frame_1"}, 40)


@pytest.fixture
def run(tmp_path: Path) -> Run:
    return Run(write_synthetic_run(tmp_path))


def written(run: Run, content: str | bytes) -> Run:
    run.derived_path.mkdir(exist_ok=True)
    data = content if isinstance(content, bytes) else content.encode()
    (run.derived_path / STORY_FILE).write_bytes(data)
    return run


def with_field(**fields: object) -> str:
    return json.dumps({**EDITS.to_json(), **fields})


def test_what_is_kept_is_read_as_it_was(run: Run) -> None:
    assert read_story_edits(run).is_empty
    write_story_edits(run, EDITS)
    assert read_story_edits(run) == EDITS
    write_story_edits(run, replace(EDITS, title="Dusk"))
    assert read_story_edits(run).title == "Dusk"
    assert [file.name for file in run.derived_path.iterdir()] == [STORY_FILE]


def test_nothing_but_edits_makes_them_differ_from_empty() -> None:
    assert StoryEdits(step=40).is_empty
    for one in ({"title": "a"}, {"summary": "a"}, {"hidden": ("a",)}, {"pictures": {"a": "b"}}):
        assert not StoryEdits(**one).is_empty


@pytest.mark.parametrize(
    ("content", "why"),
    [
        ("{", "is not JSON"),
        ("[]", "holds no JSON object"),
        ("{}", "version None"),
        (with_field(version=0), "version 0"),
        (with_field(version=2), "version 2"),
        (with_field(title=7), "title is no text"),
        (with_field(hidden="all"), "hidden is no list"),
        (with_field(hidden=[1]), "name is no text"),
        (with_field(pictures=["a"]), "pictures no object"),
        (with_field(pictures={"a": None}), "name is no text"),
        (with_field(step=None), "TypeError"),
        (json.dumps({"version": 1}), "KeyError"),
        (" " * (MOST_BYTES + 1), f"more than {MOST_BYTES:,} bytes"),
        (b"\xff\xfe\x00", "is not JSON"),
    ],
)
def test_a_broken_or_older_file_is_a_sentence(run: Run, content: str | bytes, why: str) -> None:
    with pytest.raises(StoreError, match="is ignored: ") as error:
        read_story_edits(written(run, content))
    assert why in str(error.value)
    assert "\n" not in str(error.value)
    write_story_edits(run, EDITS)
    assert read_story_edits(run) == EDITS


def test_text_is_one_line_of_bounded_length_that_can_be_printed(run: Run) -> None:
    names = [f"panel {i}" for i in range(50)]
    raw = with_field(
        title="a\nb\u202ec" + "d" * 500,
        summary="e" * 500,
        hidden=names,
        pictures=dict.fromkeys(names, "x" * 50),
    )
    found = read_story_edits(written(run, raw))
    assert found.title.startswith("a b")
    assert not set(found.title) & {"\n", "\u202e"}
    assert [len(one) for one in (found.title, found.summary)] == [90, 280]
    assert len(found.hidden) == len(found.pictures) == 12


def test_a_link_is_neither_read_nor_written_through(run: Run, tmp_path: Path) -> None:
    outside = tmp_path / "outside.json"
    outside.write_text(with_field(), encoding="utf-8")
    run.derived_path.mkdir(exist_ok=True)
    (run.derived_path / STORY_FILE).symlink_to(outside)
    with pytest.raises(StoreError, match="is ignored"):
        read_story_edits(run)
    write_story_edits(run, replace(EDITS, title="Mine"))
    assert json.loads(outside.read_text(encoding="utf-8"))["title"] == "Nights"
    assert read_story_edits(run).title == "Mine"


def test_a_linked_folder_is_left_alone(run: Run, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    run.derived_path.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(StoreError):
        write_story_edits(run, EDITS)
    assert list((tmp_path / "elsewhere").iterdir()) == []


def test_a_folder_that_cannot_be_written_is_a_sentence(run: Run) -> None:
    run.derived_path.write_bytes(b"")
    with pytest.raises(StoreError, match="cannot be written"):
        write_story_edits(run, EDITS)
