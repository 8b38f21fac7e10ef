import asyncio
import http.client
import io
import json
import os
import socket
import threading
import time
from collections.abc import Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import numpy as np
import pytest
import uvicorn
from PIL import Image
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Message, Receive, Scope, Send

from dashboard.__main__ import folder_and_run, main
from dashboard.data import runs_folder
from dashboard.data.addresses import run_address
from dashboard.server import routes as server
from dashboard.server.security import Doors, Guard
from dashboard.server.serve import bind, doors_of
from spcl.store.derived.reader import DerivedReader, Layout
from spcl.store.derived.writer import DerivedWriter
from spcl.store.errors import UserError
from spcl.store.reader import Run
from tests.support.synthetic_run import write_synthetic_run

RUN = "20260101-000000-synthetic"


@dataclass(frozen=True)
class Answer:
    status_code: int
    headers: dict[str, str]
    content: bytes


@dataclass(frozen=True)
class Client:
    """Asks over a real socket, so that addresses arrive as they were written."""

    port: int

    def get(self, path: str, headers: dict[str, str] | None = None) -> Answer:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        connection.request("GET", path, headers=headers or {})
        got = connection.getresponse()
        answer = Answer(got.status, {k.lower(): v for k, v in got.getheaders()}, got.read())
        connection.close()
        return answer


def _awaited(work: Coroutine[Any, Any, None]) -> None:
    """Run a coroutine in a thread of its own: a browser's loop may run in this one."""
    with ThreadPoolExecutor(1) as pool:
        pool.submit(asyncio.run, work).result(timeout=10)


@pytest.fixture(scope="module")
def server_port() -> Iterator[int]:
    """Return the port of one server for all tests of this file: it keeps nothing of a run."""
    app = Starlette(routes=server.routes(), middleware=server.middleware())
    serving = uvicorn.Server(uvicorn.Config(app, log_level="error"))
    bound = bind(8800)
    thread = threading.Thread(target=serving.run, kwargs={"sockets": [bound]}, daemon=True)
    thread.start()
    while not serving.started:
        time.sleep(0.01)
    yield bound.getsockname()[1]
    serving.should_exit = True
    thread.join(timeout=10)


@pytest.fixture
def client(server_port: int, tmp_path: Path) -> Client:
    write_synthetic_run(tmp_path / "runs")
    runs_folder.use(tmp_path / "runs")
    return Client(server_port)


def test_the_root_leads_to_live_and_keeps_the_query(client: Client) -> None:
    answer = client.get("/?run=a&step=3")
    assert (answer.status_code, answer.headers["location"]) == (307, "/live?run=a&step=3")


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:8501", "127.0.0.1.evil.example", ""]
)
def test_a_foreign_host_is_refused(client: Client, host: str) -> None:
    assert client.get("/assets/live_lines/index.js", headers={"Host": host}).status_code == 400


@pytest.mark.parametrize("host", ["127.0.0.1:1", "localhost", "localhost:9999"])
def test_this_machine_is_served_on_any_port(client: Client, host: str) -> None:
    assert client.get("/assets/live_lines/index.js", headers={"Host": host}).status_code == 200


def test_a_foreign_origin_is_refused(client: Client) -> None:
    headers = {"Origin": "http://evil.example"}
    assert client.get("/assets/live_lines/index.js", headers=headers).status_code == 400


@pytest.mark.parametrize(
    ("origin", "host", "status"),
    [
        ("http://localhost:9999", "localhost:9999", 200),  # through an SSH tunnel
        ("http://localhost:9999", "127.0.0.1:8501", 400),  # another server of this machine
        ("http://localhost:9999", "localhost:8501", 400),
        ("http://127.0.0.1:8501", "localhost:8501", 400),
        ("https://localhost", "localhost", 200),
        ("http://localhost:80", "localhost", 200),
        ("http://localhost:81", "localhost", 400),
        ("null", "localhost:8501", 400),
        ("", "localhost:8501", 400),
        ("http://localhost:x", "localhost:8501", 400),
    ],
)
def test_only_pages_of_the_port_a_person_came_through_may_ask(
    client: Client, origin: str, host: str, status: int
) -> None:
    headers = {"Origin": origin, "Host": host}
    assert client.get("/assets/live_lines/index.js", headers=headers).status_code == status


def _socket_answer(doors: Doors, host: str, origin: str | None) -> str:
    """Return what a web socket is sent first: accepted by the app, or closed by the guard."""
    sent: list[str] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        assert all(name != b"origin" for name, _ in scope["headers"])
        await send({"type": "websocket.accept"})

    async def receive() -> Message:
        return {"type": "websocket.connect"}

    async def send(message: Message) -> None:
        sent.append(str(message["type"]))

    headers = [(b"host", host.encode())]
    headers += [] if origin is None else [(b"origin", origin.encode())]
    scope = {"type": "websocket", "path": "/_stcore/stream", "headers": headers}
    _awaited(Guard(app, doors)(scope, receive, send))
    return sent[0].removeprefix("websocket.")


