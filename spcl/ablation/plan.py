"""Which runs a comparison needs, which of them are there, and what cannot be compared at all.

A run is known by what changes its weights and by its data, not by its name or place: a comparison
may be asked for in parts, in any order, and of folders that were moved.
"""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NamedTuple

from spcl.ablation.arms import METHOD, ORACLES, Arm, arm_config, built_in, runs_needed
from spcl.config import Config, recorded_config
from spcl.config.identity import identity, what_trains, what_warms_up
from spcl.errors import UserError
from spcl.store.errors import StoreError
from spcl.store.reader import Run
from spcl.store.schema import CHECKPOINTS_FOLDER, RUN_FILE

WARMUP_FILE = "warmup.pt"


class Names(NamedTuple):
    """What a run is known by: the digests of all that shaped its end, and its warm-up."""

    run: str
    warmup: str


@dataclass(frozen=True)
class Known:
    """A run that is there."""

    path: Path
    config: Config
    names: Names
    is_finished: bool
    step: int

    @property
    def has_warmup(self) -> bool:
        """Return whether the state at the end of its warm-up is kept."""
        return (self.path / CHECKPOINTS_FOLDER / WARMUP_FILE).is_file()


@dataclass(frozen=True)
class Planned:
    """A run of the comparison.

    Attributes:
        label: what it is called on the way, e.g. "spcl, seed 0".
        config: its settings.
        path: its folder, there or not.
        names: what it is known by.
        known: the run, where it is there.
        warmup: the run whose warm-up is taken over; it may be one that is planned before.
    """

    label: str
    config: Config
    path: Path
    names: Names
    known: Known | None = None
    warmup: Path | None = None

    @property
    def is_done(self) -> bool:
        """Return whether nothing is left to train."""
        return self.known is not None and self.known.is_finished

    @property
    def first_step(self) -> int:
        """Return the step from which it is trained."""
        if self.known is not None:
            return self.known.step
        return 0 if self.warmup is None else self.config.warmup.steps

    @property
    def can_begin(self) -> bool:
        """Return whether the warm-up that it takes over is there."""
        if self.warmup is None or self.path.exists():
            return True
        return (self.warmup / CHECKPOINTS_FOLDER / WARMUP_FILE).is_file()


@dataclass(frozen=True)
class Plan:
    """The runs of a comparison.

    Attributes:
        arms: what is compared.
        seeds: with which seeds.
        runs: each run once, in the order they are trained.
        places: arm and seed -> its place among `runs`.
    """

    arms: tuple[Arm, ...]
    seeds: tuple[int, ...]
    runs: tuple[Planned, ...]
    places: dict[tuple[str, int], int]

    def run_of(self, arm: Arm, seed: int) -> Run:
        """Open the run that an arm is read off."""
        return Run.open(self.runs[self.places[arm.of_run, seed]].path)


def make_plan(
    config: Config, *, arms: Sequence[Arm], seeds: Sequence[int], runs_dir: Path, name: str
) -> Plan:
    """Plan a comparison; nothing is written.

    Raises:
        UserError: something of it cannot be compared: no labels to score, none for an oracle, a
            switch that changes nothing, or a run that is there was scored in another way.
    """
    files = _files(config, arms)
    known = list(known_runs(runs_dir))
    runs: list[Planned] = []
    places: dict[tuple[str, int], int] = {}
    for seed in seeds:
        method = _planned(config, built_in(METHOD), seed, files=files)
        for arm in runs_needed(arms):
            planned = _planned(config, arm, seed, files=files)
            _require_change(arm, planned, method)
            there = next((i for i, one in enumerate(runs) if one.names == planned.names), None)
            if there is None:
                path = _free_path(runs_dir, f"{name}-{arm.slug}-seed{seed}", planned.names, runs)
                runs.append(_found(replace(planned, path=path), known, runs))
                there = len(runs) - 1
            places[arm.name, seed] = there
    return Plan(tuple(arms), tuple(seeds), tuple(runs), places)


def known_runs(folder: Path) -> Iterator[Known]:
    """Yield the runs of this program below a folder, finished ones first; others are left out."""
    found = []
    for path in sorted(folder.iterdir()) if folder.is_dir() else ():
        if (path / RUN_FILE).is_file():
            with suppress(StoreError, UserError):
                found.append(_known(path))
    yield from sorted(found, key=lambda one: (not one.is_finished, -one.step))


