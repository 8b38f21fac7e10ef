"""The arms of every comparison: same data order, optimiser and total updates, one warm-up per seed.

"before" is the end of the warm-up; source_only trains on the labelled source for all updates;
adabn is source_only with batch-norm statistics re-estimated on the unlabelled target, without
training on it; self_training is spcl without any contrast; released is the released code's method
with the same optimiser and augmentation, half of its adaptation being self-training; oracle trains
on target-train labels, oracle_joint on the labels of both domains.
"""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from spcl.config import Config, make_config, plain, recorded_config
from spcl.config.presets import RELEASED_METHOD, Table
from spcl.config.text import merged
from spcl.data.pairs import located
from spcl.errors import UserError, suggestion
from spcl.store.baselines.reader import Baseline, scored_at
from spcl.store.baselines.writer import record_baselines
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

_WHAT = {
    "before": "the model at the end of its warm-up",
    "source_only": "trained as long, on labelled source images alone",
    "adabn": "source-only with batch-norm statistics of the target, not trained on it",
    "self_training": "the same method without any contrast",
    "released": "the method as its released code has it",
    "spcl": "the method itself",
    "oracle": "trained on target labels, which the others never see",
    "oracle_joint": "trained on the labels of both domains",
}


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
    from spcl.launch import resume, start  # torch, only where something is trained

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


def score_of(run: Run, arm: str) -> Baseline:
    """Read the target-val scores of `arm` from the run that holds it (StoreError: no labels)."""
    steps = run.steps()
    step = run.info().before_step if arm == "before" else steps[-1]
    assert step is not None, "a finished run has a step before adaptation"
    scores = run.snapshot(step).scores
    has_both = scores.get("target_source_statistics") is not None
    statistics = "target_source_statistics" if arm == "source_only" and has_both else "target"
    return scored_at(run, step, name=arm, what=_WHAT[arm], statistics=statistics)


def ablate(
    config: Config,
    *,
    arms: list[str],
    seeds: list[int],
    runs_dir: Path,
    name: str,
    run_to_end: Callable[[Any], None],
) -> Iterator[Baseline]:
    """Yield the score of every arm and seed, training what does not exist yet.

    At last each run of the method gets the scores of all others as its baselines.
    """
    methods: list[Run] = []
    scores: list[Baseline] = []
    for seed in seeds:
        runs: dict[str, Run] = {}
        for arm in runs_needed(arms):
            warm_start = runs["spcl"].path if "spcl" in runs else None
            settings = arm_config(config, arm, seed=seed, warm_start=warm_start)
            path = arm_run_path(runs_dir, name, arm, seed)
            runs[arm] = ensure_run(settings, path, run_to_end=run_to_end)
        methods += [runs["spcl"]] if "spcl" in runs else []
        for arm in arms:
            scores.append(score_of(runs[_READ_FROM.get(arm, arm)], arm))
            yield scores[-1]
    for run in methods:
        record_baselines(run, [score for score in scores if score.run != run.info().id])


def path_of_reference(run: Run) -> Path:
    """Return where the source-only run that `run` is compared with lies, out of the run list."""
    return run.path.parent / ".reference" / f"{run.path.name}-source-only"


def compare(run: Run, *, run_to_end: Callable[[Any, Callable[..., None]], None]) -> list[Baseline]:
    """Train `run`'s warm-up on the source alone, as long as `run`, and return the scores of both.

    Source-only and AdaBN become baselines of `run`; while the training goes on, those so far. It
    is continued where it was broken off, and not repeated.

    Args:
        run: a finished run of the method.
        run_to_end: trains an adaptation, calling its second argument after each update.

    Raises:
        UserError: `run` has not finished, is no run of the method, or its data are gone.
    """
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
    warmup = run.path.resolve()
    settings = arm_config(config, "source_only", seed=config.seed, warm_start=warmup)
    path = path_of_reference(run)

    def record_so_far(step: int, *_: object) -> None:
        beside = Run(path)
        if beside.steps()[-1:] == [step] and step > config.warmup.steps:
            record_baselines(run, [score_of(beside, "adabn")])

    beside = ensure_run(settings, path, run_to_end=lambda one: run_to_end(one, record_so_far))
    found = [score_of(beside, arm) for arm in ("source_only", "adabn")]
    record_baselines(run, found)
    return [score_of(run, "before"), *found, score_of(run, "spcl")]
