"""The card of where in the image the errors stand."""

import numpy as np
import pandas as pd

from dashboard.charts.classes.errors import errors_figure
from dashboard.charts.common import Card
from dashboard.data import recorded
from dashboard.data.classes.errors import ErrorMap, error_map
from dashboard.data.opened_run import OpenedRun
from dashboard.text.classes import errors as words
from spcl.store.classes import ClassInfo


def errors_card(opened: OpenedRun, step: int, info: ClassInfo | None, *, dark: bool) -> Card:
    """Return where errors stand, now and before adaptation; of one class, or of all.

    Args:
        opened: the run.
        step: the snapshot.
        info: only pixels that truly have this class count; None for all.
        dark: whether the page is dark.
    """
    class_id, name = (None, None) if info is None else (info.id, info.display)
    target = opened.info.domain_name("target")
    now = error_map(opened, step, class_id)
    if now is None or not now.labeled.any():
        return Card(words.TITLE, awaited=words.nothing(None if now is None else name, target))
    before = None
    if opened.compared_step is not None:
        before = error_map(opened, opened.compared_step, class_id)
    sizes = [one for one in recorded.images(opened.path) if one.domain == "target"]
    return Card(
        words.TITLE,
        words.unit(now, name),
        errors_figure(
            now.shares,
            None if before is None else before.shares,
            aspect=sizes[0].width / sizes[0].height,
            dark=dark,
        ),
        reading=words.reading(now, target),
        numbers=_numbers(now),
    )


def _numbers(found: ErrorMap) -> pd.DataFrame:
    rows, columns = np.indices(found.wrong.shape)
    return pd.DataFrame(
        {
            "row": rows.ravel(),
            "column": columns.ravel(),
            "wrong": found.wrong.ravel(),
            "labeled": found.labeled.ravel(),
        }
    )
