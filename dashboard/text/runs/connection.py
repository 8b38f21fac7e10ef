"""What pages say of runs that are fetched from elsewhere."""

import time

from dashboard.data.connection import Connection
from dashboard.text.common import counted


def sentences(now: Connection, run: str | None) -> list[str]:
    """Return what has to be said above a page, a sentence each; none while all is well.

    Args:
        now: how it stands with the folder elsewhere.
        run: the run that the page shows.
    """
    said = []
    if now.silent_since is not None:
        said.append(
            f"Nothing has come from {now.address} since {_clock(now.silent_since)}: {now.reason}. "
            "What came before is shown, and it goes on by itself once there is an answer."
        )
    if now.num_left_out:
        said.append(
            f"{counted(now.num_left_out, 'older run')} of {now.address} found no room in the "
            "cache; start the dashboard with a larger --cache-gb, or with the address of one run."
        )
    if run is not None and run in now.notes:
        said.append(f"This run is not here as a whole: {now.notes[run].rstrip('.')}.")
    return said


def origin(now: Connection) -> str:
    """Return where the runs come from, for the foot of the sidebar."""
    awaited = f"; {counted(now.num_awaited, 'run')} still to come" if now.num_awaited else ""
    return f"Read from {now.address}{awaited}. Nothing is written there"


def _clock(seconds: float) -> str:
    then, today = time.localtime(seconds), time.localtime()
    is_today = (then.tm_year, then.tm_yday) == (today.tm_year, today.tm_yday)
    return time.strftime("%H:%M:%S" if is_today else "%Y-%m-%d %H:%M", then)
