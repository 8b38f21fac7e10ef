"""mIoU and loss over the steps; the browser asks the server for new rows by itself."""

from collections.abc import Sequence
from typing import Any

import pandas as pd

from dashboard.components.loader import component
from dashboard.data.opened_run import OpenedRun

_mount = component("live_lines")


def live_lines(
    opened: OpenedRun,
    iou: pd.DataFrame,
    baselines: Sequence[tuple[str, float]] = (),
    *,
    live: bool,
    key: str,
) -> None:
    """Draw both panels.

    Args:
        opened: the run.
        iou: step, domain, class (None = mean), iou in [0, 1].
        baselines: name and target mIoU in [0, 1] of what the run is compared with.
        live: whether to ask for new rows every two seconds.
        key: identity; zoom and hidden lines are kept as long as it stays.
    """
    _mount(
        key=key,
        data={
            "url": f"{opened.api}/metrics",
            "live": live,
            "total": opened.info.total_steps,
            "before": opened.info.before_step,
            "miou": _means(iou),
            "baselines": [{"name": name, "iou": round(mean, 5)} for name, mean in baselines],
        },
    )


def _means(iou: pd.DataFrame) -> dict[str, list[Any]]:
    """Return the mean IoU of each step per domain, None where there is none."""
    means = iou[iou["class"].isna()].pivot_table(index="step", columns="domain", values="iou")
    steps = [int(step) for step in means.index]
    columns = means.reindex(columns=["source", "target"])
    return {
        "steps": steps,
        "source": _values(columns["source"]),
        "target": _values(columns["target"]),
    }


def _values(column: pd.Series) -> list[float | None]:
    return [round(value, 5) if value == value else None for value in column.astype(float).tolist()]
