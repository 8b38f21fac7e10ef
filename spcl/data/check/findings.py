"""One line for each kind of fault, however many files have it."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path


@dataclass
class _Kind:
    sentence: str
    count: int = 1
    another: str = ""


class Findings:
    """Faults by kind: the first is told in full, the others are counted."""

    def __init__(self) -> None:
        self._kinds: dict[tuple[str, str], _Kind] = {}

    def add(self, kind: str, sentence: str, *, split: str = "", file: Path | None = None) -> None:
        """Take one fault; those of the same `kind` and `split` share a line."""
        known = self._kinds.get((kind, split))
        if known is None:
            self._kinds[kind, split] = _Kind(sentence)
            return
        known.count += 1
        known.another = known.another or (file.name if file is not None else "")

    def lines(self) -> Iterator[str]:
        """Yield a sentence a kind, with the number of other files and one example of them."""
        for (_, split), kind in self._kinds.items():
            if kind.count == 1:
                yield kind.sentence
                continue
            others = f"{kind.count - 1} more file{'s' if kind.count > 2 else ''}"
            example = f", for example {kind.another}" if kind.another else ""
            yield f"{kind.sentence} (the same is true of {others} of {split}{example})"
