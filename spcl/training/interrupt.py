"""Ctrl-C as a wish: the first asks for a stop, the second interrupts at once."""

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def asking_at_interrupt(stop: Callable[[], bool]) -> Iterator[None]:
    """Call `stop` at Ctrl-C; where it returns False (asked before), raise KeyboardInterrupt."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def request(*_: object) -> None:
        if not stop():
            raise KeyboardInterrupt

    before = signal.signal(signal.SIGINT, request)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
