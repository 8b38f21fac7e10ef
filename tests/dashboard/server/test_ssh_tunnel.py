"""Through the tunnel that docs/elsewhere.md tells, the pages work as they do over there."""

import re
import shlex
import subprocess
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

import pytest

from tests import ROOT
from tests.support.elsewhere import free_port, wait_until
from tests.support.ssh_server import ssh_server

pytestmark = [pytest.mark.slow, pytest.mark.browser]


def told() -> list[str]:
    """Return the words of the command after `ssh`, as the page tells them."""
    text = (ROOT / "docs" / "elsewhere.md").read_text(encoding="utf-8")
    found = re.search(r"^ssh (-N -L .*)$", text, flags=re.M)
    assert found is not None
    return shlex.split(found[1])


@pytest.fixture
def tunnel(tmp_path: Path, analyzed_url: str):
    """Return the address of the dashboard at the near end of a tunnel, at a port of its own."""
    port = free_port()
    with ssh_server(tmp_path / "ssh") as server:
        there = f"127.0.0.1:{urlsplit(analyzed_url).port}"
        words = {"8501:127.0.0.1:8501": f"{port}:{there}", "you@training-machine": server.name}
        command = [*server.command, *(words.get(word, word) for word in told())]
        ended = subprocess.Popen(command, stdin=subprocess.DEVNULL)
        try:
            wait_until(lambda: answers(port) or ended.poll() is not None)
            assert ended.poll() is None, "ssh came back"
            yield f"http://127.0.0.1:{port}"
        finally:
            ended.terminate()
            ended.wait(timeout=10)


def answers(port: int) -> bool:
    try:
        with urlopen(f"http://127.0.0.1:{port}/_stcore/health", timeout=5) as answer:
            return answer.status == 200
    except OSError:
        return False


@pytest.mark.long
def test_pages_pictures_and_live_updates_come_through_the_tunnel(tunnel, open_browser):
    shown = open_browser(f"{tunnel}/masks")
    shown.page.locator("[data-chart=mask-viewer][data-step='40']").wait_for()
    shown.page.goto(f"{tunnel.replace('127.0.0.1', 'localhost')}/live")
    shown.page.get_by_text("Finished in").first.wait_for()
    hosts = {urlsplit(address).netloc for address in shown.requests}
    port = urlsplit(tunnel).port
    assert hosts <= {f"127.0.0.1:{port}", f"localhost:{port}", ""}
    assert shown.console == []


def test_another_website_does_not_come_through_it(tunnel):
    request = Request(f"{tunnel}/live", headers={"Host": "evil.example"})
    with pytest.raises(OSError, match="400"):
        urlopen(request, timeout=10)
