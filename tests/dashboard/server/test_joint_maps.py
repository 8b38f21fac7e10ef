"""A map that a page asks for is made by a process, which says how far it is and why it failed."""

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from dashboard.data.compared import requests
from dashboard.data.compared.requests import Asked, JointRequest
from dashboard.server.joint_maps import JointMaps, command_for
from dashboard.text.compared import maps as words


@pytest.fixture(autouse=True)
def nobody_asked_before(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(requests, "_asked", {})


def request(tmp_path: Path, step: int) -> JointRequest:
    return JointRequest(tmp_path / "one", step, tmp_path / "two", 20)


def speaking(lines: str, code: int) -> "subprocess.Popen[bytes]":
    program = f"import sys; sys.stderr.write({lines!r}); sys.exit({code})"
    return subprocess.Popen([sys.executable, "-c", program], stderr=subprocess.PIPE)


def test_a_map_is_made_once_it_is_asked_for(tmp_path: Path) -> None:
    asked = request(tmp_path, 1)
    started: list[Sequence[str]] = []

    def start(command: Sequence[str]) -> "subprocess.Popen[bytes]":
        started.append(command)
        assert requests.asked(asked) == Asked("working")
        return speaking("one layout of both: 2 of 5\n", 0)

    maps = JointMaps(start)
    assert not maps.make_one()
    requests.ask(asked)
    requests.ask(asked)
    assert requests.asked(asked) == Asked("waiting")
    assert maps.make_one()
    assert not maps.make_one()
    assert started == [command_for(asked)]
    assert command_for(asked)[3:] == [
        "1", "--beside", str((tmp_path / "two").resolve()), "--beside-step", "20",
    ]  # fmt: skip
    assert requests.asked(asked) is None


def test_a_failure_is_told_and_may_be_tried_again(tmp_path: Path) -> None:
    asked = request(tmp_path, 2)
    requests.ask(asked)
    JointMaps(lambda _: speaking("early\nthe disk is full\n", 2)).make_one()
    assert requests.asked(asked) == Asked("failed", "The map could not be made: the disk is full")

    def cannot(_: Sequence[str]) -> "subprocess.Popen[bytes]":
        raise OSError(12, "Cannot allocate memory")

    requests.ask(asked)
    JointMaps(cannot).make_one()
    found = requests.asked(asked)
    assert found is not None
    assert found.said.endswith("no process could be started (Cannot allocate memory).")


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("", (0.0, "The analysis is being started.")),
        ("one layout of both: 2 of 5, 3 s left", (0.4, "Part 3 of 5: one layout of both.")),
        ("done: 5 of 5", (1.0, "Part 5 of 5: done.")),
    ],
)
def test_progress_is_read_from_its_lines(said: str, shown: tuple[float, str]) -> None:
    assert words.progress(said) == shown
