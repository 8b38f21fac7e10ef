"""A proxy that shows a server below a path, as JupyterHub (prefix kept) and nginx (stripped) do."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def proxy_below(prefix: str, port: int, *, strips: bool) -> Iterator[str]:
    """Yield the address under which the server on `port` answers below `prefix`, and only there.

    Args:
        prefix: e.g. "/hub/user".
        port: of the server on this machine.
        strips: whether the server sees its own paths, without the prefix.
    """
    loop = asyncio.new_event_loop()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await _forward(reader, writer, prefix=prefix, port=port, strips=strips)

    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    starting = asyncio.start_server(serve, "127.0.0.1", 0)
    server = asyncio.run_coroutine_threadsafe(starting, loop).result(timeout=10)
    yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}{prefix}"
    asyncio.run_coroutine_threadsafe(_end_all(), loop).result(timeout=10)
    loop.call_soon_threadsafe(loop.stop)
    thread.join(timeout=10)


async def _end_all() -> None:
    """End the web sockets that are still open."""
    tasks = asyncio.all_tasks() - {asyncio.current_task()}
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


async def _forward(
    reader: asyncio.StreamReader,
    writer: asyncio.StreamWriter,
    *,
    prefix: str,
    port: int,
    strips: bool,
) -> None:
    """Pass one request on, and its answer or its web socket back."""
    try:
        head = await reader.readuntil(b"\r\n\r\n")
    except (asyncio.IncompleteReadError, ConnectionError):
        writer.close()
        return
    method, path, rest = head.split(b" ", 2)
    if not path.startswith(prefix.encode() + b"/"):
        writer.write(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        await writer.drain()
        writer.close()
        return
    if strips:
        path = path.removeprefix(prefix.encode())
    if b"upgrade: websocket" not in rest.lower():
        rest = rest.replace(b"keep-alive", b"close")  # one request a connection
    ours, theirs = await asyncio.open_connection("127.0.0.1", port)
    theirs.write(b" ".join((method, path, rest)))
    await asyncio.gather(_copy(reader, theirs), _copy(ours, writer), return_exceptions=True)


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while content := await reader.read(65536):
            writer.write(content)
            await writer.drain()
    finally:
        writer.close()