@pytest.mark.parametrize(
    ("names", "host", "origin", "answer"),
    [
        ((), "localhost:8501", "http://localhost:8501", "accept"),
        ((), "localhost:8501", "http://localhost:9999", "close"),
        ((), "localhost:8501", None, "close"),
        ((), "hub.example", "https://hub.example", "close"),
        (("hub.example",), "hub.example", "https://hub.example", "accept"),
        (("hub.example",), "127.0.0.1:8501", "https://hub.example", "accept"),
        (("hub.example",), "127.0.0.1:8501", "https://hub.example:9999", "close"),
        (("hub.example:9999",), "127.0.0.1:8501", "https://hub.example:9999", "accept"),
    ],
)
def test_a_web_socket_needs_an_origin_of_ours(
    names: tuple[str, ...], host: str, origin: str | None, answer: str
) -> None:
    assert _socket_answer(doors_of("127.0.0.1", names, ""), host, origin) == answer


def test_who_listens_everywhere_is_reached_by_numbers_but_by_no_foreign_name() -> None:
    doors = doors_of("0.0.0.0", (), "")
    assert doors.has_host("192.0.2.7:8501")
    assert not doors.has_host("evil.example:8501")
    assert not doors_of("127.0.0.1", (), "").has_host("192.0.2.7:8501")


def _below(path: str) -> tuple[int, str]:
    """Return status and redirection of a server below /x/y."""
    got: list[Message] = []

    async def receive() -> Message:
        return {"type": "http.request"}

    async def send(message: Message) -> None:
        got.append(message)

    app = Starlette(routes=server.routes(), middleware=server.middleware(Doors(base_path="/x/y")))
    headers = [(b"host", b"localhost")]
    scope = {
        "type": "http", "method": "GET", "path": path, "raw_path": path.encode(),
        "query_string": b"run=a", "headers": headers, "root_path": "",
    }  # fmt: skip
    _awaited(app(scope, receive, send))
    location = dict(got[0]["headers"]).get(b"location", b"")
    return got[0]["status"], location.decode()


@pytest.mark.parametrize("prefix", ["", "/x/y"])
def test_below_a_path_both_a_kept_and_a_stripped_prefix_are_answered(prefix: str) -> None:
    assert _below(f"{prefix}/assets/live_lines/index.js")[0] == 200
    assert _below(f"{prefix}/live/_stcore/health")[0] == 200
    assert _below(f"{prefix}/") == (307, "/x/y/live?run=a")


def test_a_path_that_only_begins_alike_is_none_of_ours() -> None:
    assert _below("/x/yz/assets/live_lines/index.js")[0] == 404


def test_every_answer_carries_the_policy(client: Client) -> None:
    policy = client.get("/assets/live_lines/index.js").headers["content-security-policy"]
    assert "default-src 'self'" in policy
    assert "http:" not in policy
    assert "unsafe-inline" not in policy.split("script-src")[1].split(";")[0]


def test_a_deep_link_is_told_that_the_server_is_not_below_it(client: Client) -> None:
    for name in ("health", "host-config"):
        answer = client.get(f"/live/_stcore/{name}")
        assert (answer.status_code, answer.content) == (200, b"null")


def test_masks_are_given_byte_for_byte(client: Client, tmp_path: Path) -> None:
    path = Run(tmp_path / "runs" / RUN).snapshot(40).mask_path("target-frame_0")
    answer = client.get(f"/api/runs/{RUN}/snapshots/40/masks/target-frame_0.png")
    assert answer.content == path.read_bytes()
    assert answer.headers["content-type"] == "image/png"
    assert answer.headers["content-encoding"] == "identity"


def test_safe_colours_change_the_palette_and_no_pixel(client: Client) -> None:
    url = f"/api/runs/{RUN}/snapshots/40/masks/target-frame_0.png"
    plain, safe = (
        Image.open(io.BytesIO(client.get(u).content)) for u in (url, f"{url}?palette=safe")
    )
    assert np.array_equal(np.asarray(plain), np.asarray(safe))
    assert safe.getpalette()[:3] == [0x49, 0x34, 0x35]  # type: ignore[index]
    assert plain.getpalette()[:3] == [128, 64, 128]  # type: ignore[index]


@pytest.mark.parametrize(
    "name",
    [
        "probe/source-frame_0.png",
        "probe/source-frame_0.label.png",
        "snapshots/0/masks/target-frame_1.confidence.png",
    ],
)
def test_recorded_pictures_are_given(client: Client, name: str) -> None:
    assert client.get(f"/api/runs/{RUN}/{name}").content.startswith(b"\x89PNG")


