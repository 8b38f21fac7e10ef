import http.client
import io
import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
import uvicorn
from PIL import Image
from starlette.applications import Starlette

from dashboard.__main__ import folder_and_run, main
from dashboard.data import runs_folder
from dashboard.server import routes as server
from dashboard.server.serve import bind
from spcl.store.derived.reader import Layout
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
    assert columns == ["step", "loss/contrast", "loss/segmentation", "loss/total"]
    assert rows[:, 0].tolist() == [38, 39, 40]
    assert rows[-1, 3] == np.float32(3 / 40 + 0.5)


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


@pytest.mark.parametrize("words", [["--port", "x"], ["--port", "0"], ["--prot", "1"], ["a", "b"]])
def test_wrong_words_end_with_2_and_one_sentence(
    words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(words) == 2
    assert len(capsys.readouterr().err.strip().splitlines()) == 1
