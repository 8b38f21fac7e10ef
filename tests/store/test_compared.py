"""Two runs held against each other: what was set, who is better, how sure that is."""

import csv
import json
import math
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from spcl.commands import main
from spcl.store.compared.paired import (
    LEAST_IMAGES,
    Difference,
    Paired,
    common_images,
    over_images,
    over_seeds,
)
from spcl.store.compared.settings import differences, settings_of
from spcl.store.compared.sides import (
    Group,
    compared,
    grouped,
    read_side,
    require_one_label_space,
    unlike_splits,
)
from spcl.store.compared.table import rows_of
from spcl.store.compared.words import answer, scoring, sureness
from spcl.store.errors import StoreError
from spcl.store.reader import Run
from spcl.store.scores.counts import Counts, mean_iou, per_class_iou
from tests.support.claims import broken
from tests.support.synthetic_run import NAMES as RUN_NAMES
from tests.support.synthetic_run import run_info, write_synthetic_run

NAMES = ("Road", "Sky", "Car")


def tables(count: int, right: float, seed: int) -> list[Counts]:
    """Return counts of images, (3, 3) each, of which about a share is right."""
    random = np.random.default_rng(seed)
    truth = np.random.default_rng(7).integers(20, 400, (count, 3))
    found = []
    for row in truth:
        table = np.zeros((3, 3), np.int64)
        for k in range(3):
            share = np.clip(right + random.normal(0, 0.1), 0, 1)
            hits = int(row[k] * share)
            table[k, k], table[k, (k + 1) % 3] = hits, row[k] - hits
        found.append(table)
    return found


def pairs(count: int = 40, right: tuple[float, float] = (0.6, 0.8)) -> list[tuple[Counts, Counts]]:
    return list(zip(tables(count, right[0], 1), tables(count, right[1], 2), strict=True))


def whole(images: list[tuple[Counts, Counts]], side: int) -> Counts:
    counts: Counts = np.sum([pair[side] for pair in images], axis=0)
    return counts


@pytest.mark.slow
def test_the_difference_is_that_of_the_whole_split_and_its_interval_that_of_a_plain_loop() -> None:
    images = pairs()
    found = over_images(whole(images, 0), whole(images, 1), images)
    assert found.mean_iou.value == pytest.approx(
        mean_iou(whole(images, 1)) - mean_iou(whole(images, 0))
    )
    random = np.random.default_rng(3)
    drawn = []
    for _ in range(2000):
        chosen = [images[i] for i in random.integers(0, len(images), len(images))]
        drawn.append(
            [
                mean_iou(whole(chosen, 1)) - mean_iou(whole(chosen, 0)),
                *(per_class_iou(whole(chosen, 1)) - per_class_iou(whole(chosen, 0))),
            ]
        )
    low, high = np.percentile(drawn, [2.5, 97.5], axis=0)
    for one, lower, upper in zip([found.mean_iou, *found.per_class], low, high, strict=True):
        assert one.low == pytest.approx(lower, abs=0.004)
        assert one.high == pytest.approx(upper, abs=0.004)
    assert found.mean_iou.is_sure
    assert (found.of, found.over, found.num_images) == (40, "images", 40)
    assert found == over_images(whole(images, 0), whole(images, 1), images), "the same every time"


def test_the_other_way_round_is_the_mirror_image() -> None:
    images = pairs()
    there = over_images(whole(images, 0), whole(images, 1), images)
    swapped = [(b, a) for a, b in images]
    back = over_images(whole(images, 1), whole(images, 0), swapped)
    assert back.mean_iou.value == pytest.approx(-there.mean_iou.value)
    assert back.mean_iou.low == pytest.approx(-there.mean_iou.high)
    assert (back.better, back.worse) == (there.worse, there.better)


def test_a_model_against_itself_is_equal_and_never_sure() -> None:
    images = [(a, a) for a, _ in pairs()]
    found = over_images(whole(images, 0), whole(images, 0), images)
    assert (found.mean_iou.value, found.better, found.worse) == (0, 0, 0)
    assert not found.mean_iou.is_sure
    said = answer(found, first="A", second="B", domain="dusk", names=NAMES)
    assert said == "B and A are equal on dusk to a tenth of a point; better on 0 of 40 images"


