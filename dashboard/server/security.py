"""The guard of every request: only names of this machine are served, only our resources load.

People who work through an SSH tunnel arrive as localhost with any port.
"""

import base64
import hashlib
import re
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

import streamlit
from starlette.datastructures import MutableHeaders
from starlette.responses import JSONResponse, PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

ALLOWED_HOSTS = frozenset({"127.0.0.1", "localhost"})
_DEEP_LINK = re.compile(r"^/[a-z]+/_stcore/(?:health|host-config)$")


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
    """Refuse foreign hosts and origins, add the security headers, answer deep links.

    A page opened at /live first asks whether the server runs below /live. The answer "null"
    means no and, unlike 404, leaves the browser's console clean.
    """

    def __init__(self, app: ASGIApp) -> None:
        """Guard `app`."""
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or answer 400."""
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        headers = {name.lower(): value.decode("latin-1") for name, value in scope["headers"]}
        if not _is_own(headers.get(b"host", ""), headers.get(b"origin")):
            await _refuse(scope, receive, send)
            return

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                _add_headers(MutableHeaders(scope=message))
            await send(message)

        if _DEEP_LINK.match(scope["path"]):
            await JSONResponse(None)(scope, receive, with_headers)
        else:
            await self.app(scope, receive, with_headers)


def _is_own(host: str, origin: str | None) -> bool:
    """Return whether host, and origin where given, name this machine (any port)."""
    if _hostname(f"//{host}") not in ALLOWED_HOSTS:
        return False
    return origin is None or _hostname(origin) in ALLOWED_HOSTS


def _hostname(address: str) -> str | None:
    try:
        return urlsplit(address).hostname
    except ValueError:
        return None


async def _refuse(scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] == "websocket":
        await receive()
        await send({"type": "websocket.close", "code": 1008})
        return
    text = "This address is not allowed; open the page as 127.0.0.1 or localhost."
    await PlainTextResponse(text, status_code=400)(scope, receive, send)


def _add_headers(headers: MutableHeaders) -> None:
    headers["Content-Security-Policy"] = content_policy()
    headers["X-Content-Type-Options"] = "nosniff"
    headers["Referrer-Policy"] = "no-referrer"
    headers["X-Frame-Options"] = "SAMEORIGIN"
