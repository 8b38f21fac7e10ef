"""Values by name and row as flat arrays: as much memory as there are numbers."""

import math
from array import array
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from spcl.store.growing.columns import Arrays, column


@dataclass(frozen=True)
class Values:
    """What one name has: R rows, one behind the other.

    Attributes:
        rows: which rows have values, rising, (R,).
        ends: where the values of each end, (R,).
        values: all of them, NaN for null.
    """

    rows: NDArray[np.int32]
    ends: NDArray[np.int64]
    values: NDArray[np.floating[Any]]

    def at(self, row: int) -> NDArray[np.floating[Any]]:
        """Return the values of a row; none where it has none."""
        place = int(np.searchsorted(self.rows, row))
        if place == len(self.rows) or self.rows[place] != row:
            return self.values[:0]
        return self.values[self.ends[place - 1] if place else 0 : self.ends[place]]


class Ragged:
    """Values by name and row that grow by rows."""

    parts = ("counts", "rows", "ends", "values")
    """How the names of the arrays end."""

    def __init__(self, kind: type[np.floating[Any]]) -> None:
        """Begin with nothing; values are kept as `kind`, float32 or float64."""
        self._kind = kind
        self._code = np.dtype(kind).char
        self._of: dict[str, tuple[array[int], array[int], array[float]]] = {}

    @property
    def num_bytes(self) -> int:
        """Return about how much memory is kept."""
        parts = (part for one in self._of.values() for part in one)
        return sum(part.itemsize * len(part) for part in parts) + 500 * len(self._of)

    def add(self, name: str, row: int, values: Sequence[Any]) -> None:
        """Add the values of a row, numbers or None; rows come in order."""
        try:
            added = array(self._code, [math.nan if one is None else one for one in values])
        except (TypeError, OverflowError):
            return  # no numbers
        rows, ends, all_values = self._named(name)
        rows.append(row)
        all_values.extend(added)
        ends.append(len(all_values))

    def _named(self, name: str) -> "tuple[array[int], array[int], array[float]]":
        if name not in self._of:
            self._of[name] = array("i"), array("q"), array(self._code)
        return self._of[name]

    def names(self) -> list[str]:
        """Return the names, in the order they came."""
        return list(self._of)

    def values(self) -> Mapping[str, Values]:
        """Return everything so far by name."""
        return {
            name: Values(np.array(rows, np.int32), np.array(ends, np.int64), self._array(values))
            for name, (rows, ends, values) in self._of.items()
        }

    def _array(self, values: "array[float]") -> NDArray[np.floating[Any]]:
        return np.array(values, self._kind)

    def arrays(self, prefix: str) -> Arrays:
        """Return everything so far as four arrays whose names begin with `prefix`."""
        found = list(self.values().values())
        counts = [[len(one.rows), len(one.values)] for one in found]
        nothing = Values(np.zeros(0, np.int32), np.zeros(0, np.int64), np.zeros(0, self._kind))
        rows, ends, values = (
            np.concatenate([getattr(one, part) for one in (nothing, *found)])
            for part in self.parts[1:]
        )
        parts = (np.array(counts, np.int64).reshape(-1), rows, ends, values)
        return {f"{prefix}_{name}": part for name, part in zip(self.parts, parts, strict=True)}

    def restore(self, prefix: str, names: Sequence[str], arrays: Arrays, num_rows: int) -> None:
        """Keep what `arrays` returned (KeyError, ValueError: it never did).

        Args:
            prefix: as `arrays` was given.
            names: as `names` returned, each once.
            arrays: its result, perhaps among others.
            num_rows: how many rows there are.
        """
        counts = column(arrays, f"{prefix}_counts", np.int64, 2 * len(names)).reshape(-1, 2)
        if (counts < 0).any():
            raise ValueError("fewer than no rows")
        num_places, num_values = (int(total) for total in counts.sum(axis=0))
        all_rows = column(arrays, f"{prefix}_rows", np.int32, num_places)
        all_ends = column(arrays, f"{prefix}_ends", np.int64, num_places)
        all_values = column(arrays, f"{prefix}_values", self._kind, num_values)
        at, begin = 0, 0
        for name, (length, size) in zip(names, counts.tolist(), strict=True):
            found = (
                all_rows[at : at + length],
                all_ends[at : at + length],
                all_values[begin : begin + size],
            )
            _require_sound(*found, num_rows)
            found[2][~np.isfinite(found[2])] = math.nan
            rows, ends, values = self._named(name)
            rows.frombytes(found[0].tobytes())
            ends.frombytes(found[1].tobytes())
            values.frombytes(found[2].tobytes())
            at, begin = at + length, begin + size


def _require_sound(
    rows: NDArray[np.int32],
    ends: NDArray[np.int64],
    values: NDArray[np.floating[Any]],
    num_rows: int,
) -> None:
    """Raise ValueError where rows do not rise, are none, or do not end where the values do."""
    is_rising = (np.diff(rows, prepend=-1) > 0).all() and (rows < num_rows).all()
    has_ends = (np.diff(ends, prepend=0) >= 0).all()
    if not (is_rising and has_ends and (int(ends[-1]) if len(ends) else 0) == len(values)):
        raise ValueError("values belong to no row")
