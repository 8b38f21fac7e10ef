"""Numbers that a person logs, as plain JSON types."""

import operator
from collections.abc import Mapping
from typing import Any

import numpy as np

from spcl.errors import UserError
from spcl.recorder.given.arrays import as_array

_LOSS = "loss/total"
_MOST_VALUES = 256


def whole_step(step: Any) -> int:
    """Return a step as a whole number (UserError if it is none, or below 0)."""
    try:
        number = operator.index(step)
    except (TypeError, ValueError):
        number = -1
    if number < 0 or isinstance(step, bool):
        raise UserError(f"the step is {step!r}; count updates in whole numbers from 0")
    return number


def plain_row(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return a row of metrics in JSON types; `loss` becomes `loss/total` (UserError)."""
    return {_LOSS if name == "loss" else str(name): _plain(name, v) for name, v in values.items()}


def _plain(name: str, value: Any) -> Any:
    if value is None or isinstance(value, str | bool | int | float):
        return value
    try:
        array = as_array(value)
    except (TypeError, ValueError):
        array = np.asarray(None)
    if array.dtype.kind not in "iufb" or array.size > _MOST_VALUES:
        raise UserError(
            f"{name} is a {type(value).__name__} of the shape {array.shape}; log a number, or a "
            f"list of at most {_MOST_VALUES} numbers"
        )
    return array.item() if array.size == 1 else array.tolist()
