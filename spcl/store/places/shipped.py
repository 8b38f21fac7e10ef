"""Folders that an installed package holds, and that stand beside it in a checkout."""

from pathlib import Path


def shipped(package: Path, folder: str) -> Path:
    """Return the folder within `package` if it is installed, else the one beside it (setup.py)."""
    inside = package / folder
    return inside if inside.is_dir() else package.parent / folder
