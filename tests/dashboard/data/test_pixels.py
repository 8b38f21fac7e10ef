"""Chosen pixels: added, taken away, undone; what is known of each and of a group of them."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import streamlit as st

from dashboard.data import recorded, runs_folder
from dashboard.data.classes.chosen import chosen_pair
from dashboard.data.classes.pairs import pair_pixels
from dashboard.data.map.shown import nearest_prototypes, point_classes
from dashboard.data.opened_run import OpenedRun, open_run
from dashboard.data.pixels import chosen, kept, measured
from dashboard.data.pixels.shape import Area, Shape, area_of, in_area, mode_of, of_image
from dashboard.data.selection import Selection, remember, selection
from spcl.analysis.formulas.margins import margins, similarities
from spcl.store.classes import IGNORE_INDEX
from spcl.store.reader import Run
from tests.support.synthetic_run import write_synthetic_run

SHAPE = Shape([[0.0, 0.0], [1.0, 0.0], [1.0, 1.0]], 40)


@pytest.fixture
def path(tmp_path: Path) -> Iterator[Path]:
    path = write_synthetic_run(tmp_path / "runs")
    runs_folder.use(path.parent)
    st.session_state.clear()
    yield path
    st.session_state.clear()


def opened_now() -> OpenedRun:
    opened = open_run(selection())
    assert opened is not None
    return opened


def choose(indices: list[int], mode: str = "set", outline: Shape | None = None) -> list[int]:
    chosen.choose(opened_now(), np.array(indices, np.int64), mode, outline)
    return chosen.chosen_pixels(opened_now()).tolist()


def test_pixels_are_set_added_taken_away_and_undone(path: Path) -> None:
    assert choose([5, 3]) == [3, 5]
    assert choose([9, 3], "add") == [3, 5, 9]
    assert choose([5, 100], "remove") == [3, 9]
    chosen.undo(opened_now())
    assert chosen.chosen_pixels(opened_now()).tolist() == [3, 5, 9]
    chosen.undo(opened_now())
    chosen.undo(opened_now())
    assert chosen.chosen_pixels(opened_now()).tolist() == []
    assert not chosen.can_undo(opened_now())
    chosen.undo(opened_now())


def test_an_empty_outline_and_the_same_pixels_again_change_nothing(path: Path) -> None:
    assert choose([5, 3]) == [3, 5]
    assert choose([]) == [3, 5]
    assert choose([3, 5]) == [3, 5]
    chosen.undo(opened_now())
    assert not chosen.can_undo(opened_now())


def test_a_cleared_selection_comes_back(path: Path) -> None:
    choose([7])
    chosen.clear(opened_now())
    assert selection().pixels is None
    chosen.undo(opened_now())
    assert chosen.chosen_pixels(opened_now()).tolist() == [7]


def test_an_outline_belongs_to_its_pixels_alone(path: Path) -> None:
    choose([7], "set", SHAPE)
    assert chosen.outline_of(opened_now()) == SHAPE
    choose([8], "add", SHAPE)
    assert chosen.outline_of(opened_now()) is None


def test_an_address_that_says_nonsense_selects_nothing(path: Path) -> None:
    run = Run(path)
    opened = opened_now()
    bad = Selection(run.info().id, None, "dataset", (), None, live=True, pixels="nonsense")
    assert len(chosen.chosen_pixels(replace(opened, selection=bad))) == 0


def test_an_area_holds_its_pixels_ends_included(path: Path) -> None:
    opened = opened_now()
    pixels = recorded.pixels(opened.path)
    first = 0
    row, column = int(pixels["row"][first]), int(pixels["column"][first])
    image = int(pixels["image"][first])
    assert first in in_area(opened, Area(image, row, column, row, column))
    found = in_area(opened, Area(image, 0, 0, row, 10_000))
    slow = [
        i
        for i in range(len(pixels["row"]))
        if pixels["image"][i] == image and pixels["row"][i] <= row
    ]
    assert found.tolist() == slow
    assert of_image(opened, "no such image").tolist() == []


BELOW = {"left": 1, "bottom": 2, "right": 3}


@pytest.mark.parametrize(
    "sent", [{}, {"top": "a"}, {"top": None, **BELOW}, {"top": float("inf"), **BELOW}]
)
def test_a_malformed_area_is_none(sent: dict[str, object]) -> None:
    assert area_of(sent, 0) is None


def test_an_area_may_be_drawn_from_any_corner() -> None:
    sent = {"top": 9, "left": 8, "bottom": 2.0, "right": 1}
    assert area_of(sent, 4) == Area(4, 2, 1, 9, 8)


@pytest.mark.parametrize(("asked", "mode"), [("add", "add"), ("remove", "remove"), ("x", "set"), (None, "set")])  # noqa: E501 # fmt: skip
def test_an_unknown_mode_selects(asked: str | None, mode: str) -> None:
    assert mode_of({"mode": asked}) == mode


def test_margins_and_nearest_prototypes_are_those_of_the_analysis(path: Path) -> None:
    opened = opened_now()
    snapshot = Run(path).snapshot(40)
    similarity = similarities(
        snapshot.features, snapshot.prototypes["vectors"], snapshot.prototypes["seen"]
    )
    wanted = margins(similarity, point_classes(opened, 40))
    assert measured.pixel_margins(opened, 40) == pytest.approx(wanted, abs=1e-5, nan_ok=True)
    assert nearest_prototypes(opened.path, 40).tolist() == similarity.argmax(axis=1).tolist()


def test_changes_are_counted_pixel_by_pixel(path: Path) -> None:
    opened = opened_now()
    truth = recorded.pixels(opened.path)["class_id"]
    was, now = (recorded.predictions(opened.path, step)["class_id"] for step in (20, 40))
    wanted = []
    for label, before, after in zip(truth, was, now, strict=True):
        if label == IGNORE_INDEX:
            wanted.append("no label")
        elif before == label:
            wanted.append("right both times" if after == label else "broken")
        else:
            wanted.append("fixed" if after == label else "wrong both times")
    found = [measured.CHANGES[i] for i in measured.pixel_changes(opened, 20, 40)]
    assert found == wanted
    assert {"fixed", "right both times"} <= set(found)


@pytest.mark.parametrize(("most", "limit"), [(0.0, 0.05), (0.06, 0.1), (0.3, 0.5), (1.9, 2.0)])
def test_a_scale_ends_at_a_round_number(most: float, limit: float) -> None:
    assert measured.margin_limit(np.array([most, -most, np.nan])) == limit
    assert measured.margin_limit(np.array([np.nan])) == 0.05


def test_a_group_is_described_by_its_members(path: Path) -> None:
    opened = opened_now()
    indices = np.array([0, 1, 2, 150, 199])
    group = measured.group_of(opened, 40, indices)
    truth = recorded.pixels(opened.path)["class_id"][indices]
    predicted = recorded.predictions(opened.path, 40)["class_id"][indices]
    margins_ = measured.pixel_margins(opened, 40)[indices]
    assert (group.count, group.target) == (
        5,
        int((recorded.pixels(opened.path)["domain"][indices] == 1).sum()),
    )  # noqa: E501
    assert group.right == pytest.approx(float((truth == predicted).mean()))
    assert group.margin == pytest.approx(float(margins_.mean()), abs=1e-6)
    assert group.astray == pytest.approx(float((margins_ < 0).mean()))
    assert sum(count for _, count in group.classes) == 5
    assert set(group.typical) <= set(indices.tolist())
    assert len(group.typical) == 3


def test_named_selections_are_kept_replaced_and_forgotten(path: Path) -> None:
    run = Run(path)
    word = chosen.word_of(opened_now(), np.array([1, 2]))
    assert kept.keep(run, "  ", word, 40) == "Give the selection a name first."
    assert kept.keep(run, "Riders", word, 40) == ""
    assert kept.keep(run, "Riders", word, 30) == ""
    found = kept.kept_selections(run)
    assert [(one.name, one.step) for one in found.selections] == [("Riders", 30)]
    assert found.named("Poles") is None
    assert kept.forget(run, "Riders") == ""
    assert kept.kept_selections(run) == kept.Kept((), "")


def test_where_nothing_can_be_written_a_sentence_says_so(path: Path) -> None:
    (path / "derived").unlink(missing_ok=True)
    (path / "derived").write_text("a file in its place")
    assert "could not be kept" in kept.keep(Run(path), "Riders", "x", 40)


def test_a_pair_of_classes_selects_its_pixels_until_others_are_selected(path: Path) -> None:
    choose([7])
    remember(pair="car,sky", step=0)
    opened = opened_now()
    pair = chosen_pair(opened)
    assert pair is not None
    wanted = pair_pixels(opened, 0, pair).indices.tolist()
    assert chosen.chosen_pixels(opened).tolist() == wanted
    assert choose([3], "add") == sorted({3, *wanted})
    assert selection().pair is None
    chosen.undo(opened_now())
    assert chosen.chosen_pixels(opened_now()).tolist() == sorted(wanted)
    chosen.clear(opened_now())
    assert chosen.chosen_pixels(opened_now()).tolist() == []
