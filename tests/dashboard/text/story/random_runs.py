"""Runs that nobody would think of: random counts, in every state that a run can be in."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np

from dashboard.data.story.facts import OtherRun, StoryRead
from dashboard.text.story.counted.counting import story_numbers
from dashboard.text.story.counted.numbers import StoryNumbers
from spcl.store.baselines.reader import Baseline
from spcl.store.compared.counted import Counted
from spcl.store.scores.counts import Counts, mean_iou
from tests.support.synthetic_run import CITYSCAPES, run_info

STATES = ("running", "finished", "stopped", "failed", "crashed", "stalled")
DOMAINS = [("day", "dusk"), ("source", "target"), ("GTA5", "Cityscapes"), ("summer", "fog")]


def confusion(random: np.random.Generator, truth: Counts, skill: float) -> Counts:
    """Return a random confusion whose rows sum to `truth`; `skill` in [0, 1]."""
    size = len(truth)
    shares = (1 - skill) * random.dirichlet(np.ones(size), size) + skill * np.eye(size)
    return random.multinomial(truth, shares / shares.sum(axis=1, keepdims=True))


def counted(
    random: np.random.Generator, truths: Mapping[str, Counts], skill: float, spread: float
) -> Counted:
    """Return scores over pictures whose true pixels by class are `truths`."""
    images = {
        key: confusion(random, truth, float(np.clip(skill + random.normal(0, spread), 0, 1)))
        for key, truth in truths.items()
        if truth.sum()
    }
    total = np.sum(list(images.values()), axis=0)
    return Counted(total, mean_iou(total), len(images), images)


def random_read(seed: int) -> StoryRead:
    """Return what is on disk of a random run."""
    random = np.random.default_rng(seed)
    size = int(random.integers(1, 20))
    names = tuple(random.permutation(CITYSCAPES)[:size].tolist())
    step = int(random.choice([0, 10, 20, 30, 40, 40, 40, 40]))
    status = str(random.choice(STATES if step < 40 else ("finished", "finished", "running")))
    info = replace(
        run_info("run", names=names),
        step=max(step, int(random.integers(0, 41))) if status != "finished" else 40,
        seed=int(random.integers(0, 9)),
        before_step=None if random.random() < 0.05 else 20,
        config=_config(random),
    )
    info = replace(info, label_space=_renamed(random, info.label_space))
    labels = {"source": random.random() < 0.9, "target": random.random() < 0.85}
    is_compared = info.before_step is not None and step > 20 and random.random() < 0.95
    skill = {domain: random.uniform(0, 1) for domain in ("source", "target")}
    change = random.choice([0.0, random.normal(0, 0.02), random.normal(0, 0.3), 1.0, -1.0])
    now, before = {}, {}
    for domain in ("source", "target"):
        truths = _truths(random, domain, size)
        if not labels[domain] or not sum(int(truth.sum()) for truth in truths.values()):
            now[domain] = before[domain] = None
            continue
        spread = float(random.choice([0.0, 0.05, 0.3]))
        last = float(np.clip(skill[domain] + change, 0, 1))
        now[domain] = counted(random, truths, last, spread)
        before[domain] = counted(random, truths, skill[domain], spread)
    gaps = {
        name: (float(random.uniform(0, 2)), float(random.uniform(0, 2)))
        for name in names
        if is_compared and random.random() < 0.7
    }
    pictures = _truths(random, "target", size)
    return StoryRead(
        info=info,
        path=Path("/runs/run"),
        status=status,
        step=step,
        now=now,
        before=before if is_compared else {},
        names={key: key.removeprefix("target-") for key in _keys(now["target"], pictures)},
        transfers=_transfers(random, pictures) if is_compared and now["target"] is None else {},
        gaps=gaps,
        gaps_by_labels=labels["target"],
        has_map=bool(random.random() < 0.8),
        baselines=_baselines(random) if now["target"] is not None else (),
        others=_others(random, size) if status == "finished" and step == 40 else (),
    )


def random_numbers(seed: int) -> StoryNumbers:
    """Return the numbers of a random run's story."""
    return story_numbers(random_read(seed))


def _config(random: np.random.Generator) -> dict[str, object]:
    arms = ["spcl"] * 6 + ["source_only", "oracle", "oracle_joint"]
    return {
        "data": {"kind": str(random.choice(["streets", "folder"]))},
        "adapt": {"arm": str(random.choice(arms))},
        "contrast": {"weight": 0.0} if random.random() < 0.2 else {"weight": "ratio"},
        "select": {"by": str(random.choice(["last", "entropy", "target_miou"]))},
    }


def _renamed(random, space):
    source, target = DOMAINS[int(random.integers(len(DOMAINS)))]
    return replace(space, domain_names={"source": source, "target": target})


def _truths(random: np.random.Generator, domain: str, size: int) -> dict[str, Counts]:
    """Return picture -> its true pixels by class; some classes never occur, some hardly."""
    count = int(random.choice([1, 2, 9, 12, 40]))
    scale = int(random.choice([2, 30, 5000]))
    occurs = random.random(size) < 0.8
    frequency = random.dirichlet(np.full(size, 0.5)) * occurs
    return {
        f"{domain}-{i}": random.poisson(frequency * scale).astype(np.int64) for i in range(count)
    }


def _keys(scored: Counted | None, pictures: Mapping[str, Counts]) -> list[str]:
    return list(pictures if scored is None else scored.images)


def _transfers(random: np.random.Generator, pictures: Mapping[str, Counts]) -> dict[str, Counts]:
    skill = float(random.uniform(0, 1))
    return {key: confusion(random, truth, skill) for key, truth in pictures.items()}


def _baselines(random: np.random.Generator) -> tuple[Baseline, ...]:
    names = ("before", "source_only", "adabn", "oracle", "spcl", "mine")
    found = []
    for name in names:
        for seed in range(3):
            if random.random() < 0.3:
                share, accuracy = random.random(2)
                step = int(random.choice([20, 40, 40]))
                found.append(
                    Baseline(name, "it", "r", seed, step, 40, 9, share, share, accuracy, {})
                )
    return tuple(found)


def _others(random: np.random.Generator, size: int) -> tuple[OtherRun, ...]:
    others = []
    for seed in range(int(random.choice([0, 0, 1, 3]))):
        truths = {"a": random.poisson(400, size).astype(np.int64)}
        pair = [counted(random, truths, random.random(), 0) for _ in range(2)]
        others.append(OtherRun(10 + seed, *pair))
    return tuple(others)
