"""Addresses of a run's files as the browser asks for them: below the base path, names encoded."""

import os
from collections.abc import Mapping
from urllib.parse import quote, urlencode

_base_path = ""
_PLAIN = "!~*'()"


def use_base_path(path: str) -> None:
    """Serve below `path` from now on: "" or "/x/y", without a slash at its end."""
    global _base_path
    _base_path = path


def base_path() -> str:
    """Return the path below which people reach the server, "" or "/something"."""
    return _base_path


def run_address(run_id: str) -> str:
    """Return the address of a run's files; names that are no UTF-8 keep their bytes."""
    return f"{_base_path}/api/runs/{encoded(run_id)}"


def page_address(name: str, choices: Mapping[str, str]) -> str:
    """Return the address of a page with some choices."""
    return f"{_base_path}/{name}?{urlencode(choices)}"


def encoded(name: str) -> str:
    """Return a file's name as one part of an address, whatever letters it has.

    Written as the browser's `encodeURIComponent` writes it: components make addresses, too.
    """
    try:
        return quote(os.fsencode(name), safe=_PLAIN)
    except UnicodeEncodeError:
        return quote(name, safe=_PLAIN, errors="replace")


def as_asked(name: str) -> str:
    """Return a name on disk as it arrives when its address is asked for (bytes become U+FFFD)."""
    return os.fsencode(name).decode("utf-8", "replace")
