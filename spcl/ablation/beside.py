"""A finished run beside the same warm-up trained on the source alone: what comes by itself."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from spcl.ablation.arms import built_in
from spcl.ablation.scores import ArmScore, score_of
from spcl.config import Config, make_config, plain, recorded_config
from spcl.config.identity import what_trains
from spcl.config.text import merged
from spcl.data.pairs import located
from spcl.errors import UserError
from spcl.store.baselines.writer import record_baselines
from spcl.store.reader import Run

RunToEnd = Callable[[Any, Callable[..., None]], None]
"""Trains an adaptation, calling its second argument after each update."""


def path_of_reference(run: Run) -> Path:
    """Return where the source-only run that `run` is compared with lies, out of the run list."""
    return run.path.parent / ".reference" / f"{run.path.name}-source-only"


def compare(run: Run, *, run_to_end: RunToEnd) -> list[ArmScore]:
    """Train `run`'s warm-up on the source alone, as long as `run`, and return the scores of both.

    Source-only and AdaBN become baselines of `run`; while the training goes on, those so far. It
    is continued where it was broken off, and not repeated.

    Args:
        run: a finished run of the method.
        run_to_end: trains an adaptation, calling its second argument after each update.

    Raises:
        UserError: `run` has not finished, is no run of the method, or its data are gone.
    """
    config = _config_of(run)
    path = path_of_reference(run)

    def record_so_far(step: int, *_: object) -> None:
        beside = Run(path)
        if beside.steps()[-1:] == [step] and step > config.warmup.steps:
            record_baselines(run, [score_of(beside, built_in("adabn")).baseline])

    beside = _ensured(
        _on_source(config, run.path), path, run_to_end=lambda one: run_to_end(one, record_so_far)
    )
    found = [score_of(beside, built_in(arm)) for arm in ("source_only", "adabn")]
    record_baselines(run, [one.baseline for one in found])
    return [score_of(run, built_in("before")), *found, score_of(run, built_in("spcl"))]


def _config_of(run: Run) -> Config:
    if run.status().kind != "finished":
        raise UserError(
            f"{run.path} has not finished, so nothing can be compared with it yet; finish it with "
            f"python -m spcl adapt --resume {run.path}"
        )
    info = run.info()
    config = located(recorded_config(info.config, where=str(run.path)), info.data)
    if config.adapt.arm != "spcl":
        raise UserError(
            f"{run.path} is itself the arm {config.adapt.arm}; compare a run of the method "
            f"with it: python -m spcl evaluate {run.path} --as-baseline {config.adapt.arm} RUN_DIR"
        )
    return config


def _on_source(config: Config, warmup: Path) -> Config:
    """Return the settings of source-only from a run's own warm-up, contrast of it included."""
    changed = {
        "adapt": {"arm": "source_only"},
        "normalization": {"target_statistics": True},
        "warmup": {"start": str(warmup.resolve())},
    }
    raw = merged(plain(config), changed)
    raw["title"] = f"{config.shown_title or 'run'}: source_only, seed {config.seed}"
    return make_config(raw, where="ablate")


def _ensured(config: Config, path: Path, *, run_to_end: Callable[[Any], None]) -> Run:
    """Return the finished run at `path`: as it is, continued, or made now."""
    from spcl.launch import resume, start  # torch, only where something is trained

    if not path.exists():
        run_to_end(start(config, runs_dir=path.parent, run_id=path.name))
    run = Run.open(path)
    recorded = recorded_config(run.info().config, where=str(path))
    if what_trains(recorded) != what_trains(config):
        raise UserError(
            f"{path} holds a run with other settings; remove it, and compare again with "
            f"python -m spcl ablate {config.warmup.start}"
        )
    if run.status().kind != "finished":
        run_to_end(resume(path))
    return Run.open(path)
