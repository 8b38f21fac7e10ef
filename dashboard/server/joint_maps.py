"""Have the maps of two runs made that pages ask for: one at a time, each by its own process."""

import logging
import subprocess
import threading
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from dashboard.data.compared import requests
from dashboard.data.compared.requests import JointRequest
from spcl.store.life.analysis_process import start_command

_EVERY_SECONDS = 0.3
_STOP_SECONDS = 5.0
_log = logging.getLogger(__name__)


def command_for(request: JointRequest) -> list[str]:
    """Return the words after `python -m spcl` that make a map."""
    return [
        *("analyse", str(request.first.resolve()), "--step", str(request.first_step)),
        *("--beside", str(request.second.resolve()), "--beside-step", str(request.second_step)),
    ]


@dataclass
class JointMaps:
    """The processes that make maps of two runs.

    Attributes:
        start_one: starts one, whose progress and last words are lines of its standard error.
    """

    start_one: "Callable[[Sequence[str]], subprocess.Popen[bytes]]" = start_command
    _process: "subprocess.Popen[bytes] | None" = None
    _stopped: threading.Event = field(default_factory=threading.Event)

    def start(self) -> None:
        """Make what is asked for from now on, in a background thread."""
        threading.Thread(target=self._watch, daemon=True, name="joint maps").start()

    def stop(self) -> None:
        """End the process at work; a map that is half made is made anew when asked for."""
        self._stopped.set()
        if self._process is not None and self._process.poll() is None:
            self._process.terminate()
            try:
                self._process.wait(_STOP_SECONDS)
            except subprocess.TimeoutExpired:
                self._process.kill()

    def make_one(self) -> bool:
        """Make the map that waits longest; return whether there was one."""
        request = requests.take_waiting()
        if request is None:
            return False
        failure: str | None = "The map could not be made."
        try:
            failure = self._make(request)
        except OSError as error:
            failure = f"The map could not be made: no process could be started ({error.strerror})."
        finally:
            requests.end(request, failure)
        return True

    def _make(self, request: JointRequest) -> str | None:
        self._process = self.start_one(command_for(request))
        last: deque[str] = deque(maxlen=1)
        assert self._process.stderr is not None, "it is read from"
        for line in self._process.stderr:
            last.append(line.decode("utf-8", "replace").strip())
            requests.tell(request, last[0])
        if self._process.wait() == 0:
            return None
        return f"The map could not be made: {last[0]}" if last else "The map could not be made."

    def _watch(self) -> None:
        while not self._stopped.wait(_EVERY_SECONDS):
            try:
                self.make_one()
            except Exception:  # whatever one request meets, the next one may be better
                _log.exception("a map of two runs could not be made; the next one is tried")
