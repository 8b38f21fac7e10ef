"""The browser code of a component inside one HTML file: the same modules, at data: addresses.

A file opened from disk may load no module beside it. So each stands in an import map under the
name that it has below `components/`, and the relative paths in its imports become such names.
"""

import base64
import posixpath
import re
from pathlib import Path

COMPONENTS = Path(__file__).resolve().parents[1] / "components"
PREFIX = "spcl/"
_IMPORT = re.compile(r"""^(import\b[^"']*|export\b[^"']*\bfrom\s*)(["'])(\.{1,2}/[^"']+)\2""", re.M)


def import_map(entry: str) -> dict[str, str]:
    """Return name -> data: address of a module and all it imports.

    Args:
        entry: the module's path below `components/`, e.g. "story/index.js".
    """
    found: dict[str, str] = {}
    waiting = [entry]
    while waiting:
        name = waiting.pop()
        if PREFIX + name in found:
            continue
        code = (COMPONENTS / name).read_text(encoding="utf-8")
        waiting += [_beside(name, path) for _, _, path in _IMPORT.findall(code)]
        found[PREFIX + name] = _address(_with_names(code, name))
    return dict(sorted(found.items()))


def _beside(name: str, path: str) -> str:
    """Return the name of the module at a relative path from module `name`."""
    return posixpath.normpath(posixpath.join(posixpath.dirname(name), path))


def _with_names(code: str, name: str) -> str:
    return _IMPORT.sub(
        lambda match: f'{match[1]}"{PREFIX}{_beside(name, match[3])}"',
        code,
    )


def _address(code: str) -> str:
    return f"data:text/javascript;base64,{base64.b64encode(code.encode()).decode()}"
