"""Addresses of folders of runs elsewhere: which are allowed, and how pages name them."""

import re
from dataclasses import dataclass
from hashlib import sha256
from urllib.parse import SplitResult, unquote, urlsplit

from spcl.store.errors import UserError
from spcl.store.formats.text import one_line

_ALLOWED = "give s3://BUCKET/FOLDER or sftp://HOST/FOLDER, or a folder of this machine"
_HOME = "/~/"


@dataclass(frozen=True)
class Address:
    """Where runs stand elsewhere.

    Attributes:
        protocol: "s3" or "sftp".
        path: bucket and folder, or the folder on the host, relative to the home where it says "~".
        host: of SFTP, as `ssh` would be told.
        user: of SFTP; None is whoever the SSH configuration names.
        port: of SFTP; None is the one of the SSH configuration.
    """

    protocol: str
    path: str
    host: str = ""
    user: str | None = None
    port: int | None = None

    @property
    def shown(self) -> str:
        """Return the address without user and port, as pages may show it."""
        path = (
            self.path if self.protocol == "s3" or self.path.startswith("/") else f"/~/{self.path}"
        )
        return one_line(f"{self.protocol}://{self.host}{path}", 200)

    @property
    def parent(self) -> "Address":
        """Return the address of the folder above."""
        above = self.path.rpartition("/")[0] or ("/" if self.path.startswith("/") else ".")
        return Address(self.protocol, above, self.host, self.user, self.port)

    @property
    def name(self) -> str:
        """Return the last name of the path."""
        return self.path.rpartition("/")[2]

    @property
    def key(self) -> str:
        """Return the name of its folder in the cache."""
        return sha256(repr(self).encode(errors="surrogatepass")).hexdigest()[:20]


def is_address(text: str) -> bool:
    """Return whether `text` names something elsewhere rather than a folder of this machine."""
    return re.match(r"[A-Za-z][A-Za-z0-9+.-]*://", text) is not None


def parsed(text: str) -> Address:
    """Return the address that `text` is (UserError: none that is allowed, or with a password)."""
    try:
        split = urlsplit(text)
        port = split.port
    except ValueError:
        raise UserError(f"{_without_secret(text)} is no address; {_ALLOWED}") from None
    if split.password is not None or (split.scheme == "s3" and "@" in split.netloc):
        raise UserError(
            "an address holds no password or key, because it stays in the list of commands; leave "
            "it out: S3 and SSH find theirs as docs/elsewhere.md says"
        )
    if split.scheme in ("sftp", "ssh") and split.hostname:
        return _sftp(split, port)
    if split.scheme == "s3" and split.netloc:
        return Address("s3", _clean(f"{split.netloc}/{split.path}", text))
    raise UserError(f"{_without_secret(text)} is no address of runs; {_ALLOWED}")


def _sftp(split: SplitResult, port: int | None) -> Address:
    path = unquote(split.path)
    relative = path.removeprefix(_HOME) if path.startswith(_HOME) else None
    cleaned = _clean(path if relative is None else relative, split.geturl())
    user = unquote(split.username) if split.username else None
    return Address(
        "sftp", f"/{cleaned}" if relative is None else cleaned, split.hostname or "", user, port
    )


def _clean(path: str, given: str) -> str:
    """Return a path without empty parts; one that climbs is refused."""
    parts = [part for part in path.split("/") if part not in ("", ".")]
    if not parts or ".." in parts:
        raise UserError(f"{_without_secret(given)} names no folder; {_ALLOWED}")
    return "/".join(parts)


def _without_secret(text: str) -> str:
    return one_line(re.sub(r"//[^/]*@", "//", text), 120)
