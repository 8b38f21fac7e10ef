"""Fetch from elsewhere in the background, and say how it stands with the connection."""

import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from dashboard.data import runs_folder
from dashboard.data.connection import Connection, connection, set_connection
from dashboard.remote.address import Address, parsed
from dashboard.remote.cache import Cache
from dashboard.remote.far import CutError, Far
from dashboard.remote.mirror import Mirror
from spcl.store.errors import UserError, unwritable
from spcl.store.schema import RUN_FILE

PAUSE_SECONDS = 2.0
"""Between two rounds; a round without an answer takes longer by itself."""
_MISSING = "there is no such folder, or nothing in it"
_log = logging.getLogger(__name__)


@contextmanager
def followed(given: str, *, most_bytes: int) -> Iterator[tuple[Path, str | None]]:
    """Fetch what `given` names as long as the context lasts.

    Yields:
        The folder of fetched runs, and the run where `given` names one.

    Raises:
        UserError: no address, or nothing can be fetched and nothing was before.
    """
    address = parsed(given)
    keeper = Keeper(address, most_bytes=most_bytes)
    try:
        yield keeper.folder, keeper.run
    finally:
        keeper.stop()


class Keeper:
    """The thread that brings what is new, round after round."""

    def __init__(self, address: Address, *, most_bytes: int) -> None:
        """Ask once, so that a mistake is told at once, and go on in the background."""
        self._cache = Cache.of(address, most_bytes=most_bytes)
        self.folder = self._cache.folder
        self.run = _run_of(Far(address), self._cache)
        self._far = Far(address if self.run is None else address.parent)
        self._mirror = Mirror(self._far, self._cache, only=self.run)
        self._shown, self._last_heard = address.shown, time.time()
        self._stopped = threading.Event()
        set_connection(Connection(self._shown))
        self._ask_once()
        self._thread = threading.Thread(target=self._keep, daemon=True, name="remote")
        self._thread.start()

    def stop(self) -> None:
        """Stop after the file at hand."""
        self._stopped.set()
        self._thread.join(timeout=2)
        self._cache.close()
        set_connection(None)

    def _ask_once(self) -> None:
        """Ask for the listing alone, which takes no time (UserError: no answer and no cache)."""
        self._trying(lambda: self._far.entries(self.run or ""))
        now = connection()
        if now is not None and now.silent_since is not None and not self._cache.names():
            set_connection(None)
            raise UserError(f"nothing can be read from {self._shown}: {now.reason}")

    def _keep(self) -> None:
        while not self._stopped.is_set():
            self._trying(self._round)
            self._stopped.wait(PAUSE_SECONDS)

    def _trying(self, what: Callable[[], object]) -> None:
        """Do something that needs the connection, and say why where it fails."""
        try:
            what()
        except CutError as error:
            self._say_silent(str(error))
        except FileNotFoundError:
            self._say_silent(_MISSING)
        except OSError as error:
            self._say_silent(unwritable(self.folder, error))
        except UserError:
            raise
        except Exception as error:  # what stands elsewhere may hold anything; the pages go on
            _log.exception("a round of %s failed", self._shown)
            self._say_silent(f"it cannot be read ({type(error).__name__})")

    def _round(self) -> None:
        if not self._cache.is_ours():
            set_connection(Connection(self._shown))  # the other dashboard fetches
            return
        shown = [path.name for path in runs_folder.looked_at() if path.parent == self.folder]
        found = self._mirror.round(shown)
        self._last_heard = time.time()
        set_connection(
            Connection(
                self._shown,
                num_runs=found.num_runs,
                num_awaited=found.num_awaited,
                num_left_out=found.num_left_out,
                notes=found.notes,
            )
        )

    def _say_silent(self, reason: str) -> None:
        self._far.forget()
        now = connection() or Connection(self._shown)
        set_connection(replace(now, silent_since=self._last_heard, reason=reason))


def _run_of(far: Far, cache: Cache) -> str | None:
    """Return the name of the run where an address names one; None where it names a folder."""
    name = far.address.name
    try:
        is_run = RUN_FILE in far.entries()
    except (CutError, FileNotFoundError):
        is_run = cache.names() == {name}  # as it was before; the first round says what is wrong
    return name if is_run else None
