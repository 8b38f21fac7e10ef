"""Programs that some tests need: skipped with a reason where one is missing, but not in CI."""

import shutil

import pytest

from tests.ci_rules import IS_CI


def needed(name: str, package: str) -> str:
    """Return where the program `name` is; skip without it, or fail in CI."""
    found = shutil.which(name, path="/usr/local/sbin:/usr/sbin:/sbin:/usr/local/bin:/usr/bin:/bin")
    if found is None:
        reason = f"{name} is not installed (Debian: apt-get install {package})"
        if IS_CI:
            pytest.fail(f"in CI this may not be skipped: {reason}")
        pytest.skip(reason)
    return found
