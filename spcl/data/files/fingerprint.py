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
        root: absolute path of the pair, or of both roots.
        files: number of files.
        bytes: their size.
        names_and_sizes: digest of names below the root and sizes.
        times: digest of the same and of the times of change.
        roots: absolute path of each domain, where they have not one root in common.
    """

    root: str
    files: int
    bytes: int
    names_and_sizes: str
    times: str
    roots: Mapping[str, str] | None = None

    @classmethod
    def of(cls, roots: Mapping[str, Path], files: Mapping[str, Iterable[Path]]) -> "Fingerprint":
        """Look at sizes and times of the files of each domain, below its root; opens nothing."""
        is_one = len(set(roots.values())) == 1
        named = sorted(
            ("" if is_one else domain, path.relative_to(roots[domain]), path)
            for domain, paths in files.items()
            for path in paths
        )
        names, times = hashlib.sha256(), hashlib.sha256()
        count = size = 0
        for domain, below, path in named:
            try:
                stat = path.stat()
            except OSError:  # reading it will say what is wrong
                continue
            name = str(domain / below).encode(errors="surrogateescape")
            names.update(b"%s\0%d\n" % (name, stat.st_size))
            times.update(b"%s\0%d\0%d\n" % (name, stat.st_size, stat.st_mtime_ns))
            count, size = count + 1, size + stat.st_size
        digests = names.hexdigest()[:32], times.hexdigest()[:32]
        absolute = {domain: _absolute(root) for domain, root in roots.items()}
        told = " and ".join(dict.fromkeys(absolute.values()))
        return cls(told, count, size, *digests, roots=None if is_one else absolute)

    def to_json(self) -> dict[str, Any]:
        """Return the object `data` of `run.json`."""
        return {key: value for key, value in asdict(self).items() if value is not None}

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


def _absolute(path: Path) -> str:
    return str(path.resolve()).encode(errors="replace").decode()
