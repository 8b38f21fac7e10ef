"""The arms of every comparison: same data order, optimiser and total updates, one warm-up per seed.

"before" is the end of the warm-up; source_only trains on the labelled source for all updates;
adabn is source_only with batch-norm statistics re-estimated on the unlabelled target, without
training on it; self_training is spcl without any contrast; released is the released code's method
with the same optimiser and augmentation, half of its adaptation being self-training; oracle trains
on target-train labels, oracle_joint on the labels of both domains.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from spcl.config import Config, make_config, plain, recorded_config
from spcl.config.presets import RELEASED_METHOD, Table
from spcl.config.text import merged
from spcl.errors import UserError, suggestion
from spcl.store.reader import Run

ARMS = (
    "before",
    "source_only",
    "adabn",
    "self_training",
    "released",
    "spcl",
    "oracle",
    "oracle_joint",
)

_OVERRIDES: dict[str, Table] = {
    "spcl": {},
    "self_training": {"contrast": {"weight": 0.0}},
    "released": RELEASED_METHOD,
    "source_only": {"adapt": {"arm": "source_only"}},
    "oracle": {"adapt": {"arm": "oracle"}},
    "oracle_joint": {"adapt": {"arm": "oracle_joint"}},
}
_READ_FROM = {"before": "spcl", "adabn": "source_only"}
"""Arms that are read off another arm's run."""


@dataclass(frozen=True)
class ArmScore:
    """Target-val scores of one arm and seed; IoU in [0, 1], None where a class is absent."""

    arm: str
    seed: int
    mean_iou: float
    mean_iou_of_occurring: float
    per_class_iou: dict[str, float | None]


def parse_arms(text: str) -> list[str]:
    """Return the arms named in `a,b,c` in the order of every table (UserError: unknown)."""
    names = [name.strip() for name in text.split(",") if name.strip()]
    for name in names:
        if name not in ARMS:
            hint = suggestion(name, ARMS) or f"; use some of {', '.join(ARMS)}"
            raise UserError(f'"{name}" is not an arm{hint}')
    return [name for name in ARMS if name in names]


def runs_needed(arms: list[str]) -> list[str]:
    """Return the arms whose runs must exist to score `arms`, the shared warm-up's first."""
    needed = {_READ_FROM.get(arm, arm) for arm in arms}
    ordered = ("spcl", "self_training", "released", "source_only", "oracle", "oracle_joint")
    return [arm for arm in ordered if arm in needed]


def arm_config(config: Config, arm: str, *, seed: int, warm_start: Path | None) -> Config:
    """Return the configuration of one arm's run."""
    raw = merged(plain(config), _OVERRIDES[arm])
    raw |= {"seed": seed, "title": f"{config.title or 'run'}: {arm}, seed {seed}"}
    if arm == "released":  # its stage of self-training is part of the same total
        updates = config.total_steps - config.warmup.steps
        raw["adapt"]["steps"], raw["selftrain"]["steps"] = updates - updates // 2, updates // 2
    if warm_start is not None and _shares_warmup(arm):
        raw["warmup"]["start"] = str(warm_start)
    return make_config(raw, where="ablate")


def _shares_warmup(arm: str) -> bool:
    return arm in ("source_only", "oracle", "oracle_joint")


def arm_run_path(runs_dir: Path, name: str, arm: str, seed: int) -> Path:
    """Return the folder of one arm's run: the same each time, so that a second call finds it."""
    return runs_dir / f"{name}-{arm.replace('_', '-')}-seed{seed}"


def ensure_run(config: Config, path: Path, *, run_to_end: Callable[[Any], None]) -> Run:
    """Return the finished run at `path`: as it is, continued, or made now."""
    from spcl.launch import resume, start

    if not path.exists():
        run_to_end(start(config, runs_dir=path.parent, run_id=path.name))
    run = Run.open(path)
    recorded = recorded_config(run.info().config, where=str(path))
    if recorded != config:
        raise UserError(
            f"{path} holds a run with another configuration; give another folder with --runs"
        )
    if run.status().kind != "finished":
        run_to_end(resume(path))
    return Run.open(path)


def scores_of(run: Run, arm: str, seed: int) -> ArmScore:
    """Read the target-val scores of `arm` from the run that holds it."""
    info = run.info()
    step = info.before_step if arm == "before" else run.steps()[-1]
    assert step is not None, "a finished run has a step before adaptation"
    scores = run.snapshot(step).scores
    if scores["target"] is None:
        raise UserError("target/val has no labels, so arms cannot be compared; add labels there")
    plain_statistics = scores.get("target_source_statistics") or scores["target"]
    chosen = plain_statistics if arm == "source_only" else scores["target"]
    names = info.label_space.names
    return ArmScore(
        arm=arm,
        seed=seed,
        mean_iou=chosen["mean_iou"],
        mean_iou_of_occurring=chosen["mean_iou_of_occurring"],
        per_class_iou=dict(zip(names, chosen["per_class_iou"], strict=True)),
    )


def ablate(
    config: Config,
    *,
    arms: list[str],
    seeds: list[int],
    runs_dir: Path,
    name: str,
    run_to_end: Callable[[Any], None],
) -> Iterator[ArmScore]:
    """Yield the score of every arm and seed, training what does not exist yet."""
    for seed in seeds:
        runs: dict[str, Run] = {}
        for arm in runs_needed(arms):
            warm_start = runs["spcl"].path if "spcl" in runs else None
            settings = arm_config(config, arm, seed=seed, warm_start=warm_start)
            path = arm_run_path(runs_dir, name, arm, seed)
            runs[arm] = ensure_run(settings, path, run_to_end=run_to_end)
        for arm in arms:
            yield scores_of(runs[_READ_FROM.get(arm, arm)], arm, seed)
