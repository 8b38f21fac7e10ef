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
    script = sys.modules["__main__"]
    hidden = {name: getattr(script, name, None) for name in ("__spec__", "__file__")}
    for name in hidden:
        setattr(script, name, None)
    try:
        yield
    finally:
        for name, value in hidden.items():
            setattr(script, name, value)
