"""Whose batch-norm statistics a score was read with.

The same weights give two scores: with the statistics that the source left in them, or with those
estimated on unlabelled images of the target, which is what AdaBN does and nothing more.
"""

from collections.abc import Mapping
from typing import Any, Literal

from spcl.store.schema import RunInfo

Statistics = Literal["source", "target"]
SCORES_KEYS: dict[Statistics, str] = {
    "target": "target",
    "source": "target_source_statistics",
}
"""Where `scores.json` has the score on target/val: as observed, and with the source's."""


def statistics_of(info: RunInfo, step: int, *, key: str = "target") -> Statistics | None:
    """Return whose statistics a recorded score of a domain was read with; None: not recorded.

    Args:
        info: what the run says of itself.
        step: the snapshot.
        key: of `scores.json`: source, target or target_source_statistics.
    """
    if key != "target":
        return "source"
    settings: Any = info.config.get("normalization", info.config.get("normalisation"))
    if info.before_step is None or not isinstance(settings, Mapping):
        return None
    uses_target = bool(settings.get("target_statistics", True))
    return "target" if uses_target and step > info.before_step else "source"


def statistics_words(statistics: Statistics | None) -> str:
    """Say it in words that stand behind "read with"."""
    if statistics is None:
        return "batch-norm statistics that are not recorded"
    where = ", estimated on its unlabelled images" if statistics == "target" else ""
    return f"batch-norm statistics of the {statistics}{where}"
