"""Processes that help, started from whatever script a person has written."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def without_the_script() -> Iterator[None]:
    """Start processes meanwhile that do not run the person's script again from its first line.

    A spawned process imports the script for what it may have to call there; here that is never
    anything. Without this a script that lacks `if __name__ == "__main__":` would start itself over.
    """
    script = vars(sys.modules["__main__"])
    names = ("__spec__", "__file__")
    hidden: dict[str, object] = {name: script.pop(name) for name in names if name in script}
    script["__spec__"] = None
    try:
        yield
    finally:
        del script["__spec__"]
        script.update(hidden)
