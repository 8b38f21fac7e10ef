"""Let go of tabs that were closed.

Streamlit keeps the state of a closed tab, and three open files, for two minutes: the connection of
a laptop may only have been asleep. But it looks for those whose time is up only when another tab is
closed, and leaves them to the collection of garbage, so up to 128 would stay with an idle server.
"""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator

from streamlit import runtime
from streamlit.web.server.starlette.starlette_app import App

KEPT_SECONDS = 90.0
"""How long a tab without a connection can come back; less than the time after which Streamlit
does not find it any more, though it is still there."""
LOOK_EVERY_SECONDS = 10.0


@contextlib.asynccontextmanager
async def letting_go(_: App) -> AsyncIterator[None]:
    """Look for closed tabs, in the loop that opens and closes them, until the server ends."""
    looking = asyncio.create_task(_look_for_ever())
    try:
        yield
    finally:
        looking.cancel()


async def _look_for_ever() -> None:
    closed_at: dict[str, float] = {}
    while True:
        await asyncio.sleep(LOOK_EVERY_SECONDS)
        if runtime.exists():
            closed_at = let_go(runtime.get_instance(), closed_at, time.monotonic())


def let_go(server: runtime.Runtime, closed_at: dict[str, float], now: float) -> dict[str, float]:
    """End the sessions of tabs closed long ago; return when each of the others was seen closed."""
    ids = [one.session.id for one in server._session_mgr.list_sessions()]
    closed = {one: closed_at.get(one, now) for one in ids if not server.is_active_session(one)}
    for session, since in list(closed.items()):
        if now - since >= KEPT_SECONDS:
            server.close_session(session)
            del closed[session]
    return closed
