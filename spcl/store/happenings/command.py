"""Run somebody's command for each happening: `--on-event CMD`."""

import json
import os
import queue
import shlex
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable

from spcl.store.errors import StoreError, UserError
from spcl.store.formats.text import one_line
from spcl.store.happenings.watch import Happening

LOOK_EVERY_SECONDS = 2.0
LONGEST_SECONDS = 30.0
_MOST_WAITING = 100

HELP = (
    "command for each alarm that rises and each training that ends; it gets the event as JSON on "
    "its standard input, and as SPCL_EVENT, SPCL_RUN, SPCL_STEP and SPCL_SENTENCE"
)


def parsed(command: str) -> list[str]:
    """Return the words of a command (UserError: they cannot be told apart, or it is not there)."""
    try:
        words = shlex.split(command)
    except ValueError as error:
        raise UserError(f"--on-event is {command!r}: {error}; close every quotation mark") from None
    if not words:
        raise UserError("--on-event is empty; give a command, such as 'notify-send Training'")
    if shutil.which(words[0]) is None:
        raise UserError(
            f"--on-event names {words[0]}, which is no program here; give one that is, or its path"
        )
    return words


def told(words: list[str], happening: Happening) -> str | None:
    """Run the command for one happening; return a sentence where that did not succeed."""
    about = {
        "SPCL_EVENT": happening.event,
        "SPCL_RUN": happening.run,
        "SPCL_STEP": str(happening.step),
        "SPCL_SENTENCE": happening.sentence,
    }
    try:
        done = subprocess.run(
            words,
            input=json.dumps(happening.to_json()).encode(),
            env={**os.environ, **about},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            timeout=LONGEST_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return f"{words[0]} of --on-event took more than {LONGEST_SECONDS:.0f} s and was ended"
    except OSError as error:
        return f"{words[0]} of --on-event could not be run ({error.strerror})"
    if done.returncode:
        last = done.stderr.decode(errors="replace").strip().rpartition("\n")[2]
        why = f": {one_line(last)}" if last else ""
        return f"{words[0]} of --on-event ended with {done.returncode}{why}"
    return None


class OnEvent:
    """Look every two seconds and run the command, one at a time, in the background."""

    def __init__(self, command: str, look: Callable[[], list[Happening]]) -> None:
        """Take the command (UserError: it cannot be run) and what finds the happenings."""
        self._words = parsed(command)
        self._look = look
        self._stopped = threading.Event()
        self._waiting: queue.Queue[Happening | None] = queue.Queue(_MOST_WAITING)
        self._threads = [
            threading.Thread(target=self._watch, daemon=True, name="events"),
            threading.Thread(target=self._tell, daemon=True, name="event commands"),
        ]

    def start(self) -> "OnEvent":
        """Begin to look."""
        for thread in self._threads:
            thread.start()
        return self

    def stop(self) -> None:
        """Look a last time, run the commands that wait, and end."""
        self._stopped.set()
        self._threads[0].join()
        self._hear()
        self._waiting.put(None)
        self._threads[1].join(LONGEST_SECONDS)

    def _watch(self) -> None:
        while not self._stopped.wait(LOOK_EVERY_SECONDS):
            self._hear()

    def _hear(self) -> None:
        try:
            found = self._look()
        except StoreError:
            return  # the run is moved or being written; the next look may be better
        for happening in found:
            try:
                self._waiting.put_nowait(happening)
            except queue.Full:
                print("Too many events for --on-event; this one is left out", file=sys.stderr)

    def _tell(self) -> None:
        while (happening := self._waiting.get()) is not None:
            problem = told(self._words, happening)
            if problem is not None:
                print(problem, file=sys.stderr, flush=True)
