"""Programs that some tests need: skipped with a reason where one is missing, but not in CI."""

import shutil
from typing import NoReturn

import pytest

from tests.ci_rules import IS_CI

PLACES = "/usr/local/sbin:/usr/sbin:/sbin:/usr/local/bin:/usr/bin:/bin"
"""Servers stand where the search path of a user does not lead."""


def needed(name: str, package: str) -> str:
    """Return where the program `name` is; skip without it, or fail in CI."""
    found = shutil.which(name, path=PLACES)
    if found is None:
        lacking(f"{name} is not installed (Debian: apt-get install {package})")
    return found


def lacking(reason: str) -> NoReturn:
    """Skip a test with the reason, or fail it in CI."""
    if IS_CI:
        pytest.fail(f"in CI this may not be skipped: {reason}")
    pytest.skip(reason)
