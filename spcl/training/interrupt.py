"""Stop gracefully on the first Ctrl-C and immediately on the second."""

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def stopping_at_interrupt(request_stop: Callable[[], bool]) -> Iterator[None]:
    """Call `request_stop` at Ctrl-C; where it returns False (asked before), interrupt at once."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def on_interrupt(*_: object) -> None:
        if not request_stop():
            raise KeyboardInterrupt

    previous = signal.signal(signal.SIGINT, on_interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, previous)
