"""No sentence of the pages says more than its numbers carry: over random numbers of every size."""

import math
import re
from collections.abc import Iterator

import numpy as np
import pandas as pd
import pytest

from dashboard.data.masks.changes import Reliability, count_change
from dashboard.text import masks, prototypes
from dashboard.text.common import Change, stand_apart
from dashboard.text.compared import words as compare
from dashboard.text.live.summary import TargetSummary, headline, three_sentences
from dashboard.text.map import nearer_sentence, own_sentence
from dashboard.text.scores import calibration
from dashboard.text.separability.domain_gap import GapChange, gap_reading
from dashboard.text.separability.rivals import RIVALS, rival_reading
from dashboard.text.timeline import Span, latest_of_each_kind
from spcl.store.compared.paired import over_images, over_seeds
from spcl.store.compared.words import answer, sureness
from spcl.store.scores.counts import per_class_iou
from tests.support.claims import broken

CASES = range(300)
NAMES = ("Road", "Pole", "Rider", "Sky", "Car")


def cases() -> Iterator[np.random.Generator]:
    return (np.random.default_rng(seed) for seed in CASES)


def shares(random: np.random.Generator, count: int, absent: float = 0.2) -> list[float]:
    """Return shares of every kind: none, all, nearly none or all, equal ones, absent ones."""
    drawn = random.choice([0.0, 1.0, 0.001, 0.999, 0.5, random.random()], count)
    return [math.nan if random.random() < absent else float(one) for one in drawn]


def summary_of(random: np.random.Generator) -> TargetSummary:
    count = int(random.integers(1, 6))
    before, after = shares(random, count), shares(random, count)
    changes = tuple(map(Change, [name.lower() for name in NAMES], before, after))
    scored = random.random() < 0.8
    compared = scored and random.random() < 0.8
    gains = random.normal(0, random.choice([0.01, 1, 20]), int(random.choice([0, 1, 2, 3, 60])))
    first = float(random.random()) if compared else math.nan
    return TargetSummary(
        source="day",
        target="dusk",
        mean=Change("mean", first, float(random.random())) if scored else None,
        classes=changes if scored else (),
        gains=tuple(gains.tolist()) if compared else (),
        num_snapshots=int(random.integers(1, 3)),
        step=480,
        warmup_ends=240,
        warming_up=False,
    )


def test_the_live_page_counts_what_improved_and_what_got_worse() -> None:
    for random in cases():
        summary = summary_of(random)
        said = headline(summary)
        change, weakest, certainty = three_sentences(summary)
        assert not broken(" ".join((said, change, weakest, certainty)))
        if summary.mean is None or not summary.is_compared:
            assert not re.search(
                r"\b(up|down|rose|fell|improved)\b", f"{said} {change} {certainty}"
            )
            continue
        points = round(100 * summary.mean.after, 1) - round(100 * summary.mean.before, 1)
        assert (" up " in said) <= (points > 0)
        assert (" down " in said) <= (points < 0)
        assert ("rose" in change) == (points > 1e-9)
        assert ("fell" in change) == (points < -1e-9)
        worse = [one for one in summary.classes if one.points < 0]
        assert ("no class got worse" in weakest) <= (not worse)
        assert ("worse than before" in weakest) == bool(worse)
        if len(summary.gains) > 1:
            improved = sum(round(gain, 1) > 0 for gain in summary.gains)
            assert certainty.startswith(f"{improved} of {len(summary.gains)} dusk images improved")
        else:
            assert "too few images" in certainty


@pytest.mark.slow
def test_the_live_page_and_the_masks_page_count_the_same_images() -> None:
    for random in cases():
        gains = random.normal(0, 0.001, 20)  # many that round to nothing
        frame = pd.DataFrame({"gain": gains})
        summary = TargetSummary(
            "day", "dusk", Change("mean", 0.4, 0.5), (), tuple(100 * gains), 9, 480, 240, False
        )
        found = re.search(r"(\d+) of 20 dusk images improved", three_sentences(summary)[2])
        assert found
        said = masks.headline(frame, "dusk", step=480, mean_iou=0.5)
        assert f"{found[1]} of 20 dusk images improved" in said or f"{found[1]} improved" in said


def test_the_largest_group_of_changed_pixels_is_a_share_of_many_and_a_count_of_few() -> None:
    for random in cases():
        size = int(random.choice([2, 5, 40]))
        truth, before = (random.integers(0, 5, (size, size)) for _ in range(2))
        after = np.where(random.random((size, size)) < random.random(), before, truth)
        change = count_change(
            truth.astype(np.uint8), before.astype(np.uint8), after.astype(np.uint8), num_classes=5
        )
        told = masks.detail(
            "a", names=NAMES, change=change, transfer=change.transfer, before=None, after=None
        )["transfer"]
        moved = change.transfer - np.diag(np.diag(change.transfer))
        assert not broken(told)
        assert "most" not in told
        if moved.sum() < 30:
            assert "%" not in told
        for percent in re.findall(r"\b100 %", told):
            assert percent
            i, j = np.unravel_index(moved.argmax(), moved.shape)
            is_whole = moved[i, j] == moved.sum()
            assert is_whole or change.transfer_right[i, j] == moved[i, j]


def test_a_selection_claims_all_only_of_some() -> None:
    for random in cases():
        count = int(random.choice([1, 2, 29, 30, 90, 900]))
        near = int(random.choice([1, count, max(1, count - 1), random.integers(1, count + 1)]))
        said = nearer_sentence(near / count, count, target="dusk", own="Rider", rival="Car")
        assert ("%" in said) == (count >= 30)
        assert ("100 %" in said) <= (near == count)
        assert not re.search(r"\b0 %", said)
        said = own_sentence(count, "dusk")
        assert said.startswith(("All", "Both")) == (count > 1)


