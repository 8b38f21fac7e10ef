"""The same picture in train and val makes scores too good, and nothing else would tell."""

import hashlib
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path


def same_pictures(files: Iterable[tuple[str, Path]]) -> list[str]:
    """Return a sentence for each train and val split that share pictures, byte by byte."""
    shared: dict[tuple[str, str], list[tuple[Path, Path]]] = defaultdict(list)
    for alike in _groups(files):
        train = [(split, path) for split, path in alike if split.endswith("/train")]
        val = [(split, path) for split, path in alike if split.endswith("/val")]
        for split, path in val[:1]:
            for other_split, other in train[:1]:
                shared[other_split, split].append((other, path))
    return [
        f"{len(pairs)} {'picture is' if len(pairs) == 1 else 'pictures are'} in {train} and in "
        f"{val} alike, for example {pairs[0][0]} and {pairs[0][1]}; scores would be too good, "
        "so keep each in one of them"
        for (train, val), pairs in shared.items()
    ]


def _groups(files: Iterable[tuple[str, Path]]) -> list[list[tuple[str, Path]]]:
    """Return the files of equal content; only those of equal size are read."""
    by_size: dict[int, list[tuple[str, Path]]] = defaultdict(list)
    for split, path in files:
        try:
            by_size[path.stat().st_size].append((split, path))
        except OSError:  # the audit has said so
            continue
    by_content: dict[bytes, list[tuple[str, Path]]] = defaultdict(list)
    for alike in by_size.values():
        if {split.split("/")[1] for split, _ in alike} == {"train", "val"}:
            for split, path in alike:
                by_content[_digest(path)].append((split, path))
    return [group for group in by_content.values() if len(group) > 1]


def _digest(path: Path) -> bytes:
    try:
        with path.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").digest()
    except OSError:
        return str(path).encode(errors="surrogateescape")
