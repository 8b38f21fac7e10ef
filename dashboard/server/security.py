"""The guard of every request: only names the person allowed are served, only to our own pages.

People who work through an SSH tunnel arrive as localhost with any port.
"""

import base64
import hashlib
import re
from collections.abc import Collection
from dataclasses import dataclass
from functools import cache
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import SplitResult, urlsplit

import streamlit
from starlette.datastructures import MutableHeaders
from starlette.responses import JSONResponse, PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

THIS_MACHINE = frozenset({"127.0.0.1", "localhost", "::1"})
_DEFAULT_PORTS = {"http": 80, "https": 443}
_DEEP_LINK = re.compile(r"^/[a-z]+/_stcore/(?:health|host-config)$")


@dataclass(frozen=True)
class Doors:
    """By which names, and from which pages, the server may be reached.

    Attributes:
        names: further names or NAME:PORT of this server, in lower case.
        any_ip: whether any number address is ours, as on a server that listens on all of them. A
            name that an attacker points at this machine is not a number, so none is let in by it.
        base_path: "" or "/x/y", which a proxy in front strips or keeps.
    """

    names: frozenset[str] = frozenset()
    any_ip: bool = False
    base_path: str = ""

    def has_host(self, host: str) -> bool:
        """Return whether a `Host` header names this server, on any port."""
        name = _split(f"//{host}")
        if name is None or not name.hostname:
            return False
        if name.hostname in THIS_MACHINE | {_split_name(own) for own in self.names}:
            return True
        return self.any_ip and _is_ip(name.hostname)

    def has_origin(self, origin: str, host: str) -> bool:
        """Return whether a page of `origin` is ours: the host it asks, or an allowed name.

        Another web server of this machine has another port, so the port counts.
        """
        page, asked = _split(origin), _split(f"//{host}")
        if page is None or asked is None or page.scheme not in _DEFAULT_PORTS or not page.hostname:
            return False
        if page.hostname == asked.hostname and _port(page) in _ports(asked):
            return True
        allowed = (_split(f"//{own}") for own in self.names)
        return any(
            own is not None and own.hostname == page.hostname and _port(page) in _ports(own)
            for own in allowed
        )


def _split(address: str) -> SplitResult | None:
    try:
        split = urlsplit(address)
        _ = split.port  # says here that it is none
    except ValueError:
        return None
    return split


def _split_name(address: str) -> str | None:
    split = _split(f"//{address}")
    return split.hostname if split else None


def _port(page: SplitResult) -> int:
    return page.port or _DEFAULT_PORTS[page.scheme]


def _ports(address: SplitResult) -> Collection[int]:
    """Return the ports an address without a scheme may mean."""
    return (address.port,) if address.port else _DEFAULT_PORTS.values()


def _is_ip(name: str) -> bool:
    try:
        ip_address(name)
    except ValueError:
        return False
    return True


@cache
def content_policy() -> str:
    """Return the content security policy: this server only, plus what Streamlit needs."""
    hashes = " ".join(f"'sha256-{digest}'" for digest in _inline_scripts())
    return "; ".join(
        (
            "default-src 'self'",
            f"script-src 'self' 'unsafe-eval' blob: {hashes}",
            "style-src 'self' 'unsafe-inline'",
            "img-src 'self' data: blob:",
            "font-src 'self' data:",
            "connect-src 'self' blob: data:",
            "worker-src 'self' blob:",
            "object-src 'none'",
            "base-uri 'self'",
            "form-action 'self'",
            "frame-ancestors 'self'",
        )
    )


def _inline_scripts() -> list[str]:
    """Return the hashes of the inline scripts of Streamlit's own page."""
    page = Path(streamlit.__file__).parent / "static" / "index.html"
    scripts = re.findall(r"<script>(.*?)</script>", page.read_text("utf-8"), re.DOTALL)
    digests = [hashlib.sha256(script.encode()).digest() for script in scripts]
    return [base64.b64encode(digest).decode() for digest in digests]


class Guard:
    """Refuse foreign hosts and origins, take off the base path, add the security headers.

    A page opened at /live first asks whether the server runs below /live. The answer "null"
    means no and, unlike 404, leaves the browser's console clean.
    """

    def __init__(self, app: ASGIApp, doors: Doors | None = None) -> None:
        """Guard `app`; without `doors` it is reached by the names of this machine alone."""
        self.app = app
        self.doors = doors or Doors()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or answer 400."""
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        refusal = self._refusal(scope)
        if refusal:
            await _refuse(refusal, scope, receive, send)
            return

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                _add_headers(MutableHeaders(scope=message), self.doors.base_path)
            await send(message)

        scope = _inner(scope, self.doors.base_path)
        if _DEEP_LINK.match(scope["path"]):
            await JSONResponse(None)(scope, receive, with_headers)
        else:
            await self.app(scope, receive, with_headers)

    def _refusal(self, scope: Scope) -> str | None:
        """Return why a request is refused; a web socket without origin is none of a browser."""
        headers = {name.lower(): value.decode("latin-1") for name, value in scope["headers"]}
        host, origin = headers.get(b"host", ""), headers.get(b"origin")
        if not self.doors.has_host(host):
            return (
                "This address is not allowed; open the page as 127.0.0.1 or localhost, or start "
                "the dashboard with --allow-host and the name you use."
            )
        if origin is None:
            return "A web socket needs an origin." if scope["type"] == "websocket" else None
        if not self.doors.has_origin(origin, host):
            return "Another website asked for this; only the pages of this dashboard may."
        return None


def _inner(scope: Scope, base_path: str) -> Scope:
    """Return the request as the app knows it: below no path, from a page of its own.

    Streamlit compares the origin with the host once more, and a proxy may have changed the host.
    """
    headers = [pair for pair in scope["headers"] if pair[0].lower() != b"origin"]
    inner = {**scope, "headers": headers if scope["type"] == "websocket" else scope["headers"]}
    path = str(scope["path"])
    if base_path and (path == base_path or path.startswith(f"{base_path}/")):
        inner["path"] = path.removeprefix(base_path) or "/"
        raw = scope.get("raw_path") or b""
        inner["raw_path"] = raw.removeprefix(base_path.encode()) or b"/"
    return inner


async def _refuse(sentence: str, scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] == "websocket":
        await receive()
        await send({"type": "websocket.close", "code": 1008})
        return
    await PlainTextResponse(sentence, status_code=400)(scope, receive, send)


def _add_headers(headers: MutableHeaders, base_path: str) -> None:
    headers["Content-Security-Policy"] = content_policy()
    headers["X-Content-Type-Options"] = "nosniff"
    headers["Referrer-Policy"] = "no-referrer"
    headers["X-Frame-Options"] = "SAMEORIGIN"
    location = headers.get("location", "")
    if base_path and location.startswith("/"):
        headers["Location"] = base_path + location
