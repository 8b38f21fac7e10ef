"""Commands as a user who owns nothing here."""

import os
import shutil
import sys
from pathlib import Path

import pytest

NOBODY = 65534
NAMELESS = 54321
"""A user id that no list of users has, as containers are often given."""


def as_user(user: int) -> list[str]:
    """Return the words that run a command as `user`; skips where only root could do that.

    Where the interpreter lies in root's home, the capability to read it goes along: to read, never
    to write.
    """
    if os.geteuid() != 0 or shutil.which("setpriv") is None:
        pytest.skip("only root with setpriv can run a command as another user")
    words = [shutil.which("setpriv") or "", f"--reuid={user}", f"--regid={user}", "--clear-groups"]
    if not _others_may_enter(Path(sys.executable).resolve()):
        words += ["--inh-caps=+dac_read_search", "--ambient-caps=+dac_read_search"]
    return words


def _others_may_enter(path: Path) -> bool:
    return all(folder.stat().st_mode & 0o001 for folder in path.parents)
