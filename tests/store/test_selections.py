"""Selections of probe pixels: as a short word, and under names beside the run."""

import base64
import json
import zlib
from pathlib import Path

import numpy as np
import pytest

from spcl.store.edits import pixel_set
from spcl.store.edits.selections import (
    MOST_SELECTIONS,
    SELECTIONS_FILE,
    NamedSelection,
    read_selections,
)
from spcl.store.edits.writer import write_selections
from spcl.store.errors import StoreError
from spcl.store.reader import Run
from tests.support.synthetic_run import write_synthetic_run


@pytest.fixture
def run(tmp_path: Path) -> Run:
    return Run(write_synthetic_run(tmp_path))


@pytest.mark.slow
@pytest.mark.parametrize("count", [1, 7, 8, 9, 4004, 200_000])
def test_a_word_holds_any_set_of_pixels(count: int) -> None:
    random = np.random.default_rng(count)
    for size in {1, count // 50 + 1, count // 2 + 1, count}:
        indices = random.choice(count, size, replace=False)
        word = pixel_set.written(indices, count)
        assert pixel_set.read(word, count).tolist() == sorted(indices.tolist())
        assert len(word) <= count / 6 + 60


def test_indices_far_apart_are_kept() -> None:
    far = np.array([0, 127, 128, 16_500, 1_999_999])
    assert pixel_set.read(pixel_set.written(far, 2_000_000), 2_000_000).tolist() == far.tolist()


def test_no_pixels_are_no_word() -> None:
    assert pixel_set.written(np.zeros(0, np.int64), 10) == ""
    assert pixel_set.read("", 10) is None


def _word(content: bytes, count: int = 10) -> str:
    content = content[:1] + count.to_bytes(4, "little") + content[1:]
    return base64.urlsafe_b64encode(zlib.compress(content)).decode()


def test_a_word_by_hand_is_read() -> None:
    assert pixel_set.read(_word(b"g\x01\x00"), 10).tolist() == [1, 2]
    assert pixel_set.read(_word(b"b\x80\x40"), 10).tolist() == [0, 9]


@pytest.mark.parametrize(
    "word",
    [
        "nonsense", "é", "AAAA", _word(b""), _word(b"g"), _word(b"x\x01"), _word(b"g\x80"),
        _word(b"g\x20"), _word(b"b\xff\xff"), _word(b"b\xff\xff\xff"), _word(b"b\x00\x00"),
        _word(b"g" + b"\xff" * 9 + b"\x01"), _word(b"g\x00")[:-6], _word(b"g\x00", 11),
    ],
)  # fmt: skip
def test_a_word_that_is_none_of_this_probe_is_nothing(word: str) -> None:
    assert pixel_set.read(word, 10) is None


@pytest.mark.slow
def test_a_word_that_unpacks_to_no_end_is_nothing() -> None:
    assert pixel_set.read(_word(b"g" + bytes(20_000_000), 30_000_000), 30_000_000) is None


def test_what_is_named_is_read_as_it_was(run: Run) -> None:
    assert read_selections(run) == ()
    kept = tuple(
        NamedSelection(name, pixel_set.written(np.array(at), 200), 40)
        for name, at in (("Riders", [3, 4, 9]), ("Poles at dusk", [100]))
    )
    write_selections(run, kept)
    assert read_selections(run) == kept
    assert kept[0].indices(200).tolist() == [3, 4, 9]
    assert kept[1].indices(50) is None
    assert [file.name for file in run.derived_path.iterdir()] == [SELECTIONS_FILE]


@pytest.mark.parametrize(
    ("content", "why"),
    [
        ("{", "is not JSON"),
        ('{"version": 2}', "version 2"),
        ('{"version": 1}', "selections"),
        ('{"version": 1, "selections": [{"name": 1, "pixels": "", "step": 0}]}', "no text"),
        ('{"version": 1, "selections": [{"name": " ", "pixels": "", "step": 0}]}', "no name"),
    ],
)
def test_a_damaged_file_is_one_sentence(run: Run, content: str, why: str) -> None:
    run.derived_path.mkdir(exist_ok=True)
    (run.derived_path / SELECTIONS_FILE).write_text(content)
    with pytest.raises(StoreError, match=why):
        read_selections(run)


def test_of_a_file_no_more_than_its_bounds_is_believed(run: Run) -> None:
    run.derived_path.mkdir(exist_ok=True)
    many = [{"name": f"{i}" + "x" * 500, "pixels": "", "step": -4} for i in range(90)]
    text = json.dumps({"version": 1, "selections": many})
    (run.derived_path / SELECTIONS_FILE).write_text(text)
    read = read_selections(run)
    assert len(read) == MOST_SELECTIONS
    assert max(len(one.name) for one in read) <= 60
    assert {one.step for one in read} == {0}
