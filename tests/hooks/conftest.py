"""The frameworks take seconds to import, so quick runs leave out even the collection."""

from pathlib import Path

import pytest


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Leave these files out where slow tests are not wanted."""
    return True if "not slow" in (config.option.markexpr or "") else None
