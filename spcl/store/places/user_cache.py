"""Where results go that belong to no run and to no data set: the user's cache folder."""

import os
import stat
import tempfile
from pathlib import Path

from spcl.store.errors import StoreError


def user_cache() -> Path:
    """Return the folder of this program below XDG_CACHE_HOME, or below ~/.cache.

    A user without a home that can be written, as in many containers, has a folder below the
    system's temporary one (StoreError: somebody else made that).
    """
    named = os.environ.get("XDG_CACHE_HOME")
    if named:
        return Path(named) / "spcl"
    home = home_folder()
    if home is not None and can_be_made(home / ".cache" / "spcl"):
        return home / ".cache" / "spcl"
    return _temporary()


def home_folder() -> Path | None:
    """Return the user's home; None where neither HOME nor the list of users names one."""
    if os.environ.get("HOME"):
        return Path(os.environ["HOME"])
    try:
        import pwd

        return Path(pwd.getpwuid(os.getuid()).pw_dir)
    except (ImportError, KeyError):
        return None


def can_be_made(folder: Path) -> bool:
    """Return whether files can be written into `folder`, which may have to be made first."""
    nearest = next((at for at in (folder, *folder.parents) if os.path.lexists(at)), None)
    return nearest is not None and nearest.is_dir() and os.access(nearest, os.W_OK | os.X_OK)


def _temporary() -> Path:
    """Return this user's folder below the temporary one, which others can write into, too."""
    user = os.getuid() if hasattr(os, "getuid") else 0
    path = Path(tempfile.gettempdir()) / f"spcl-{user}"
    try:
        path.mkdir(mode=0o700)
    except OSError:
        _require_own(path, user)
    return path


def _require_own(path: Path, user: int) -> None:
    """Refuse a folder that somebody else made, or can write into: what is kept is believed."""
    try:
        found = path.lstat()
    except OSError:
        return  # whoever writes there says what the system refuses
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != user or found.st_mode & 0o022:
        raise StoreError(
            f"{path} is not this user's own folder, so nothing can be kept there; set "
            "XDG_CACHE_HOME to a folder that is"
        )
