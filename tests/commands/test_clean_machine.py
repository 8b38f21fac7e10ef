"""Machines with less than ours: no home, no cache, no rights, no git."""

import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from spcl.store.errors import StoreError
from spcl.store.life.status import status_of
from spcl.store.places.user_cache import user_cache
from spcl.store.reader import Run
from tests import ROOT
from tests.support.other_user import NAMELESS, NOBODY, as_user
from tests.support.tiny_pair import write_tiny_pair
from tests.support.tiny_training import SMALL

SHORT = ["warmup.steps=1", "adapt.steps=1", "record.every=1", "model.backbone=tiny"]
SITUATIONS = {
    "no HOME, no git": (None, {"HOME": None, "PATH": "/nowhere"}),
    "another user, HOME missing, no cache": (
        NOBODY,
        {"HOME": "/nonexistent", "XDG_CACHE_HOME": "/nonexistent"},
    ),
    "a user without a name": (NAMELESS, {"HOME": None}),
}
SERVED = (
    "import sys, threading, time, urllib.request\n"
    "from dashboard.__main__ import main\n"
    "def ask():\n"
    "    for _ in range(300):\n"
    "        time.sleep(0.1)\n"
    "        try: found = urllib.request.urlopen(f'http://127.0.0.1:{port}/live', timeout=20)\n"
    "        except OSError: continue\n"
    "        sys.stdout.write(f'answered {found.status}\\n'); sys.stdout.flush()\n"
    "        break\n"
    "    import os, signal; os.kill(os.getpid(), signal.SIGTERM)\n"
    "port = int(sys.argv[2])\n"
    "threading.Thread(target=ask, daemon=True).start()\n"
    "main([sys.argv[1], '--port', sys.argv[2]])\n"
)
"""Serves a folder of runs and asks for one page."""
EVERYTHING = (
    "import sys\n"
    "from pathlib import Path\n"
    "from spcl.commands import main\n"
    "compiled = sys.argv.pop(1) == 'compiled'\n"
    "pair, config, runs, *words = sys.argv[1:]\n"
    "run = runs + '/run'\n"
    "for command in (['check', pair], ['adapt', config, *words, '--runs', runs, '--id', 'run'],\n"
    "                ['runs', runs], ['evaluate', run, '--split', 'target/train'],\n"
    "                *([['analyse', run]] if compiled else [])):\n"
    "    print(command[0], main(command), flush=True)\n"
    "if not compiled:\n"
    "    from spcl.analysis.maps.embedding import _give_numba_a_folder\n"
    "    from spcl.store.derived.writer import DerivedWriter\n"
    "    from spcl.store.reader import Run\n"
    "    _give_numba_a_folder()\n"
    "    import numba, shutil\n"
    "    numba.njit(cache=True)(shutil.which)\n"
    "    print('analyse', 1 - DerivedWriter(Run(Path(run))).path.is_dir())\n"
)
"""Every command in one process: importing torch takes longer than all of them. Where nothing
that numba compiles is there yet, a place for it stands for the analysis: umap needs one."""


