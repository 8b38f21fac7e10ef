"""The runs of a comparison, and which of them only the seed tells apart."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from spcl.store.compared.counted import Counted, counted
from spcl.store.compared.paired import Paired, common_images, over_images, over_seeds
from spcl.store.compared.settings import settings_of
from spcl.store.errors import StoreError
from spcl.store.formats.text import one_line
from spcl.store.reader import Run
from spcl.store.schema import DOMAINS, Domain, RunInfo


@dataclass(frozen=True)
class Side:
    """A run at the snapshot that is compared.

    Attributes:
        info: what the run says of itself.
        step: the snapshot.
        scores: of each domain; None without labels.
        scored: how images were scored, in words; empty where that is not recorded.
    """

    info: RunInfo
    step: int
    scores: Mapping[Domain, Counted | None]
    scored: str = ""

    @property
    def updates(self) -> int | None:
        """Return the updates since the state before adaptation; None for earlier snapshots."""
        before = self.info.before_step
        return None if before is None or self.step < before else self.step - before


@dataclass(frozen=True)
class Group:
    """Runs that only chance tells apart, by seed; the first is the one whose images are shown.

    Attributes:
        sides: the runs.
        name: what they are called, unlike any other group of a comparison.
    """

    sides: tuple[Side, ...]
    name: str

    @property
    def first(self) -> Side:
        """Return the run whose images stand for the group."""
        return self.sides[0]


def names_of(infos: Sequence[RunInfo]) -> list[str]:
    """Return what runs are called: the title, with the seed where that tells alike ones apart."""
    titles = [one_line(info.title or info.id, 80) for info in infos]
    named = [
        title if titles.count(title) == 1 else f"{title}, seed {info.seed}"
        for title, info in zip(titles, infos, strict=True)
    ]
    return [
        name if named.count(name) == 1 else one_line(info.id, 80)
        for name, info in zip(named, infos, strict=True)
    ]


def read_side(run: Run, step: int | None = None) -> Side:
    """Return a run at `step`, or at its latest snapshot (StoreError: none, or damaged)."""
    info, steps = run.info(), run.steps()
    if not steps:
        raise StoreError(f"{run.path} has no snapshot yet; wait for its first")
    if step is not None and step not in steps:
        known = ", ".join(map(str, steps[-5:]))
        raise StoreError(f"{run.path} has no snapshot of step {step}; its last are {known}")
    at = steps[-1] if step is None else step
    return side_of(info, at, run.snapshot(at).scores)


def side_of(info: RunInfo, step: int, scores: Mapping[str, Any]) -> Side:
    """Return a run at a step whose `scores.json` holds `scores`."""
    size = len(info.label_space)
    told = scores.get("scored")
    return Side(
        info,
        step,
        {domain: counted(scores.get(domain), size) for domain in DOMAINS},
        one_line(told, 200) if isinstance(told, str) else "",
    )


def grouped(sides: Sequence[Side]) -> list[Group]:
    """Return runs of equal settings together, in the order of their first.

    A run whose seed its group has already stands alone. Where all would be one group, nothing but
    their seeds could be compared, so each stands alone.
    """
    found: list[list[Side]] = []
    for side in sides:
        for group in found:
            alike = settings_of(group[0].info) == settings_of(side.info)
            if alike and side.info.seed not in {one.info.seed for one in group}:
                group.append(side)
                break
        else:
            found.append([side])
    if len(found) == 1:
        found = [[side] for side in sides]
    names = names_of([group[0].info for group in found])
    return [Group(tuple(group), name) for group, name in zip(found, names, strict=True)]


def require_one_label_space(sides: Sequence[Side]) -> None:
    """Refuse runs of different classes, whose scores say different things (StoreError)."""
    first = sides[0]
    for other in sides[1:]:
        ours, theirs = first.info.label_space.names, other.info.label_space.names
        if ours != theirs:
            raise StoreError(
                f"{first.info.id} and {other.info.id} have different classes ({len(ours)}: "
                f"{_some(ours)}; {len(theirs)}: {_some(theirs)}); compare runs of the same classes"
            )


def _some(names: Sequence[str]) -> str:
    return one_line(", ".join(names), 60)


def compared(first: Group, second: Group, domain: Domain = "target") -> Paired | None:
    """Return the second group against the first.

    None where either has no labels of the domain, or `unlike_splits` says why not.
    Over the seeds that both groups have, where there are two; else over images of their first runs.
    """
    one, other = first.first.scores.get(domain), second.first.scores.get(domain)
    if one is None or other is None or unlike_splits(first, second, domain):
        return None
    images = list(common_images(one.images, other.images).values())
    tables = [(a.confusion, b.confusion) for a, b in scored_pairs(first, second, domain)]
    if len(tables) >= 2:
        return over_seeds(tables, images)
    return over_images(one.confusion, other.confusion, images)


def unlike_splits(first: Group, second: Group, domain: Domain = "target") -> str:
    """Return why scores of two groups cannot be held against each other; "" where they can.

    A score of a whole split and one of a part of it are scores of different images.
    """
    for one, other in scored_pairs(first, second, domain):
        if one.num_images != other.num_images:
            return (
                f"{first.name} was scored on {one.num_images:,} images and {second.name} on "
                f"{other.num_images:,}: scores of different images cannot be compared. Choose "
                "snapshots that were scored on the same images, or score both runs on the whole "
                "split: python -m spcl evaluate RUN_DIR"
            )
    return ""


def scored_pairs(first: Group, second: Group, domain: Domain) -> list[tuple[Counted, Counted]]:
    """Return the scores of the runs that are held against each other (see `pairs_of`)."""
    scores = [(a.scores.get(domain), b.scores.get(domain)) for a, b in pairs_of(first, second)]
    return [(one, other) for one, other in scores if one is not None and other is not None]


def pairs_of(first: Group, second: Group) -> list[tuple[Side, Side]]:
    """Return which run is held against which: those of one seed, where two seeds are in both.

    Otherwise the first run of each.
    """
    others = {side.info.seed: side for side in second.sides}
    pairs = [(s, others[s.info.seed]) for s in first.sides if s.info.seed in others]
    return pairs if len(pairs) >= 2 else [(first.first, second.first)]
