"""Runs as the export takes them: each opened while its own folder is looked at."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from dashboard.data import runs_folder
from dashboard.data.opened_run import OpenedRun, open_run
from dashboard.data.selection import parse


def opened_runs(paths: Sequence[Path]) -> Iterator[OpenedRun]:
    """Give the runs, one by one."""
    for path in paths:
        runs_folder.use(path.parent)
        opened = open_run(parse({"run": path.name}, [path.name]))
        assert opened is not None
        yield opened
