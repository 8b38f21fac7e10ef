"""What a snapshot was scored on, and where whole splits were scored last."""

from typing import Any, NamedTuple

import pandas as pd

from dashboard.data import recorded
from dashboard.data.growing.jsonl_follower import follow
from dashboard.data.opened_run import OpenedRun
from spcl.store.growing.follower import GrowingRows
from spcl.store.schema import DOMAINS, Domain
from spcl.store.scores.whole import PART_OF


class Part(NamedTuple):
    """Of a domain's `of` images, `num_images` were scored."""

    domain: Domain
    num_images: int
    of: int


class Whole(NamedTuple):
    """A whole split was scored at a step: its mean IoU in [0, 1], over so many images."""

    domain: Domain
    step: int
    num_images: int
    mean_iou: float


def scored_of(opened: OpenedRun, step: int) -> tuple[Part | None, Whole | None]:
    """Return the part of a split that the snapshot at a step was scored on, None where on all.

    Of the target, or of the source where the target has no labels. With it comes where that split
    was scored whole last, up to the step, if it was.
    """
    scores = recorded.scores(opened.path, step)
    for domain in reversed(DOMAINS):
        scored: dict[str, Any] = scores.get(domain) or {}
        of = scored.get(PART_OF)
        if isinstance(of, int):
            return Part(domain, scored["num_images"], of), _last_whole(opened, domain, step)
        if scored:
            break
    return None, None


def _last_whole(opened: OpenedRun, domain: Domain, step: int) -> Whole | None:
    rows = follow(opened.run.scored_rows(), GrowingRows).read()
    for row in reversed(rows):
        scored = row.get(domain)
        if row["step"] <= step and isinstance(scored, dict):
            mean, count = scored.get("mean_iou"), scored.get("num_images")
            if isinstance(mean, float) and isinstance(count, int):
                return Whole(domain, row["step"], count, mean)
    return None


def last_scores(iou: pd.DataFrame, step: int) -> pd.DataFrame:
    """Return the IoU over the steps with that of `step`: where it has none, the last before it."""
    earlier = iou.loc[iou["step"] <= step, "step"]
    if earlier.empty or earlier.max() == step:
        return iou
    last = iou[iou["step"] == earlier.max()].assign(step=step)
    joined: pd.DataFrame = pd.concat([iou, last], ignore_index=True)
    return joined