def test_few_images_give_no_interval() -> None:
    images = pairs(LEAST_IMAGES - 1)
    found = over_images(whole(images, 0), whole(images, 1), images)
    assert math.isnan(found.mean_iou.low)
    assert "Too few images for an interval: 9" in sureness(found)


def test_a_class_that_a_draw_may_lack_has_no_interval_and_an_absent_one_no_value() -> None:
    images = pairs()
    for first, second in images:
        for table in (first, second):
            table[2] = table[:, 2] = 0
    images[0][0][1, 1] += 1
    found = over_images(whole(images, 0), whole(images, 1), images)
    assert math.isnan(found.per_class[2].value)
    assert math.isfinite(found.mean_iou.low)


def test_a_score_of_a_part_is_never_held_against_one_of_the_whole_split(tmp_path: Path) -> None:
    sides = [
        read_side(Run(write_synthetic_run(tmp_path, run_id=run_id, images=count)))
        for run_id, count in (("20260101-000000-few", 2), ("20260102-000000-more", 4))
    ]
    first, second = (Group((side,), side.info.id) for side in sides)
    assert compared(first, second) is None
    said = unlike_splits(first, second)
    assert "few was scored on 2 images and 20260102-000000-more on 4" in said
    assert unlike_splits(first, first) == ""


def test_where_only_some_images_are_recorded_the_interval_is_about_the_whole() -> None:
    images = pairs()
    more = pairs(100, (0.7, 0.7))
    first, second = (whole(images, side) + whole(more, side) for side in (0, 1))
    found = over_images(first, second, images)
    assert found.mean_iou.low < found.mean_iou.value < found.mean_iou.high
    alone = over_images(whole(images, 0), whole(images, 1), images)
    width = alone.mean_iou.high - alone.mean_iou.low
    assert found.mean_iou.high - found.mean_iou.low == pytest.approx(width)


def test_over_seeds_it_is_the_mean_and_the_range() -> None:
    images = pairs()
    first, second = whole(images, 0), whole(images, 1)
    found = over_seeds([(first, second), (second, second)], images)
    gain = mean_iou(second) - mean_iou(first)
    assert found.mean_iou.value == pytest.approx(gain / 2)
    assert (found.mean_iou.low, found.mean_iou.high) == (0, pytest.approx(gain))
    assert sureness(found).startswith("Over 2 seeds, from 0.0 to +")
    assert "do not agree on the sign" in sureness(found)


def test_images_of_other_labels_are_not_compared() -> None:
    images = {str(i): pair for i, pair in enumerate(pairs(3))}
    first = {key: a for key, (a, _) in images.items()}
    second = {key: b for key, (_, b) in images.items()}
    second["1"] = second["1"] + 1
    assert set(common_images(first, {**second, "x": second["0"]})) == {"0", "2"}


def paired(value: float, classes: tuple[float, ...], **changes: object) -> Paired:
    found = Paired(
        Difference(value, value - 0.01, value + 0.01),
        tuple(Difference(one) for one in classes),
        *(60, "images", 41, 15, 60),
    )
    return replace(found, **changes)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("found", "said"),
    [
        (
            paired(0.018, (0.0612, -0.02, 0.0)),
            "B is 1.8 points better than A on dusk; road gains 6.1, sky loses 2.0; better on 41 of "
            "60 images",
        ),
        (
            paired(-0.01, (-0.02, -0.001, math.nan)),
            "B is 1.0 point worse than A on dusk; road loses 2.0; better on 41 of 60 images",
        ),
        (
            paired(0.0, (0.0, 0.0, 0.0), better=0, num_images=0),
            "B and A are equal on dusk to a tenth of a point",
        ),
        (
            paired(math.nan, (math.nan,) * 3, num_images=1, better=1),
            "B and A share no class with a score on dusk; better on 1 of 1 image",
        ),
    ],
)
def test_the_answer_says_which_is_better_and_where(found: Paired, said: str) -> None:
    text = answer(found, first="A", second="B", domain="dusk", names=NAMES)
    assert text == said
    assert not broken(sureness(found)) or math.isnan(found.mean_iou.value)


