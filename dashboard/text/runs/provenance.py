"""Where an exported file comes from: run, code, settings, images, and the rights in them."""

from collections.abc import Mapping, Sequence
from typing import Any

from dashboard.text.common import counted
from spcl.store.derived.reader import digest
from spcl.store.schema import RunInfo


def provenance(
    info: RunInfo, *, step: int, steps: Sequence[int], all_steps: int, images: Mapping[str, int]
) -> list[dict[str, str]]:
    """Return label and text of everything that names where the numbers come from.

    Args:
        info: the run.
        step: the snapshot that the story tells of.
        steps: the snapshots in the file.
        all_steps: how many snapshots the run has.
        images: display name of a domain -> its images of the val split that were observed.
    """
    counts = " and ".join(
        counted(count, f"{name} image") for name, count in images.items() if count
    )
    kept = f"{len(steps):,} of its {all_steps:,} snapshots"
    if len(steps) == all_steps:
        kept = "its only snapshot" if all_steps == 1 else f"all its {all_steps:,} snapshots"
    facts = {
        "Run": f"{info.id}, seed {info.seed}",
        "Step": f"{step:,} of {info.total_steps:,}; this file holds {kept}",
        "Images": f"{counts} of the val splits" if counts else "",
        "Trained": f"{info.started_at[:10]}, commit {(info.git_commit or 'unknown')[:10]}",
        "Configuration": f"digest {digest(info.config)}",
        "Rights in the images": licence(info.config),
    }
    return [{"label": label, "text": text} for label, text in facts.items() if text]


def licence(config: Mapping[str, Any]) -> str:
    """Return the line on the images' licence that the configuration gives; empty without one."""
    data = config.get("data")
    line = data.get("license") if isinstance(data, Mapping) else None
    return line.strip() if isinstance(line, str) else ""
