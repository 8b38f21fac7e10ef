"""Stop at a signal: after the update under way at the first, at once at the second.

Ctrl-C (SIGINT), the polite end of systemd, SLURM and docker (SIGTERM), and a terminal that closes
(SIGHUP, unless nohup has it ignored) all stop alike; the exit code is 128 and the signal's number.
"""

import math
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

_NAMES = ("SIGINT", "SIGTERM", "SIGHUP")


class Stopped(KeyboardInterrupt):
    """Report that a signal stopped the work."""

    def __init__(self, number: int = signal.SIGINT) -> None:
        super().__init__()
        self.number = number

    @property
    def exit_code(self) -> int:
        """Return what a shell expects of a process that a signal ended: 130, 143 or 129."""
        return 128 + self.number


@dataclass
class Heard:
    """The last signal that asked to stop."""

    number: int = signal.SIGINT
    at: float = -math.inf
    """When, on a clock that only runs forwards, in seconds."""


@contextmanager
def stopping_at_signals(
    request_stop: Callable[[], bool], *, echo_seconds: float = 0
) -> Iterator[Heard]:
    """Call `request_stop` at a signal; where it returns False (asked before), stop at once.

    A signal within `echo_seconds` of the first is no second wish.
    """
    heard = Heard()

    def on_signal(number: int, _: object) -> None:
        heard.number = number
        is_echo = time.monotonic() - heard.at < echo_seconds
        if not request_stop() and not is_echo:
            raise Stopped(number)
        if not is_echo:
            heard.at = time.monotonic()

    with _handled_by(on_signal):
        yield heard


@contextmanager
def stopped_by_signals() -> Iterator[None]:
    """Raise `Stopped` at a signal, so that what is under way ends as it does at Ctrl-C."""

    def on_signal(number: int, _: object) -> None:
        raise Stopped(number)

    with _handled_by(on_signal):
        yield


@contextmanager
def _handled_by(handler: Callable[[int, object], None]) -> Iterator[None]:
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    numbers = [getattr(signal, name) for name in _NAMES if hasattr(signal, name)]
    before = {number: signal.getsignal(number) for number in numbers}
    for number, previous in before.items():
        is_ignored = previous is signal.SIG_IGN and number != signal.SIGINT
        if not is_ignored and previous is not None:
            signal.signal(number, handler)
    try:
        yield
    finally:
        for number, previous in before.items():
            if previous is not None:
                signal.signal(number, previous)
