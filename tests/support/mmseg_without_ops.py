"""Run a script with mmsegmentation beside mmcv-lite: `python -m tests.support.mmseg_without_ops`.

mmsegmentation imports all of `mmcv.ops`, and that the compiled `mmcv._ext`, which mmcv-lite lacks.
While it is imported a stand-in has each operation by name; who calls one is told that there is
none. Afterwards it is gone, because mmengine asks for it to know which mmcv there is.
"""

import runpy
import sys
from importlib import import_module
from importlib.util import find_spec
from types import ModuleType
from typing import Any

EXTENSION = "mmcv._ext"


class _Absent(ModuleType):
    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)

        def absent(*_: object, **__: object) -> None:
            raise RuntimeError(f"mmcv-lite has no compiled operation {name}")

        return absent


def import_mmseg() -> None:
    """Import the models of mmsegmentation, with or without compiled operations."""
    is_lite = find_spec(EXTENSION) is None
    if is_lite:
        sys.modules[EXTENSION] = _Absent(EXTENSION)
    try:
        import_module("mmseg.models")
    finally:
        if is_lite:
            del sys.modules[EXTENSION]


if __name__ == "__main__":
    import_mmseg()
    sys.argv = sys.argv[1:]
    runpy.run_path(sys.argv[0], run_name="__main__")