@pytest.fixture
def shared() -> Iterator[Path]:
    """A folder that every user may enter, unlike those of pytest."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        write_tiny_pair(folder / "pair")
        (folder / "config.toml").write_text("")
        for part in ("runs", "tmp"):
            (folder / part).mkdir()
            (folder / part).chmod(0o777)
        yield folder


def ran(user: int | None, changes: dict[str, str | None], *words: str) -> list[str]:
    """Run Python with these words; return its exit code and its lines."""
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "PYTHONDONTWRITEBYTECODE": "1"}
    environment.pop("XDG_CACHE_HOME", None)
    for name, value in changes.items():
        environment.pop(name, None)
        if value is not None:
            environment[name] = value
    done = subprocess.run(
        [*(as_user(user) if user is not None else ()), sys.executable, *words],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=200,
    )
    assert "Traceback" not in done.stderr, done.stderr
    assert "fault of the program" not in done.stderr, done.stderr
    return done.stdout.splitlines()


@pytest.mark.long
@pytest.mark.parametrize("situation", SITUATIONS)
def test_every_command_works_and_the_dashboard_answers(shared, situation):
    user, changes = SITUATIONS[situation]
    paths = [str(shared / name) for name in ("pair", "config.toml", "runs")]
    words = [*SMALL, *SHORT, f"data.root={shared / 'pair'}"]
    state = "fresh" if user else "compiled"
    changes = {"TMPDIR": str(shared / "tmp"), **changes}
    said = ran(user, changes, "-c", EVERYTHING, state, *paths, *words)
    for command in ("check", "adapt", "runs", "evaluate", "analyse"):
        assert f"{command} 0" in said
    run = Run(shared / "runs" / "run")
    assert status_of(run.info()).kind == "finished"
    assert (run.info().git_commit is None) or "PATH" not in changes
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    said = "\n".join(ran(user, changes, "-c", SERVED, str(shared / "runs"), port))
    assert "answered 200" in said  # both threads write: lines may run into each other


@pytest.mark.slow
def test_the_embedded_pair_without_a_folder_to_draw_it_into_is_a_sentence(shared):
    words = ["-m", "spcl", "adapt", str(shared / "config.toml"), "--runs", str(shared / "runs")]
    environment = {**os.environ, "XDG_CACHE_HOME": "/proc/nowhere"}
    done = subprocess.run(
        [sys.executable, *words], cwd=ROOT, env=environment, capture_output=True, text=True
    )
    assert done.returncode == 2
    assert done.stderr.startswith("the embedded pair cannot be drawn into /proc/nowhere/spcl")
    assert done.stderr.endswith("or set XDG_CACHE_HOME to another folder\n")
    assert done.stderr.count("\n") == 1


LISTED = (
    "import os, sys\n"
    "from spcl.commands import main\n"
    "main(['runs', sys.argv[1], '--json'])\n"
    "os.setgroups([]); os.setresgid(*3 * (65534,)); os.setresuid(*3 * (65534,))\n"
    "sys.exit(main(['runs', sys.argv[1], '--json']))\n"
)
"""Lists as root, which imports all that is needed, then as a user who may not enter one run."""


@pytest.mark.slow
def test_a_run_that_one_may_not_enter_has_a_row_and_the_others_are_listed(shared, analyzed_run):
    as_user(NOBODY)  # only root can become somebody else
    shutil.copytree(analyzed_run, shared / "runs" / "open")
    (shared / "runs" / "closed").mkdir()
    shutil.copytree(analyzed_run, shared / "runs" / "closed", dirs_exist_ok=True)
    (shared / "runs" / "closed").chmod(0)
    before, now = ran(None, {}, "-c", LISTED, str(shared / "runs"))
    assert [row["status"] for row in json.loads(before)["runs"]] == ["finished", "finished"]
    rows = {row["id"]: row for row in json.loads(now)["runs"]}
    assert rows["open"]["status"] == "finished"
    assert rows["closed"]["status"] == "damaged"
    assert "permission" in rows["closed"]["problem"].lower()


@pytest.fixture
def no_home(monkeypatch, tmp_path):
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("HOME", str(tmp_path / "file" / "home"))
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path / f"spcl-{os.getuid()}"


def test_without_a_home_the_cache_is_this_users_own_temporary_folder(no_home):
    assert user_cache() == no_home
    assert no_home.stat().st_mode & 0o777 == 0o700
    assert user_cache() == no_home


@pytest.mark.parametrize("squatted", ["link", "file", "writable by all"])
def test_a_temporary_folder_that_is_not_ours_is_refused(no_home, tmp_path, squatted):
    if squatted == "link":
        (tmp_path / "theirs").mkdir()
        no_home.symlink_to(tmp_path / "theirs")
    elif squatted == "file":
        no_home.write_text("")
    else:
        no_home.mkdir()
        no_home.chmod(0o777)
    with pytest.raises(StoreError, match="is not this user's own folder.* set XDG_CACHE_HOME"):
        user_cache()


def test_an_empty_home_is_that_of_the_list_of_users(monkeypatch):
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    monkeypatch.setenv("HOME", "")
    assert user_cache() != Path("/.cache/spcl")
    assert user_cache().name == "spcl"
