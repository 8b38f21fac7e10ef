"""Where a run comes from: the first content of `run.json`, with commit, packages and machine."""

import platform
import subprocess
from collections.abc import Mapping, Sequence
from contextlib import suppress
from importlib import metadata
from pathlib import Path
from typing import Any

from spcl.label_space import require_sound_space
from spcl.store import schema
from spcl.store.classes import LabelSpace
from spcl.store.schema import RunInfo, Stage

_PACKAGES = ("spcl", "torch", "numpy", "pillow", "pydantic")


def fresh_run_info(
    run_id: str,
    *,
    label_space: LabelSpace,
    stages: Sequence[Stage],
    config: Mapping[str, Any],
    seed: int,
    threads: int,
    title: str,
    observed_model: str,
    notes: Sequence[str],
    data: Mapping[str, Any] | None = None,
    not_default: Sequence[str] | None = None,
    code: Path | None = None,
) -> RunInfo:
    """Return the description of a run that begins now; the writer fills in its process.

    `not_default` are the dotted keys of `config` that are not as they are by default, where known;
    `code` is a folder of the program that trains, whose commit is told; this package by default.
    """
    require_sound_space(label_space)
    now = schema.utc_now()
    return RunInfo(
        id=run_id,
        status="running",
        started_at=now,
        updated_at=now,
        ended_at=None,
        heartbeat_at=now,
        host=platform.node(),
        pid=0,
        process_started=0.0,
        seed=seed,
        threads=threads,
        stage=stages[0].name,
        step=0,
        stages=tuple(stages),
        before_step=stages[0].last_step,
        observed_model=observed_model,
        label_space=label_space,
        config=config,
        not_default=None if not_default is None else tuple(not_default),
        data=data,
        title=title or run_id,
        git_commit=_git_commit(code or Path(__file__).parent),
        packages=_packages(),
        notes=tuple(notes),
    )


def _git_commit(folder: Path) -> str | None:
    """Return the commit of what git keeps in `folder`; an installed package is none of it."""
    try:
        _git(folder, "ls-files", "--error-unmatch", ".")
        return _git(folder, "rev-parse", "--short=12", "HEAD")
    except (OSError, subprocess.SubprocessError):
        return None


def _git(folder: Path, *words: str) -> str:
    done = subprocess.run(
        ["git", *words], cwd=folder, capture_output=True, text=True, timeout=5, check=True
    )
    return done.stdout.strip()


def _packages() -> dict[str, str]:
    versions = {"python": platform.python_version()}
    for name in _PACKAGES:
        with suppress(metadata.PackageNotFoundError):  # a run can be recorded without torch
            versions[name] = metadata.version(name)
    return versions
