"""Start a run, resume one, or branch from another's warm-up; everything is checked first."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from operator import attrgetter
from pathlib import Path
from typing import Any

from spcl.adapt import Adaptation
from spcl.config import Config, known_keys, not_default, plain, recorded_config
from spcl.config.identity import what_warms_up
from spcl.data.check.verdict import require_sound_pair
from spcl.data.domains import Domains
from spcl.data.files.fingerprint import Fingerprint
from spcl.data.pairs import located
from spcl.data.splits import OnFile
from spcl.errors import UserError, sentence
from spcl.evaluate import Scoring
from spcl.models.device import named_device
from spcl.recorder.ending import end_recorded
from spcl.recorder.probe import ProbeOptions
from spcl.recording.disk_use import DiskUse, expected_use
from spcl.recording.recorder import Recorder
from spcl.store.errors import StoreError
from spcl.store.left import require_left
from spcl.store.life.ownership import RunLock
from spcl.store.reader import Run
from spcl.store.retention import Retention
from spcl.store.schema import RunInfo
from spcl.store.writer import RunWriter
from spcl.training.batches import require_shares, require_statistics
from spcl.training.processes.children import without_the_script
from spcl.training.processes.ranks import local_rank
from spcl.training.prototypes import require_one_memory
from spcl.training.saved.checkpoint import LAST_FILE, PREVIOUS_FILE, WARMUP_FILE, load_checkpoint
from spcl.training.saved.described import new_run_id, notes_of
from spcl.training.saved.rebuilding import completed, require_start, without_weights

_ORACLES = ("oracle", "oracle_joint")
"""Arms that also open labels of target/train, so that their list of files is another."""


def probe_options(config: Config) -> ProbeOptions:
    """Return how many images and pixels each snapshot observes."""
    record = config.record
    return ProbeOptions(
        record.probe_images, record.probe_pixels, record.pixels_per_class, record.probe_seed
    )


def start(
    config: Config,
    *,
    runs_dir: Path,
    run_id: str | None = None,
    on_file: OnFile | None = None,
    on_disk_use: Callable[[DiskUse], object] = lambda _: None,
) -> Adaptation:
    """Make a new run (UserError for a pair or a folder that cannot be used).

    Args:
        config: the settings.
        runs_dir: folder of all runs.
        run_id: name of the new run's folder.
        on_file: called for each file that is read.
        on_disk_use: called with what the run will take on the disk, before its first update.
    """
    config, scoring = settled(config)
    domains, files = _sound_domains(config, on_file)
    warm = _warm_state(config, files)
    if warm is None:
        require_start(config)
    recorder = Recorder.create(
        runs_dir,
        run_id or new_run_id(config),
        label_space=domains.label_space,
        val={"source": domains.source_val, "target": domains.target_val},
        size=config.data.size,
        scoring=scoring,
        stages=config.stages,
        config=plain(config),
        not_default=not_default(config),
        seed=config.seed,
        threads=config.num_threads,
        title=config.shown_title,
        observed_model="teacher" if config.teacher.momentum > 0 else "student",
        notes=[*notes_of(config), *domains.notes],
        data=files.to_json(),
        probe=probe_options(config),
        keep=Retention.parse(config.record.keep),
    )
    adaptation = _begin(config, domains, recorder, warm)
    with end_recorded(recorder):  # killed before its first update, it can be resumed, too
        recorder.checkpoint(adaptation.state())
        use = expected_use(config, adaptation.learner, recorder)
        recorder.writer.update(bytes_expected=use.total)
        on_disk_use(use)
    return adaptation


def settled(config: Config) -> tuple[Config, Scoring]:
    """Return the configuration as a run records it, and how it is scored (UserError: impossible).

    Opens no data and writes nothing.
    """
    config = completed(config)
    require_statistics(config)
    require_shares(config)
    require_one_memory(config)
    named_device(config.device, local_rank=local_rank())
    return config, Scoring(config.data.size, config.evaluate)


def _sound_domains(config: Config, on_file: OnFile | None) -> tuple[Domains, Fingerprint]:
    """Open both domains after reading every file once, as `check` does (UserError)."""
    with without_the_script():
        domains = Domains.open(config)
    files = domains.fingerprint()
    require_sound_pair(
        domains.pair, files, target_labels=domains.has_target_labels, on_file=on_file
    )
    domains.count_source(on_file)
    return domains, files


def resume(
    run_path: Path,
    overrides: Iterable[str] = (),
    *,
    take_over: bool = False,
    previous: bool = False,
    on_file: OnFile | None = None,
) -> Adaptation:
    """Continue a run from its last checkpoint (UserError: no run, other configuration, ended).

    Nothing is written before the run is known to have no other writer. `take_over` is for a run of
    another machine, whose process cannot be seen from here: it must show no heartbeat for a while.
    `previous` goes on from the checkpoint before the last, for when the last is damaged.
    """
    run = Run.open(run_path)
    require_left(run, take_over=take_over)
    ownership = RunLock.take(run_path)
    try:
        info = run.info()  # as the last writer left it
        config = _unchanged_config(info, run_path, list(overrides))
        state = load_checkpoint(run_path, name=PREVIOUS_FILE if previous else LAST_FILE)
        if state.get("run", info.started_at) != info.started_at:
            raise UserError(f"the checkpoint in {run_path} is of another run; copy the run again")
        if state["step"] >= config.total_steps and info.status == "finished":
            raise UserError(
                f"{run_path} has done all its {config.total_steps} steps; nothing is left"
            )
        config = located(config, info.data)
        domains, files = _sound_domains(config, on_file)
        difference = files.difference(info.data)
        if difference is not None and files.is_other(info.data):
            raise UserError(f"{run_path}: {difference}; put those back, or start a new run")
        writer = RunWriter.reopen(run_path, info, ownership)
    except BaseException:
        ownership.release()
        raise
    with _ended_with(writer):
        writer.update(status="running", failure=None, ended_at=None, step=state["step"])
        recorder = Recorder(
            writer,
            val={"source": domains.source_val, "target": domains.target_val},
            size=config.data.size,
            scoring=Scoring(config.data.size, config.evaluate),
            probe=probe_options(config),
            keep=Retention.parse(config.record.keep),
        )
        if difference is not None and config.data.kind != "streets":
            recorder.note(f"Resumed at step {state['step']}: {difference}.")
    adaptation = _begin(config, domains, recorder, state)
    chosen = adaptation.best_snapshot.step
    with suppress(StoreError):
        if chosen is not None:
            adaptation.best_snapshot.rescore(run.snapshot(chosen).scores)
    return adaptation


def _unchanged_config(info: RunInfo, run_path: Path, overrides: list[str]) -> Config:
    config = recorded_config(info.config, where=f"{run_path}/run.json")
    wanted = recorded_config(info.config, overrides, where=str(run_path))
    config = _here(config, wanted)
    if wanted != config:
        raise UserError(
            f"{run_path} was started with another configuration ({_difference(config, wanted)}); "
            "resume it without overrides, or start a new run"
        )
    return config


def _here(config: Config, wanted: Config) -> Config:
    """Return a configuration with what `wanted` says of the machine, and where its data lie.

    That changes no equation; whether they are the same data is told by their fingerprint.
    """
    places = ("workers", "root", "source_root", "target_root")
    data = config.data.model_copy(update={key: getattr(wanted.data, key) for key in places})
    return config.model_copy(update={"device": wanted.device, "data": data})


@contextmanager
def _ended_with(writer: RunWriter) -> Iterator[None]:
    """Put a run that is taken up, but cannot go on, back to failed."""
    try:
        yield
    except BaseException as error:
        with suppress(StoreError):
            writer.end("failed", failure=sentence(error))
        raise


def _begin(
    config: Config, domains: Domains, recorder: Recorder, state: dict[str, Any] | None
) -> Adaptation:
    built = config if state is None else without_weights(config)  # a state has them all
    with end_recorded(recorder):
        adaptation = Adaptation(built, domains, recorder)
        if state is not None:
            load_state(adaptation, state)
    return adaptation


def load_state(adaptation: Adaptation, state: dict[str, Any]) -> None:
    """Continue from a checkpoint (UserError: it does not fit the configuration)."""
    try:
        adaptation.load_state(state)
    except (LookupError, TypeError, ValueError, AttributeError, RuntimeError) as error:
        reason = str(error).split("\n")[0][:160]
        raise UserError(
            f"the checkpoint does not fit the run's configuration ({reason}); go on from the one "
            "before with --previous, or start a new run"
        ) from None


def _warm_state(config: Config, files: Fingerprint) -> dict[str, Any] | None:
    """Return the state at the end of another run's warm-up, if `warmup.start` names one."""
    if config.warmup.start is None:
        return None
    other = Run.open(config.warmup.start)
    recorded = recorded_config(other.info().config, where=str(other.path))
    theirs, ours = what_warms_up(recorded), what_warms_up(config)
    other_key = next((key for key in ours if theirs[key] != ours[key]), None)
    if other_key is not None:
        raise UserError(
            f"warmup.start: {other.path} was warmed up with another {other_key}; use the same"
        )
    is_alike = recorded.adapt.arm not in _ORACLES and config.adapt.arm not in _ORACLES
    if is_alike and files.is_other(other.info().data):
        raise UserError(f"warmup.start: {files.difference(other.info().data)}; use the same data")
    return load_checkpoint(other.path, name=WARMUP_FILE)


def _difference(recorded: Config, wanted: Config) -> str:
    changed = [key for key in known_keys() if _value(recorded, key) != _value(wanted, key)]
    return ", ".join(f"{key} {_value(recorded, key)} not {_value(wanted, key)}" for key in changed)


def _value(config: Config, key: str) -> Any:
    return attrgetter(key)(config)