def _known(path: Path) -> Known:
    run = Run.open(path)
    info = run.info()
    config = recorded_config(info.config, where=str(path))
    files = str((info.data or {}).get("names_and_sizes"))
    return Known(path, config, _names(config, files), run.status().kind == "finished", info.step)


def _names(config: Config, files: str) -> Names:
    return Names(identity(what_trains(config), files), identity(what_warms_up(config), files))


def _files(config: Config, arms: Sequence[Arm]) -> dict[bool, str]:
    """Return the digests of the files, without and with labels of target/train, once checked.

    Raises:
        UserError: an arm would lack images or labels that it needs, or cannot be scored.
    """
    from spcl.data.domains import Domains  # torch, only where something is planned
    from spcl.data.few import first_images

    named = [arm.name for arm in arms]
    method = config.model_copy(update={"adapt": config.adapt.model_copy(update={"arm": METHOD})})
    domains = Domains.open(method)
    for arm in arms:
        few = arm_config(config, arm, seed=config.seed).data.source_images
        first_images(domains.all_of_source, few, seed=config.seed)
    if not domains.pair.has_labels("target/val"):
        raise UserError(
            "target/val has no labels, so no arm can be scored; label some of its images, or "
            "train one run with adapt and look at the measures by pseudo label"
        )
    files = {False: domains.fingerprint().names_and_sizes}
    oracles = [name for name in named if name in ORACLES]
    if oracles:
        if not domains.pair.has_labels("target/train"):
            rest = ",".join(name for name in named if name not in ORACLES) or METHOD
            raise UserError(
                f"{' and '.join(oracles)} learn from labels of target/train, which has none; "
                f"leave them out with --arms {rest}"
            )
        oracle = config.model_copy(
            update={"adapt": config.adapt.model_copy(update={"arm": ORACLES[0]})}
        )
        files[True] = Domains.open(oracle).fingerprint().names_and_sizes
    return files


def _planned(config: Config, arm: Arm, seed: int, *, files: dict[bool, str]) -> Planned:
    from spcl.launch import settled

    settings, _ = settled(arm_config(config, arm, seed=seed))
    trained = identity(what_trains(settings), files[arm.name in ORACLES])
    warmed_up = identity(what_warms_up(settings), files[False])
    label = f"{arm.name}, seed {seed}"
    return Planned(label, settings, Path(), Names(trained, warmed_up))


def _found(planned: Planned, known: Sequence[Known], before: Sequence[Planned]) -> Planned:
    """Return a planned run with what is there already: itself, or the warm-up it takes over."""
    there = next((one for one in known if one.names.run == planned.names.run), None)
    if there is not None:
        _require_scored_alike(there, planned.config)
        return replace(planned, path=there.path, known=there)
    alike = [one.path for one in known if one.names.warmup == planned.names.warmup]
    kept = [one.path for one in known if one.path in alike and one.has_warmup]
    planned_alike = [one.path for one in before if one.names.warmup == planned.names.warmup]
    return replace(planned, warmup=next(iter([*kept, *planned_alike]), None))


def _require_scored_alike(there: Known, config: Config) -> None:
    from spcl.evaluate import Scoring

    recorded, wanted = (
        Scoring(one.data.size, one.evaluate).words() for one in (there.config, config)
    )
    if recorded != wanted:
        raise UserError(
            f"{there.path} has these weights, but was scored with {recorded}, and not with "
            f"{wanted}; leave the keys of evaluate. away, or name another folder with --runs"
        )


def _free_path(folder: Path, name: str, names: Names, runs: Sequence[Planned]) -> Path:
    """Return a folder that neither exists nor is planned for another run."""
    taken = {one.path for one in runs}
    plain = folder / name
    return (
        plain if not plain.exists() and plain not in taken else folder / f"{name}-{names.run[:8]}"
    )


def _require_change(arm: Arm, planned: Planned, method: Planned) -> None:
    """Refuse a switch that changes nothing (UserError); one value may be the method's own."""
    if planned.names != method.names or not arm.is_switch:
        return
    settings = [one.config.model_copy(update={"title": ""}) for one in (planned, method)]
    if arm.name.startswith("minus "):
        raise UserError(
            f"--{arm.name} changes nothing: the configuration is without that part already"
        )
    if settings[0] != settings[1]:
        raise UserError(f"--set {arm.name} changes no weights with these settings; leave it away")
