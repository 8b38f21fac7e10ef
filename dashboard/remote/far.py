"""What stands elsewhere, through fsspec: listings, bytes, and why there is no answer."""

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from dashboard.remote.address import Address
from spcl.store.errors import UserError

AT_ONCE = 8
"""Files fetched at the same time: most are small, and each waits for its answer."""
_CONNECT_SECONDS = 10
_SILENT_SECONDS = 15
_REFUSED = (
    *("PermissionError", "PermissionDenied", "SFTPPermissionDenied"),
    *("NoCredentialsError", "ClientError"),
)
_NO_ACCESS = "access is refused"
_NEEDS = {"s3": "s3fs", "sftp": "sshfs"}


class CutError(Exception):
    """Say why nothing comes from elsewhere at the moment, as a part of a sentence."""


class NoAccessError(CutError):
    """Say that what was asked for may not be read; other things may."""


@dataclass(frozen=True)
class Entry:
    """What a listing says of a name.

    Attributes:
        size: bytes of a file.
        stamp: differs when the content does, as far as the listing tells.
        changed: seconds since 1970 when it was last written; None where nobody says.
    """

    is_folder: bool
    size: int
    stamp: str
    changed: float | None


class Far:
    """A folder elsewhere, which is only read; the connection is made when it is needed."""

    def __init__(self, address: Address) -> None:
        """Point at `address`."""
        self.address = address
        self._files: Any = None

    def entries(self, path: str = "") -> dict[str, Entry]:
        """Return what stands directly in a folder, by its name; links and devices are left out.

        Raises:
            FileNotFoundError: there is no such folder.
            CutError: no answer, or access is refused.
        """
        found = self._asked(lambda files: files.ls(self._at(path), detail=True, refresh=True))
        return {
            str(raw["name"]).rstrip("/").rpartition("/")[2]: _entry(raw)
            for raw in found
            if raw.get("type") in ("file", "directory")
        }

    def read(self, path: str, *, most: int, start: int = 0) -> bytes:
        """Return up to `most` bytes of a file from `start` on; raises as `entries` does."""
        if most <= 0:
            return b""
        return bytes(self._asked(lambda files: self._bytes(files, path, start, most)))

    def read_all(self, sizes: Mapping[str, int]) -> dict[str, bytes]:
        """Return the content of some files, of each as many bytes as the listing said."""
        self._asked(lambda files: None)  # connects once, not in every thread
        with ThreadPoolExecutor(AT_ONCE) as pool:
            contents = pool.map(lambda item: self.read(item[0], most=item[1]), sizes.items())
            return dict(zip(sizes, contents, strict=True))

    def forget(self) -> None:
        """Drop the connection; the next question makes a new one."""
        self._files = None

    def _at(self, path: str) -> str:
        return f"{self.address.path.rstrip('/')}/{path}" if path else self.address.path

    def _bytes(self, files: Any, path: str, start: int, most: int) -> bytes:
        if self.address.protocol == "s3":
            return bytes(files.cat_file(self._at(path), start=start, end=start + most))
        with files.open(self._at(path), "rb") as stream:
            stream.seek(start)
            return bytes(stream.read(most))

    def _asked(self, ask: Any) -> Any:
        try:
            if self._files is None:
                self._files = _connected(self.address)
            return ask(self._files)
        except (FileNotFoundError, UserError):
            raise
        except Exception as error:  # each library and each server has its own
            reason = _reason(error)
            raise (NoAccessError if reason == _NO_ACCESS else CutError)(reason) from error


def _connected(address: Address) -> Any:
    """Return the file system of an address; credentials are those its library finds."""
    try:
        import fsspec

        if address.protocol == "s3":
            return fsspec.filesystem(
                "s3",
                skip_instance_cache=True,
                use_listings_cache=False,
                config_kwargs={
                    "connect_timeout": _CONNECT_SECONDS,
                    "read_timeout": _SILENT_SECONDS,
                    "retries": {"max_attempts": 1},
                },
            )
        given = {"username": address.user, "port": address.port}
        return fsspec.filesystem(
            "ssh",
            skip_instance_cache=True,
            host=address.host,
            known_hosts=(),  # those of the user; sshfs would believe any host
            connect_timeout=_CONNECT_SECONDS,
            keepalive_interval=5,
            **{name: value for name, value in given.items() if value is not None},
        )
    except ImportError:
        raise UserError(
            f"{address.shown} needs {_NEEDS[address.protocol]}, which is not installed; "
            'type pip install "spcl[remote]"'
        ) from None


def _entry(raw: Mapping[str, Any]) -> Entry:
    changed = raw.get("LastModified") or raw.get("mtime")
    seconds = changed.timestamp() if isinstance(changed, datetime) else None
    size = int(raw.get("size") or 0)
    stamp = f"{size} {seconds} {raw.get('ETag', '')}"
    return Entry(raw["type"] == "directory", size, stamp, seconds)


def _reason(error: Exception) -> str:
    """Return why there was no answer, without what an address or a library may tell of keys."""
    names: Sequence[str] = [kind.__name__ for kind in type(error).__mro__]
    if "HostKeyNotVerifiable" in names:
        return "its host key is not among your known hosts; connect to it once with ssh"
    if any(name in _REFUSED for name in names):
        return _NO_ACCESS
    if isinstance(error, OSError) or any(
        "Connection" in name or "Timeout" in name for name in names
    ):
        return "no connection"
    return names[0]
