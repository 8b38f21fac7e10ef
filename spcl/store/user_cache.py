"""Where results go that belong to no run and to no data set: the user's cache folder."""

import os
from pathlib import Path


def user_cache() -> Path:
    """Return the folder of this program below XDG_CACHE_HOME, or below ~/.cache."""
    home = os.environ.get("XDG_CACHE_HOME")
    return (Path(home) if home else Path.home() / ".cache") / "spcl"
