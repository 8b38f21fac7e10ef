"""Pages of a real browser: what they say and ask for, and one that all tests use."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

VIEWPORT = {"width": 1440, "height": 900}


@dataclass
class Watched:
    """A browser page with what it said on the console and where its requests went."""

    page: Any
    console: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)

    def listen(self) -> Callable[[], None]:
        """Begin to record; return what ends it."""
        heard: dict[str, Callable[[Any], None]] = {
            "request": lambda request: self.requests.append(request.url),
            "console": self._note,
            "pageerror": lambda error: self.console.append(str(error)),
        }
        for event, hear in heard.items():
            self.page.on(event, hear)

        def stop() -> None:
            for event, hear in heard.items():
                self.page.remove_listener(event, hear)

        return stop

    def _note(self, message: Any) -> None:
        if message.type == "error":
            self.console.append(f"{message.text} {message.location.get('url', '')}")

    @property
    def outside(self) -> list[str]:
        """Return the requests that left this machine (data: and blob: never do)."""
        local = ("127.0.0.1", "localhost", None)
        return [url for url in self.requests if urlsplit(url).hostname not in local]


class UsedPage:
    """A page that is opened again and again: what it has compiled and cached stays.

    That is two thirds of what a new page costs, some 3 seconds of computing.
    """

    def __init__(self, browser: Any) -> None:
        self.browser = browser
        self.page: Any = None  # none is open
        self.server = ""

    def as_new(self, url: str) -> Any:
        """Return the page, which shows nothing; what another server has sent is forgotten."""
        if self.page is None:
            self.page = self.browser.new_context(viewport=VIEWPORT).new_page()
        elif urlsplit(url).netloc != self.server:
            session = self.page.context.new_cdp_session(self.page)
            session.send("Network.clearBrowserCache")
            session.detach()
        self.server = urlsplit(url).netloc
        return self.page

    def leave(self) -> None:
        """Undo what a test may have done to the page, and go where nothing is."""
        if self.page.is_closed() or urlsplit(self.page.url).netloc != self.server:
            self.page.context.close()
            self.page = None
            return
        self.page.evaluate("localStorage.clear(); sessionStorage.clear()")
        self.page.goto("about:blank")
        self.page.set_viewport_size(VIEWPORT)
        self.page.emulate_media(media="null", color_scheme="null", reduced_motion="null")
        self.page.mouse.move(0, 0)
        self.page.context.clear_cookies()
        self.page.context.clear_permissions()
