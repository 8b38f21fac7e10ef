"""Servers that stand in for machines elsewhere, and a cache folder of the test's own."""

import importlib.util
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from dashboard.data import connection
from tests.support.elsewhere import SERVERS
from tests.support.tools import lacking

NEEDED = ("s3fs", "sshfs", "asyncssh", "moto", "flask")


@pytest.fixture(params=list(SERVERS))
def server(request: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """Return a server with an empty folder of runs; it can be stopped and started again."""
    missing = [name for name in NEEDED if importlib.util.find_spec(name) is None]
    if missing:
        lacking(f"{', '.join(missing)} not installed; make test installs requirements-hooks.txt")
    home = tmp_path / "home"
    home.mkdir()
    made = SERVERS[request.param](home)
    for key, value in made.environment.items():
        monkeypatch.setenv(key, value)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    made.start()
    yield made
    made.stop()
    made.end()


@pytest.fixture(autouse=True)
def connection_of_the_test() -> Iterator[None]:
    yield
    connection.set_connection(None)
