"""What a run was trained on: where the files are, and a digest of their names, sizes and times."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Fingerprint:
    """The files of a pair that a run may open, without what is in them.

    Attributes:
        root: absolute path of the pair.
        files: number of files.
        bytes: their size.
        names_and_sizes: digest of names below the root and sizes.
        times: digest of the same and of the times of change.
    """

    root: str
    files: int
    bytes: int
    names_and_sizes: str
    times: str

    @classmethod
    def of(cls, root: Path, paths: Iterable[Path]) -> "Fingerprint":
        """Look at the sizes and times of `paths`, which lie below `root`; nothing is opened."""
        names, times = hashlib.sha256(), hashlib.sha256()
        count = size = 0
        for path in sorted(paths):
            try:
                stat = path.stat()
            except OSError:  # reading it will say what is wrong
                continue
            name = str(path.relative_to(root)).encode(errors="surrogateescape")
            names.update(b"%s\0%d\n" % (name, stat.st_size))
            times.update(b"%s\0%d\0%d\n" % (name, stat.st_size, stat.st_mtime_ns))
            count, size = count + 1, size + stat.st_size
        absolute = str(root.resolve()).encode(errors="replace").decode()
        return cls(absolute, count, size, names.hexdigest()[:32], times.hexdigest()[:32])

    def to_json(self) -> dict[str, Any]:
        """Return the object `data` of `run.json`."""
        return asdict(self)

    def difference(self, recorded: Mapping[str, Any] | None) -> str | None:
        """Say how these files differ from those `recorded` in a run; None if they do not.

        Runs of older versions recorded nothing, and are taken at their word.
        """
        if not recorded or recorded.get("times") == self.times:
            return None
        if recorded.get("names_and_sizes") == self.names_and_sizes:
            return (
                f"files in {self.root} have changed their times since the run began (its data were "
                f"in {recorded.get('root')}); their names and sizes are the same"
            )
        return (
            f"the {self.files} files in {self.root} are not the {recorded.get('files')} that the "
            f"run was trained on in {recorded.get('root')}: names or sizes differ"
        )

    def is_other(self, recorded: Mapping[str, Any] | None) -> bool:
        """Return whether names or sizes differ from those `recorded`."""
        return recorded is not None and recorded.get("names_and_sizes") != self.names_and_sizes