def test_sureness_says_whether_the_interval_holds_zero() -> None:
    sure, unsure = sureness(paired(0.018, (0.0,))), sureness(paired(0.005, (0.0,)))
    assert sure.startswith("95 % interval over 60 images: +0.8 to +2.8 points; other images")
    assert "−0.5 to +1.5 points; it holds zero" in unsure


def test_runs_that_were_scored_in_different_ways_say_so() -> None:
    assert scoring("each image scaled to 8 x 4", "each image at its full size").startswith(
        "They were scored in different ways"
    )
    assert scoring("", "x") == scoring("x", "x") == ""


def test_settings_that_differ_are_listed_those_of_training_first() -> None:
    one = run_info("a")
    config = {
        **one.config,
        "contrast": {"weight": 0.5, "start": None},
        "record": {"every": 10},
        "title": "A",
    }
    first = replace(one, config=config)
    other = replace(
        one,
        config={**config, "contrast": {"weight": 1.0}, "record": {"every": 20}, "title": "B"},
    )
    found = differences([first, other])
    assert [d.key for d in found] == ["contrast.weight", "contrast.start", "record.every"]
    assert [d.values for d in found] == [("0.5", "1.0"), ("none", None), ("10", "20")]
    younger = {**config["contrast"], "balance": "class", "schedule": "cosine"}
    young = replace(one, config={**config, "contrast": younger}, not_default=("contrast.schedule",))
    keys = [d.key for d in differences([young, replace(other, config={**config, "seed": 1})])]
    assert keys == ["seed", "contrast.schedule", "contrast.balance"], "what was set, then defaults"
    assert [d.changes_training for d in found] == [True, True, False]
    assert settings_of(first) != settings_of(other)
    assert differences([first, first]) == []
    assert {d.defaults for d in found} == {(None, None)}, "neither run records them"
    knowing = replace(first, not_default=("contrast.weight",))
    found = differences([knowing, other])
    assert [d.defaults for d in found] == [(False, None), (True, None), (True, None)]
    assert [d.cells for d in found][1:] == [
        ("none (default)", "not recorded"),
        ("10 (default)", "20"),
    ]


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Return three runs of one data set: two seeds, and one that got worse by another setting."""
    folder = tmp_path_factory.mktemp("compared")
    made = {
        "first": write_synthetic_run(folder, run_id="first", images=12),
        "again": write_synthetic_run(folder, run_id="again", images=12, seed=1),
        "worse": write_synthetic_run(folder, run_id="worse", images=12, target_worsens=True),
    }
    told = json.loads((made["worse"] / "run.json").read_text())
    told["config"]["contrast"] = {"weight": 3.0}
    told["title"] = "Shuffled"
    (made["worse"] / "run.json").write_text(json.dumps(told))
    return made


def test_runs_that_only_the_seed_tells_apart_are_one_group(runs: dict[str, Path]) -> None:
    sides = [read_side(Run(runs[name])) for name in ("first", "worse", "again")]
    groups = grouped(sides)
    assert [[side.info.id for side in group.sides] for group in groups] == [
        ["first", "again"],
        ["worse"],
    ]
    assert len(grouped([sides[0], sides[0]])) == 2, "the same seed twice is no second seed"
    assert len(grouped([sides[0], sides[2]])) == 2, "alone, seeds are held against each other"
    found = compared(groups[0], groups[1])
    assert found is not None
    assert found.over == "images", "one seed in common"
    assert found.mean_iou.value < 0
    rows = list(rows_of(*groups, found))
    assert rows[-1][0] == "mean"
    changes = [row[3] for row in rows[:-1] if row[3] != ""]
    assert changes == sorted(changes, reverse=True)


def test_groups_are_called_apart_and_their_names_are_text(
    runs: dict[str, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    first, again = (read_side(Run(runs[name])) for name in ("first", "again"))
    assert [group.name for group in grouped([first, again])] == [
        "Synthetic day to dusk, seed 0",
        "Synthetic day to dusk, seed 1",
    ]
    third = replace(first, info=replace(first.info, id="third"))
    assert [group.name for group in grouped([first, third])] == ["first", "third"]
    hostile = Path(shutil.copytree(runs["again"], tmp_path / "hostile"))
    told = json.loads((hostile / "run.json").read_text())
    key = "adapt\nof\x1b[31m\u202e"
    config = {**told["config"], key: "1\x1b[32m"}
    told |= {"title": "[red]x[/nope]", "config": config, "not_default": [key]}
    (hostile / "run.json").write_text(json.dumps(told))
    assert main(["compare", str(runs["first"]), str(hostile)]) == 0
    out = capsys.readouterr().out
    assert "[red]x[/nope]" in "".join(out.split("\n"))
    assert "adapt of" in out
    assert not {"\x1b", "\u202e"} & set(out)


def test_the_values_of_a_table_agree_with_its_differences(runs: dict[str, Path]) -> None:
    first, again, worse = (read_side(Run(runs[name]), 10) for name in ("first", "again", "worse"))
    third = replace(again, info=replace(again.info, seed=2))
    other = replace(worse, info=replace(worse.info, seed=1))
    for groups in (
        (Group((first, again), "A"), Group((worse,), "B")),
        (Group((first, again, third), "A"), Group((other, worse), "B")),
    ):
        found = compared(*groups)
        assert found is not None
        assert found.over == ("seeds" if len(groups[1].sides) > 1 else "images")
        for _, one, second, change, *_ in rows_of(*groups, found):
            if change != "":
                assert second - one == pytest.approx(change, abs=0.11)


def test_the_command_says_it_and_writes_tables(
    runs: dict[str, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    files = ["--csv", str(tmp_path / "a.csv"), "--latex", str(tmp_path / "a.tex")]
    words = ["compare", str(runs["first"]), str(runs["worse"])]
    assert main([*words, *files]) == 0
    out = " ".join(capsys.readouterr().out.split())
    assert "Shuffled is " in out
    assert "points worse than" in out
    assert "contrast.weight" in out
    assert "not recorded" in out
    with (tmp_path / "a.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert rows[-1]["class"] == "mean"
    assert float(rows[-1]["change"]) < 0
    assert (tmp_path / "a.tex").read_text().count("\\\\\n") == len(rows) + 1

    assert main([*words, "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["first"]["runs"][0]["id"] == "first"
    target = told["others"][0]["target"]
    assert target["mean_iou"]["difference"] == pytest.approx(
        float(rows[-1]["change"]) / 100, abs=6e-4
    )
    assert target["better_images"] + target["worse_images"] <= target["images"] == 12
    assert {
        "key": "contrast.weight",
        "values": [None, "3.0"],
        "defaults": [None, None],
    } in told["settings"]


def test_what_cannot_be_compared_is_said_in_a_sentence(
    runs: dict[str, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    other = write_synthetic_run(tmp_path, run_id="other", names=(*RUN_NAMES, "x"))
    unlabeled = write_synthetic_run(tmp_path, run_id="unlabeled", target_labels=False)
    cases = [
        ([runs["first"]], "name two or more"),
        ([runs["first"], runs["worse"], runs["first"]], "two or more different runs"),
        ([runs["first"], other], "have different classes (5: road, building"),
        ([runs["first"], tmp_path / "none"], "none"),
        ([runs["first"], runs["worse"], "--step", "7"], "has no snapshot of step 7; its last are"),
        ([runs["worse"], unlabeled, "--csv", tmp_path / "x.csv"], "no labels in these runs"),
    ]
    for words, said in cases:
        assert main(["compare", *map(str, words)]) == 2
        error = capsys.readouterr().err
        assert said in error
        assert error.count("\n") == 1
    assert main(["compare", str(runs["worse"]), str(unlabeled)]) == 0
    assert "cannot be compared by score" in " ".join(capsys.readouterr().out.split())


def test_runs_of_other_classes_are_refused(runs: dict[str, Path]) -> None:
    side = read_side(Run(runs["first"]))
    with pytest.raises(StoreError, match="different classes"):
        require_one_label_space([side, replace(side, info=run_info("b", names=("a", "b")))])
