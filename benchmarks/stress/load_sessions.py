"""Tabs without a browser: web sockets that speak as Streamlit's page does; only the server works.

A tab asks for a page, changes to another, and looks again as often as the server tells it to. It
draws nothing and fetches no pictures: what it measures is the server's time alone.
"""

import asyncio
import contextlib
import time
from collections.abc import Iterator

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.asyncio.client import ClientConnection, connect

_LARGEST_MESSAGE = 2**28
_LONGEST_WAIT = 120.0
_APOLOGIES = ("This run cannot be shown", "holds something unexpected")


class Tab:
    """One session of the server, as a tab of a browser has it.

    Attributes:
        errors: sentences of pages that could not be drawn, and exceptions.
        looks: how often a part of the page was drawn by itself.
        received: bytes the server sent.
    """

    def __init__(self, port: int, query: str = "") -> None:
        """Prepare a tab of the server at `port`, whose address ends with `query`."""
        self._port = port
        self._query = query
        self._page = ""
        self._hashes: dict[str, str] = {}
        self._timers: dict[str, asyncio.Task[None]] = {}
        self._socket: ClientConnection | None = None
        self._reader: asyncio.Task[None] | None = None
        self._finished = asyncio.Event()
        self.errors: list[str] = []
        self.looks = 0
        self.received = 0

    async def open(self, page: str) -> float:
        """Connect and draw a page; return the seconds until all of it had arrived."""
        began = time.monotonic()
        self._socket = await connect(
            f"ws://127.0.0.1:{self._port}/_stcore/stream",
            origin=f"http://127.0.0.1:{self._port}",  # type: ignore[arg-type]
            subprotocols=["streamlit"],  # type: ignore[list-item]
            max_size=_LARGEST_MESSAGE,
            compression=None,
        )
        self._reader = asyncio.create_task(self._read())
        await self.turn_to(page)
        return time.monotonic() - began

    async def turn_to(self, page: str) -> float:
        """Draw a page; return the seconds until all of it had arrived."""
        began = time.monotonic()
        self._stop_timers()
        self._page = page
        message = BackMsg()
        message.rerun_script.query_string = self._query
        known = self._hashes.get(page)
        if known:
            message.rerun_script.page_script_hash = known
        else:
            message.rerun_script.page_name = page
        self._finished.clear()
        await self._send(message)
        assert self._reader is not None, "the tab is open"
        finished = asyncio.create_task(self._finished.wait())
        await asyncio.wait(
            (finished, self._reader), timeout=_LONGEST_WAIT, return_when=asyncio.FIRST_COMPLETED
        )
        if not finished.done():
            finished.cancel()
            said = self._reader.exception() if self._reader.done() else "no answer"
            raise RuntimeError(f"{page} was not drawn: {said}")
        return time.monotonic() - began

    async def close(self) -> None:
        """Close the tab."""
        self._stop_timers()
        if self._socket is not None:
            await self._socket.close()
        if self._reader is not None:
            self._reader.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._reader

    async def _send(self, message: BackMsg) -> None:
        assert self._socket is not None, "the tab is open"
        await self._socket.send(message.SerializeToString())

    async def _read(self) -> None:
        assert self._socket is not None, "the tab is open"
        async for content in self._socket:
            assert isinstance(content, bytes), "Streamlit sends bytes"
            self.received += len(content)
            message = ForwardMsg()
            message.ParseFromString(content)
            self._take(message)

    def _take(self, message: ForwardMsg) -> None:
        kind = message.WhichOneof("type")
        if kind == "new_session" and not message.metadata.run.fragment_ids:
            self._stop_timers()  # the whole page is drawn anew, and says anew what looks again
        elif kind == "navigation":
            pages = message.navigation.app_pages
            self._hashes = {page.url_pathname: page.page_script_hash for page in pages}
        elif kind == "auto_rerun":
            self._look_every(message.auto_rerun.fragment_id, message.auto_rerun.interval)
        elif kind == "stop_auto_rerun":
            for fragment in message.stop_auto_rerun.fragment_ids:
                self._stop(fragment)
        elif kind == "script_finished":
            if message.script_finished in (
                ForwardMsg.FINISHED_SUCCESSFULLY,
                ForwardMsg.FINISHED_WITH_COMPILE_ERROR,
            ):
                self._finished.set()
        elif kind == "delta":
            self.errors += _faults(message)

    def _look_every(self, fragment: str, seconds: float) -> None:
        self._stop(fragment)
        self._timers[fragment] = asyncio.create_task(self._look(fragment, seconds))

    async def _look(self, fragment: str, seconds: float) -> None:
        await asyncio.sleep(seconds)  # by then the pages are known
        message = BackMsg()
        message.rerun_script.query_string = self._query
        message.rerun_script.page_script_hash = self._hashes[self._page]
        message.rerun_script.fragment_id = fragment
        message.rerun_script.is_auto_rerun = True
        while True:
            self.looks += 1
            await self._send(message)
            await asyncio.sleep(seconds)

    def _stop_timers(self) -> None:
        for fragment in list(self._timers):
            self._stop(fragment)

    def _stop(self, fragment: str) -> None:
        if fragment in self._timers:
            self._timers.pop(fragment).cancel()


def _faults(message: ForwardMsg) -> Iterator[str]:
    element = message.delta.new_element
    kind = element.WhichOneof("type")
    if kind == "exception":
        yield element.exception.message
    elif kind in ("heading", "alert", "markdown"):
        body = getattr(element, kind).body
        yield from (body[:200] for apology in _APOLOGIES if apology in body)
