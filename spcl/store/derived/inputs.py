"""What the analysis of a snapshot reads, in a word that is another one once any of it changes."""

from collections.abc import Iterable, Iterator
from pathlib import Path

from spcl.store import schema
from spcl.store.derived.reader import DerivedReader, digest
from spcl.store.formats.own_files import own_entries, own_stat
from spcl.store.reader import Run


def inputs_of(run: Run, steps: Iterable[int]) -> dict[int, str]:
    """Return for each step the digest of names, sizes and times of the files that belong to it.

    They are those of the snapshot, of the one that ends the warm-up, which later ones are compared
    with, and of the probe (StoreError: the run cannot be read).
    """
    before = run.info().before_step
    shared = list(_files(run, run.path / schema.PROBE_FOLDER))
    if before is not None:
        shared += _of_snapshot(run, before)
    return {step: digest({"files": [*shared, *_of_snapshot(run, step)]}) for step in steps}


def have_failed_inputs_changed(run: Run) -> bool:
    """Return whether measures failed with other inputs than there are now: they are made anew."""
    noted = DerivedReader(run).failed_inputs()
    return bool(noted) and inputs_of(run, noted) != noted


def _of_snapshot(run: Run, step: int) -> Iterator[tuple[str, int, int, int]]:
    folder = run.path / schema.SNAPSHOTS_FOLDER / schema.step_folder(step)
    yield from _files(run, folder)
    yield from _files(run, folder / schema.MASKS_FOLDER)


def _files(run: Run, folder: Path) -> Iterator[tuple[str, int, int, int]]:
    for name in sorted(own_entries(folder, within=run.path)):
        found = own_stat(folder / name, within=run.path)
        if found is not None:
            yield name, found.st_size, found.st_mtime_ns, found.st_ctime_ns