def test_a_known_file_is_not_sent_twice(client: Client) -> None:
    url = f"/api/runs/{RUN}/probe/source-frame_0.png"
    first = client.get(url)
    again = client.get(url, headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert "immutable" in client.get(f"{url}?v=1").headers["cache-control"]
    assert "immutable" not in first.headers["cache-control"]


def test_modules_come_from_a_component_and_from_a_room_in_it(client: Client) -> None:
    for path in ("/assets/story/index.js", "/assets/story/pictures/maps.js"):
        assert client.get(path).status_code == 200


@pytest.mark.parametrize(
    "path",
    [
        f"/api/runs/{RUN}/probe/probe.json",
        f"/api/runs/{RUN}/probe/nothing.png",
        f"/api/runs/{RUN}/probe/..%2Frun.json",
        f"/api/runs/{RUN}/probe/%2e%2e",
        f"/api/runs/{RUN}/snapshots/7/masks/target-frame_0.png",
        f"/api/runs/..%2F{RUN}/probe/source-frame_0.png",
        "/api/runs/..%2f..%2fetc/probe/passwd",
        "/api/runs/nothing/metrics",
        "/assets/live_lines/..%2Floader.py",
        "/assets/..%2Fapp.py",
        "/assets/loader.py",
        "/assets/shared/__init__.py",
        "/assets/live_lines/live_lines.py",
        "/assets/story/payload/maps.py",
        "/assets/story/nothing/maps.js",
        "/assets/story/story.js/maps.js",
        "/assets/story/..%2Fshared/dom.js",
        "/assets/story/../shared/dom.js",
    ],
)
def test_nothing_but_listed_files_is_given(client: Client, path: str) -> None:
    assert client.get(path).status_code == 404


def test_a_link_out_of_the_run_is_not_followed(client: Client, tmp_path: Path) -> None:
    (tmp_path / "secret.png").write_bytes(b"secret")
    (tmp_path / "runs" / RUN / "probe" / "link.png").symlink_to(tmp_path / "secret.png")
    assert client.get(f"/api/runs/{RUN}/probe/link.png").status_code == 404


def test_positions_are_raw_little_endian(client: Client, tmp_path: Path) -> None:
    layout = Layout("pca", "abc", {}, 0, 2, 1, 0.5, steps={10: {}})
    writer = DerivedWriter(Run(tmp_path / "runs" / RUN))
    writer.write_positions(layout, 10, np.array([[1, 2], [3, 4], [np.nan, 0]]))
    writer.write_layout(layout)
    answer = client.get(f"/api/runs/{RUN}/projections/{layout.name}/10.bin")
    places = np.frombuffer(answer.content, "<i2").reshape(-1, 2)
    assert places.tolist() == [[2, 4], [6, 8], [-32768, 0]]
    assert client.get(f"/api/runs/{RUN}/projections/{layout.name}/11.bin").status_code == 404
    assert client.get(f"/api/runs/{RUN}/projections/other/10.bin").status_code == 404


def test_metrics_give_only_what_is_new(client: Client) -> None:
    answer = client.get(f"/api/runs/{RUN}/metrics?since=37")
    columns = answer.headers["x-columns"].split(",")
    rows = np.frombuffer(answer.content, "<f4").reshape(-1, len(columns))
    assert columns == ["step", "time", "loss/contrast", "loss/segmentation", "loss/total"]
    assert rows[:, 0].tolist() == [38, 39, 40]
    assert rows[-1, 4] == np.float32(3 / 40 + 0.5)


def test_any_recorded_scalar_can_be_asked_for_over_hours(client: Client, tmp_path: Path) -> None:
    row = {"step": 41, "time": "2026-01-01T02:00:00Z", "gpu/memory_gib": 3.5, "threshold": [0.9]}
    path = tmp_path / "runs" / RUN / "metrics.jsonl"
    first = {"step": 1, "time": "2026-01-01T00:30:00Z", "loss/total": 1.0}
    path.write_text("".join(json.dumps(one) + "\n" for one in (first, row)))
    answer = client.get(f"/api/runs/{RUN}/metrics?since=1&of=gpu/memory_gib")
    assert answer.headers["x-columns"] == "step,time,gpu/memory_gib"
    assert answer.headers["x-scalars"] == "gpu/memory_gib,loss/total"
    assert np.frombuffer(answer.content, "<f4").tolist() == [41, 1.5, 3.5]
    plain = client.get(f"/api/runs/{RUN}/metrics")
    assert plain.headers["x-columns"] == "step,time,loss/total"
    assert plain.headers["x-scalars"] == "gpu/memory_gib,loss/total"


@pytest.mark.parametrize(
    "path", ["snapshots/{}/masks/target-frame_0.png", "projections/pca/{}.bin", "metrics?since={}"]
)
@pytest.mark.parametrize("step", ["9" * 5000, "1e3", "-4", "%C2%B2"])
def test_steps_that_are_none_are_refused_in_a_sentence(
    client: Client, path: str, step: str
) -> None:
    assert client.get(f"/api/runs/{RUN}/{path.format(step)}").status_code in (400, 404)


def _npy(shape: str, descr: str = "<i2") -> bytes:
    header = f"{{'descr': '{descr}', 'fortran_order': False, 'shape': {shape}, }}".encode()
    return b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header + b"\0" * 16


@pytest.mark.parametrize(
    "content",
    [
        b"", b"garbage", _npy("(4, 2)")[:-1], _npy("(1000000000000, 2)"), _npy("(4,)"),
        _npy("(4, 2)", "|O"), _npy("(((((("), b"\x93NUMPY\x01\x00\xff\xff{",
    ],
)  # fmt: skip
def test_damaged_positions_are_no_positions(tmp_path: Path, content: bytes) -> None:
    layout = Layout("pca", "recipe", {}, seed=0, num_pixels=4, num_prototypes=0, scale=1.0)
    derived = DerivedReader(Run(write_synthetic_run(tmp_path)))
    path = derived.positions_path(layout, 0)
    path.parent.mkdir(parents=True)
    path.write_bytes(content)
    assert derived.stored_positions(layout, 0) is None
    path.write_bytes(_npy("(4, 2)"))
    assert derived.stored_positions(layout, 0) is not None


def test_strange_metrics_are_nan_and_take_no_row_down(client: Client, tmp_path: Path) -> None:
    rows = [
        {"step": 41, "loss/total": 1e308, "loss/a\r\nb": 1, "loss/\u732b": 2},
        {"step": [42], "loss/total": 1},
        {"step": 43, "loss/total": True, "loss/a\r\nb": "x", "loss/\u732b": 10**400},
        {"step": 10**400},
    ]
    with (tmp_path / "runs" / RUN / "metrics.jsonl").open("a") as stream:
        stream.writelines(json.dumps(row) + "\n" for row in rows)
    answer = client.get(f"/api/runs/{RUN}/metrics?since=40")
    columns = [unquote(name) for name in answer.headers["x-columns"].split(",")]
    assert columns == ["step", "time", "loss/a\ufffd\nb", "loss/total", "loss/\u732b"]
    values = np.frombuffer(answer.content, "<f4").reshape(-1, 5)
    wanted = [[41, np.nan, 1, np.nan, 2], [43, *[np.nan] * 4]]
    assert np.array_equal(values, wanted, equal_nan=True)


@pytest.mark.parametrize("name", [b"a\tb", b"%2e%2e%2f", "\u732b \xe9".encode(), b"caf\xe9"])
def test_runs_of_odd_names_are_found_by_their_address(
    client: Client, tmp_path: Path, name: bytes
) -> None:
    folder = tmp_path / "runs"
    (folder / RUN).rename(folder / os.fsdecode(name))
    address = run_address(os.fsdecode(name))
    assert address.isascii()
    assert client.get(f"{address}/probe/source-frame_0.png").status_code == 200


def test_whatever_a_run_makes_a_route_raise_is_a_sentence() -> None:
    def broken(request: Request) -> Response:
        raise RuntimeError("whatever")

    answer = server.answered(broken)(Request({"type": "http"}))
    assert (answer.status_code, b"cannot be read" in bytes(answer.body)) == (404, True)


def test_nothing_new_is_an_empty_answer(client: Client) -> None:
    assert client.get(f"/api/runs/{RUN}/metrics?since=40").status_code == 204
    assert client.get(f"/api/runs/{RUN}/metrics?since=x").status_code == 400


def test_a_port_in_use_takes_the_next() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with bind(port) as found:
            address, chosen = found.getsockname()
    assert address == "127.0.0.1"
    assert port < chosen <= port + 100


def test_a_missing_folder_is_made(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert folder_and_run(tmp_path / "new" / "runs") == (tmp_path / "new" / "runs", None)
    assert "did not exist and was made" in capsys.readouterr().out


def test_a_run_instead_of_a_folder_of_runs_is_opened(tmp_path: Path) -> None:
    path = write_synthetic_run(tmp_path)
    assert folder_and_run(path) == (tmp_path, RUN)


def test_a_file_instead_of_a_folder_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(UserError, match="cannot be read as a folder of runs"):
        folder_and_run(tmp_path / "file")


@pytest.mark.parametrize(
    "words",
    [
        ["--allow-host", "a/b"],
        ["--base-path", "/x/../y"],
        ["--port", "x"],
        ["--port", "0"],
        ["--prot", "1"],
        ["a", "b"],
    ],
)
def test_wrong_words_end_with_2_and_one_sentence(
    words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(words) == 2
    assert len(capsys.readouterr().err.strip().splitlines()) == 1
