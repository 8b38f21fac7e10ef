"""Names, shapes and types of everything in a run folder; reader and writer agree through this file.

Standard library only, so that the dashboard, notebooks and other programs can read it at no cost.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Literal

from spcl.store.classes import LabelSpace

SCHEMA_VERSION = 1

RUN_FILE = "run.json"
METRICS_FILE = "metrics.jsonl"
SCORED_FILE = "scores.jsonl"
PROBE_FOLDER = "probe"
PROBE_FILE = "probe.json"
PIXELS_FILE = "pixels.npz"
LOCK_FILE = "writer.lock"
FAILURE_FILE = "failure.txt"
SNAPSHOTS_FOLDER = "snapshots"
CHECKPOINTS_FOLDER = "checkpoints"
CHECKPOINT_FILE = "last.pt"
DERIVED_FOLDER = "derived"
FEATURES_FILE = "features.npy"
PREDICTIONS_FILE = "predictions.npz"
PROTOTYPES_FILE = "prototypes.npz"
SCORES_FILE = "scores.json"
MASKS_FOLDER = "masks"

HEARTBEAT_SECONDS = 5.0
STALLED_AFTER_SECONDS = 30.0

Domain = Literal["source", "target"]
DOMAINS: tuple[Domain, Domain] = ("source", "target")

RecordedStatus = Literal["running", "finished", "stopped", "failed"]
"""What the writer recorded; `status.status_of` turns `running` into stalled or crashed."""


ABSENT = ("features", "prototypes", "confidence", "thresholds", "plan", "settings")
"""What a run recorded beside another program may lack; see `absent` in docs/run-store.md."""


def utc_now() -> str:
    """Return the time now as ISO 8601 in UTC, to the millisecond."""
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def seconds_since(timestamp: str) -> float:
    """Return the seconds from an ISO 8601 UTC `timestamp` to now."""
    then = datetime.fromisoformat(timestamp.replace("Z", "+00:00"))
    return (datetime.now(UTC) - then).total_seconds()


def step_folder(step: int) -> str:
    """Return the folder name of the snapshot at `step`."""
    return f"step_{step:07d}"


def steps_of(names: Iterable[str]) -> list[int]:
    """Return the steps after which folders of snapshots are named, ascending; others are none."""
    steps = (name.removeprefix("step_") for name in names if name.startswith("step_"))
    return sorted(
        int(step)
        for step in steps
        if step.isascii()
        and step.isdigit()
        and len(step) <= 12
        and f"step_{step}" == step_folder(int(step))
    )


@dataclass(frozen=True)
class Stage:
    """A part of the plan: updates `first_step` (exclusive) to `last_step` (inclusive)."""

    name: str
    first_step: int
    last_step: int


@dataclass(frozen=True)
class ProbeImage:
    """An image observed at every snapshot; `key` names its mask and is unique in the run."""

    key: str
    name: str
    domain: Domain
    height: int
    width: int
    has_label: bool

    @classmethod
    def from_json(cls, raw: Mapping[str, Any]) -> "ProbeImage":
        """Read one entry of `images`, ignoring unknown keys; the key must be a plain file name."""
        image = cls(**{key: value for key, value in raw.items() if key in cls.__dataclass_fields__})
        _require(vars(image), ("key", "name", "domain"), str)
        _require(vars(image), ("height", "width"), int)
        if image.domain not in DOMAINS or image.key.startswith(".") or set(image.key) & set("/\\"):
            raise ValueError(f"probe image {image.key!r} of {image.domain!r}")
        return image


def _require(values: Mapping[str, Any], names: tuple[str, ...], kind: Any) -> None:
    """Raise TypeError for a name whose value is missing or not of `kind`."""
    for name in names:
        if not isinstance(values.get(name), kind):
            raise TypeError(f"{name} is {values.get(name)!r}"[:80])


_TEXTS = (
    "id", "started_at", "updated_at", "heartbeat_at", "host", "stage", "observed_model", "title",
)  # fmt: skip


@dataclass(frozen=True)
class RunInfo:
    """The content of `run.json`."""

    id: str
    status: RecordedStatus
    started_at: str
    updated_at: str
    ended_at: str | None
    heartbeat_at: str
    host: str
    pid: int
    process_started: float
    seed: int
    threads: int
    stage: str
    step: int
    stages: tuple[Stage, ...]
    before_step: int | None
    observed_model: str
    label_space: LabelSpace
    config: Mapping[str, Any]
    data: Mapping[str, Any] | None = None
    title: str = ""
    failure: str | None = None
    git_commit: str | None = None
    packages: Mapping[str, str] = field(default_factory=dict)
    not_default: tuple[str, ...] | None = None
    bytes_expected: int | None = None
    notes: tuple[str, ...] = ()
    absent: tuple[str, ...] = ()
    schema_version: int = SCHEMA_VERSION

    @property
    def total_steps(self) -> int:
        """Return the number of updates planned."""
        return self.stages[-1].last_step if self.stages else 0

    def domain_name(self, domain: Domain) -> str:
        """Return what people call `domain`, e.g. "dusk" for the target; the part before a colon."""
        return self.label_space.domain_names.get(domain, domain).split(":")[0].strip() or domain

    def to_json(self) -> dict[str, Any]:
        """Return the content of `run.json`."""
        plain = {
            key: value
            for key, value in self.__dict__.items()
            if key not in {"label_space", "stages", "config", "packages", "notes", "absent"}
        }
        keys = self.not_default
        return {
            **plain,
            "stages": [stage.__dict__ for stage in self.stages],
            "classes": self.label_space.to_json(),
            "config": dict(self.config),
            "not_default": None if keys is None else list(keys),
            "packages": dict(self.packages),
            "notes": list(self.notes),
            "absent": list(self.absent),
        }

    @classmethod
    def from_json(cls, raw: Mapping[str, Any]) -> "RunInfo":
        """Read `run.json`, ignoring unknown keys (KeyError, TypeError, ValueError if damaged)."""
        read_apart = {"label_space", "stages", "notes", "absent", "not_default"}
        known = set(cls.__dataclass_fields__) - read_apart
        values = {key: value for key, value in raw.items() if key in known}
        if values.get("status") not in ("running", "finished", "stopped", "failed"):
            raise ValueError(f"status is {values.get('status')!r}")
        _require({"title": "", **values}, _TEXTS, str)
        _require(values, ("ended_at", "failure", "git_commit"), str | None)
        _require(values, ("pid", "seed", "threads", "step"), int)
        _require(values, ("before_step", "bytes_expected"), int | None)
        _require(values, ("data",), dict | None)
        _require(values, ("process_started",), int | float)
        _require({"packages": {}, **values}, ("config", "packages"), dict)
        _require({"not_default": None, **raw}, ("not_default",), list | None)
        not_default = raw.get("not_default")
        for name in ("heartbeat_at", "started_at", "updated_at", "ended_at"):
            seconds_since(values.get(name) or utc_now())
        return cls(
            **values,
            stages=tuple(
                Stage(str(s["name"]), int(s["first_step"]), int(s["last_step"]))
                for s in raw["stages"]
            ),
            label_space=LabelSpace.from_json(raw["classes"]),
            notes=tuple(str(note) for note in raw.get("notes", ())),
            absent=tuple(what for what in ABSENT if what in raw.get("absent", ())),
            not_default=None if not_default is None else tuple(map(str, not_default)),
        )
