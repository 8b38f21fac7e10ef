"""Pixels by the class that each of two runs gives them, counted one by one."""

import numpy as np
import pytest

from dashboard.data.compared.tables import (
    Transfer,
    Which,
    images_of,
    largest_cell,
    summed,
    tables_of,
)
from dashboard.text.compared import maps as map_words
from dashboard.text.compared import transfer as words


def test_every_pixel_is_counted_where_both_runs_put_it() -> None:
    random = np.random.default_rng(0)
    first, second, truth = random.integers(0, 4, (3, 6, 9)).astype(np.uint8)
    truth[0] = 255
    expected: dict[Which, np.ndarray] = {
        name: np.zeros((4, 4), int) for name in ("all", "second", "first")
    }
    for one, other, label in zip(first.flat, second.flat, truth.flat, strict=True):
        expected["all"][one, other] += 1
        if other == label != one:
            expected["second"][one, other] += 1
        if one == label != other:
            expected["first"][one, other] += 1
    found = tables_of(first, second, truth, 4)
    assert {name: table.tolist() for name, table in found.items()} == {
        name: table.tolist() for name, table in expected.items()
    }
    assert set(tables_of(first, second, None, 4)) == {"all"}
    assert set(tables_of(first, second, truth[:2], 4)) == {"all"}, "a label of another size"


def test_a_cell_leads_to_the_images_that_hold_most_of_it() -> None:
    tables = {
        "a": {"all": np.array([[9, 1], [0, 3]])},
        "b": {"all": np.array([[2, 4], [0, 0]])},
        "c": {"all": np.array([[1, 0], [0, 8]])},
    }
    transfer = Transfer(tables, num_unlike=0)
    table = summed(transfer.of("all"), 2)
    assert table.tolist() == [[12, 5], [0, 11]]
    assert largest_cell(table) == (0, 1)
    assert images_of(transfer.of("all"), (0, 1)) == {"b": 4, "a": 1}
    assert summed(transfer.of("all", ["c"]), 2).tolist() == [[1, 0], [0, 8]]
    assert largest_cell(np.diag([3, 4])) is None
    assert not transfer.has_truth
    assert transfer.of("second") == {}


@pytest.mark.parametrize(
    ("which", "split", "unlike", "said"),
    [
        ("all", 60, 0, "Counted: every pixel of the 60 images of dusk that both runs observe, "
         "which are the whole split."),
        ("second", 500, 1, "Counted: the labelled pixels that only B has right of the 60 images of "
         "dusk that both runs observe, of 500 in the split; masks of the others are not kept. "
         "Left out: 1 image whose masks differ in size."),
        ("first", None, 0, "Counted: the labelled pixels that only A has right of the 60 images of "
         "dusk that both runs observe."),
    ],
)  # fmt: skip
def test_exactly_which_pixels_are_counted_is_said(
    which: Which, split: int | None, unlike: int, said: str
) -> None:
    found = words.counted_words(
        which, 60, split=split, num_unlike=unlike, target="dusk", names=("A", "B")
    )
    assert found == said


def test_few_pixels_are_no_percentage() -> None:
    few, many = np.array([[5, 7], [0, 2]]), np.array([[50, 70], [0, 20]])
    assert words.agreement(few, "all", ("A", "B")) == "A and B call 7 of 14 of them the same."
    assert words.agreement(many, "all", ("A", "B")) == "A and B call 50 % of them the same."
    assert words.agreement(many, "second", ("A", "B")) == "140 pixels."
    names = ["Road", "Sky"]
    assert "7 of the 12 pixels that A calls road are sky with B" in words.reading(
        few, (0, 1), names, ("A", "B")
    )
    assert "58 % of the pixels that A calls road" in words.reading(many, (0, 1), names, ("A", "B"))


def test_what_stands_out_on_both_maps_is_said() -> None:
    title = words.cell_title(("Building", "Sky"), ("A", "B"))
    assert map_words.of_cell(19, title) == (
        "19 probe pixels, building with A, sky with B, stand out on both maps."
    )
    assert map_words.of_cell(0, title) == ""