def test_classes_that_stand_apart_are_all_only_where_none_is_missing() -> None:
    for classes in range(1, 5):
        for apart in range(classes + 1):
            said = stand_apart(apart, classes, "dusk")
            assert not broken(said)
            assert said.startswith(("All", "Both")) == (apart == classes > 1)


def test_the_gap_that_closed_and_those_that_opened_differ_in_what_is_shown() -> None:
    display = {name.lower(): name for name in NAMES}
    for random in cases():
        scale = random.choice([0.001, 0.01, 1])
        nows = random.uniform(0, 2, len(NAMES))
        moved = random.normal(0, scale, len(NAMES))
        changes = [
            GapChange(name.lower(), float(now), float(change))
            for name, now, change in zip(NAMES, nows, moved, strict=True)
        ]
        said = gap_reading(changes, display)
        shown = [round(round(one.now, 2) - round(one.now - one.change, 2), 2) for one in changes]
        found = re.search(r"closed most: (\S+) → (\S+)\.", said)
        assert bool(found) == (min(shown) < 0)
        if found:
            assert float(found[1]) - float(found[2]) == pytest.approx(-min(shown))
        assert ("moved apart" in said) == (max(shown) > 0)
        if sum(change > 0 for change in shown) > 3:
            assert "more moved apart" in said


@pytest.mark.parametrize("rows", [[], [("none",) * 3], [("Sky 1", "none", "none")] * 2])
def test_rivals_agree_for_all_only_where_all_have_three(rows: list[tuple[str, ...]]) -> None:
    table = pd.DataFrame([("Road", *row) for row in rows], columns=["Class", *RIVALS])
    assert "for all" not in rival_reading(table)


def test_confidence_is_over_or_under_only_where_the_numbers_shown_differ() -> None:
    for random in cases():
        accuracy = random.random(2)
        confidence = accuracy + random.choice([0, 0.0001, 0.1, -0.1])
        pixels = np.array([random.integers(1, 9), 3])
        said = calibration.verdict(Reliability(pixels, confidence, accuracy, 0.1), "dusk")
        found = re.search(r"confidence is (\S+) %, but (\S+) %", said)
        if found:
            kind = "overconfident" if float(found[1]) > float(found[2]) else "underconfident"
            assert kind in said
            assert found[1] != found[2]
        else:
            assert "as sure as it is right" in said


def test_a_prototype_moved_most_only_if_it_moved() -> None:
    for drift in (0.0, 0.0004, 0.0006, 0.3):
        history = prototypes.History(0, (1, 2), (0.0, drift), 9, 0)
        said = prototypes.drift_reading(NAMES, [history])
        assert ("moved most" in said) == (round(drift, 3) > 0)


def test_bars_that_are_left_out_end_no_later_than_those_shown() -> None:
    for random in cases():
        ends = [sorted(random.integers(0, 40, 2).tolist()) for _ in range(9)]
        every = [Span("class_starves", (str(i),), *end, None) for i, end in enumerate(ends)]
        kept, _ = latest_of_each_kind(every)
        first = min(span.last for span in kept)
        for span in every:
            if span not in kept:
                assert span.last <= first
                same = [one for one in kept if one.last == span.last]
                assert all(one.last - one.first >= span.last - span.first for one in same)


def counts_of(random: np.random.Generator, size: int) -> tuple[np.ndarray, np.ndarray]:
    """Return one image by two models: classes absent, all right, all wrong, both models alike."""
    truth = random.choice([0, 1, 40, 1000], size)
    tables = np.zeros((2, size, size), np.int64)
    for k in range(size):
        for side in (0, 1):
            hits = int(truth[k] * random.choice([0.0, 1.0, 0.5, random.random()]))
            tables[side, k, k] += hits
            tables[side, k, int(random.integers(size))] += truth[k] - hits
    return tables[0], tables[0] if random.random() < 0.2 else tables[1]


@pytest.mark.slow
def test_a_comparison_says_who_is_better_only_where_it_is() -> None:
    for random in cases():
        images = [counts_of(random, len(NAMES)) for _ in range(random.choice([1, 2, 12, 40]))]
        first, second = (np.sum([pair[side] for pair in images], axis=0) for side in (0, 1))
        if random.random() < 0.5:
            found = over_images(first, second, images)
        else:
            found = over_seeds([(first, second), images[0]], images)
        said = answer(found, first="A", second="B", domain="dusk", names=NAMES)
        sure = sureness(found)
        points = round(100 * np.nan_to_num(found.mean_iou.value), 1)
        assert not broken(f"{said}. {sure}"), (said, sure)
        assert ("B is" in said and " better than A" in said) == (points > 0), said
        assert (" worse than A" in said) == (points < 0), said
        changes = [round(100 * one.value, 1) for one in found.per_class if one.value == one.value]
        assert (" gains " in said) == any(change > 0 for change in changes)
        assert (" loses " in said) == any(change < 0 for change in changes)
        if found.num_images:
            assert f"better on {found.better} of {found.num_images} image" in said
        holds_zero = found.mean_iou.low <= 0 <= found.mean_iou.high
        assert ("holds zero" in sure or "do not agree on the sign" in sure) == holds_zero, sure
        assert ("Too few images" in sure) == (not math.isfinite(found.mean_iou.low))
        table = compare.class_table(
            NAMES, found.per_class, per_class_iou(first).tolist(), per_class_iou(second).tolist()
        )
        if len(table):
            reading = compare.class_reading(
                table, over=found.over, of=found.of, first="A", second="B"
            )
            assert not broken(reading), reading
            assert ("crosses zero" in reading) <= ("the line is the" in reading)
        differ = compare.differ_most(images[0][1], NAMES, "A", "B")
        assert not broken(differ), differ
