"""What all tests of the dashboard share."""

from collections.abc import Iterator
from functools import cache

import pytest
from streamlit.components.v2 import manifest_scanner


@pytest.fixture(autouse=True, scope="session")
def installed_components_are_looked_for_once() -> Iterator[None]:
    """Have AppTest read the metadata of all installed packages once, not for every page it opens.

    It looks there for components that come as packages; none is installed while the tests run.
    """
    once = cache(manifest_scanner.scan_component_manifests)
    patch = pytest.MonkeyPatch()
    patch.setattr(manifest_scanner, "scan_component_manifests", once)
    yield
    patch.undo()
