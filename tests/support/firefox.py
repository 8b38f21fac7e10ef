"""Firefox driven by the W3C's WebDriver BiDi, which it speaks itself: no driver is needed.

Just what a test of a page needs: open, ask by a script, press and drag, take a picture, listen.
Commands and events: https://www.w3.org/TR/webdriver-bidi/
"""

import base64
import json
import re
import subprocess
import time
from pathlib import Path
from typing import Any, Self

from websockets.sync.client import ClientConnection, connect

_LISTENING = re.compile(r"WebDriver BiDi listening on (ws://\S+)")
_NO_NETWORK = """
user_pref("network.proxy.type", 1);
user_pref("network.proxy.http", "127.0.0.1");
user_pref("network.proxy.http_port", 9);
user_pref("network.proxy.ssl", "127.0.0.1");
user_pref("network.proxy.ssl_port", 9);
user_pref("ui.prefersReducedMotion", 1);
user_pref("app.update.enabled", false);
user_pref("datareporting.policy.dataSubmissionEnabled", false);
user_pref("browser.shell.checkDefaultBrowser", false);
"""
_LARGEST_MESSAGE = 2**27
_PATIENCE = 60.0


class Firefox:
    """One headless window without any network."""

    def __init__(self, program: str, profile: Path) -> None:
        """Start it with a profile of its own; `profile` is an empty folder."""
        (profile / "user.js").write_text(_NO_NETWORK, encoding="utf-8")
        words = [program, "--headless", "--no-remote", "--profile", str(profile)]
        self._log = (profile / "stderr.txt").open("w+", encoding="utf-8")
        self._process = subprocess.Popen(
            [*words, "--remote-debugging-port", "0", "--width", "1440", "--height", "900"],
            stdout=subprocess.DEVNULL,
            stderr=self._log,
        )
        self._number = 0
        self.errors: list[str] = []
        """What pages complained about on the console."""
        self._socket: ClientConnection = connect(
            f"{self._address(profile / 'stderr.txt')}/session", max_size=_LARGEST_MESSAGE
        )
        self._command("session.new", capabilities={})
        self._command("session.subscribe", events=["log.entryAdded"])
        tree = self._command("browsingContext.getTree")
        self._context = tree["contexts"][0]["context"]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self._socket.close()
        self._process.kill()
        self._process.wait()
        self._log.close()

    def open(self, url: str) -> None:
        """Go to an address and wait until it has loaded."""
        self._command("browsingContext.navigate", context=self._context, url=url, wait="complete")

    def ask(self, expression: str) -> Any:
        """Return the value of an expression in the page, through JSON."""
        answer = self._command(
            "script.evaluate",
            expression=f"(async () => JSON.stringify(await ({expression}) ?? null))()",
            target={"context": self._context},
            awaitPromise=True,
        )
        assert answer["type"] == "success", answer
        return json.loads(answer["result"]["value"])

    def wait_for(self, expression: str) -> None:
        """Wait until an expression is true."""
        end = time.monotonic() + _PATIENCE
        while not self.ask(f"Boolean({expression})"):
            assert time.monotonic() < end, f"still not true: {expression}"
            time.sleep(0.1)

    def press(self, key: str) -> None:
        """Press a key, named by its code point in the WebDriver standard."""
        actions = [{"type": "keyDown", "value": key}, {"type": "keyUp", "value": key}]
        self._perform({"type": "key", "id": "keyboard", "actions": actions})

    def drag(self, *places: tuple[float, float]) -> None:
        """Drag with the mouse along places of the window, in pixels."""
        moves = [
            {"type": "pointerMove", "x": round(x), "y": round(y), "duration": 30} for x, y in places
        ]
        down, up = ({"type": name, "button": 0} for name in ("pointerDown", "pointerUp"))
        self._perform(
            {"type": "pointer", "id": "mouse", "actions": [moves[0], down, *moves[1:], up]}
        )

    def picture(self) -> bytes:
        """Return what is seen, as PNG."""
        shot = self._command("browsingContext.captureScreenshot", context=self._context)
        return base64.b64decode(shot["data"])

    def _perform(self, source: dict[str, Any]) -> None:
        self._command("input.performActions", context=self._context, actions=[source])

    def _address(self, log: Path) -> str:
        end = time.monotonic() + _PATIENCE
        while not (found := _LISTENING.search(log.read_text(encoding="utf-8"))):
            assert self._process.poll() is None, f"Firefox ended: {log.read_text()[-500:]}"
            assert time.monotonic() < end, "Firefox does not listen"
            time.sleep(0.1)
        return found[1]

    def _command(self, method: str, **parameters: Any) -> dict[str, Any]:
        self._number += 1
        command = {"id": self._number, "method": method, "params": parameters}
        self._socket.send(json.dumps(command))
        while True:
            message: dict[str, Any] = json.loads(self._socket.recv(timeout=_PATIENCE))
            if message.get("method") == "log.entryAdded":
                entry = message["params"]
                if entry["level"] == "error":
                    self.errors.append(str(entry.get("text")))
            elif message.get("id") == self._number:
                assert message["type"] == "success", message
                answer: dict[str, Any] = message["result"]
                return answer
