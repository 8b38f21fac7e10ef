"""Configurations to start from: in a checkout's configs/, or shipped with the package."""

from pathlib import Path

from spcl.store.places.shipped import shipped

CONFIGS = shipped(Path(__file__).resolve().parents[2], "configs")


def config_file(given: Path) -> Path:
    """Return `given`; where it is missing, what is shipped as `configs/NAME.toml`."""
    ours = CONFIGS / given.name
    is_ours = given.parent == Path("configs") and ours.is_file()
    return ours if is_ours and not given.exists() else given
