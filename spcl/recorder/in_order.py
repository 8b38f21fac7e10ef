"""Work that need not be waited for: done beside the training by one thread, in the order given."""

import threading
from collections import deque
from collections.abc import Callable

Work = Callable[[], object]


def at_once(work: Work) -> None:
    """Do work here and now."""
    work()


class InOrder:
    """Do work in one thread, one piece after the other, as it was given.

    What goes wrong is raised in the thread that gives work, at the next occasion and at every
    later one; what had been given after it is dropped, because it would not follow on anything.
    """

    def __init__(self, *, most_waiting: int) -> None:
        """Begin idle, without a thread; who gives more than `most_waiting` pieces waits."""
        self._most_waiting = most_waiting
        self._waiting: deque[Work] = deque()
        self._changed = threading.Condition()
        self._is_busy = False
        self._is_closed = False
        self._error: BaseException | None = None
        self._thread: threading.Thread | None = None

    def add(self, work: Work) -> None:
        """Have `work` done; waits while too much is waiting (raises what went wrong before)."""
        with self._changed:
            self._changed.wait_for(lambda: len(self._waiting) < self._most_waiting)
            self.check()
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, daemon=True, name="recording")
                self._thread.start()
            self._waiting.append(work)
            self._changed.notify_all()

    def check(self) -> None:
        """Raise what went wrong, if anything did."""
        if self._error is not None:
            raise self._error

    def finish(self) -> None:
        """Wait until everything given is done (raises what went wrong)."""
        with self._changed:
            self._changed.wait_for(lambda: not self._waiting and not self._is_busy)
        self.check()

    def close(self) -> BaseException | None:
        """Wait until everything is done, end the thread, and return what went wrong."""
        with self._changed:
            self._changed.wait_for(lambda: not self._waiting and not self._is_busy)
            self._is_closed = True
            self._changed.notify_all()
        if self._thread is not None:
            self._thread.join()
            self._thread = None
        self._is_closed = False
        return self._error

    def _run(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._waiting or self._is_closed)
                if not self._waiting:
                    return
                work = self._waiting.popleft()
                self._is_busy = True
                self._changed.notify_all()
            try:
                work()
            except BaseException as error:
                self._failed(error)
            finally:
                del work  # its arrays go before the next is waited for
                with self._changed:
                    self._is_busy = False
                    self._changed.notify_all()

    def _failed(self, error: BaseException) -> None:
        with self._changed:
            self._error = error
            self._waiting.clear()
            self._changed.notify_all()
