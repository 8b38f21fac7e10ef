"""A dashboard of a folder elsewhere: what its pages say while the connection is cut, and after."""

import sys
import time

import pytest

from dashboard.__main__ import main
from dashboard.data import runs_folder
from dashboard.data.connection import connection
from dashboard.remote import keeper as keepers
from dashboard.remote.address import parsed
from dashboard.remote.far import CutError, Far
from dashboard.remote.keeper import followed
from spcl.store.errors import UserError
from spcl.store.reader import Run, list_runs
from spcl.store.validation import faults
from tests.conftest import start_dashboard
from tests.support.elsewhere import small_run, wait_until
from tests.support.ssh_server import ssh_server
from tests.support.synthetic_run import SyntheticRun

pytestmark = pytest.mark.slow
RUN = "20260101-000000-synthetic"


@pytest.mark.long
def test_what_came_stays_while_the_connection_is_cut_and_it_goes_on(server, tmp_path, monkeypatch):
    monkeypatch.setattr(keepers, "PAUSE_SECONDS", 0.1)
    run = small_run(tmp_path / "there")
    server.put_tree(run, RUN)
    with followed(server.address, most_bytes=10**9) as (folder, chosen):
        assert chosen is None
        assert not runs_folder.may_bin(), "it would be fetched again"
        wait_until(lambda: len(list_runs(folder)) == 1)
        server.stop()
        wait_until(lambda: connection().silent_since is not None)
        assert connection().reason == "no connection"
        assert time.time() - connection().silent_since < 60
        assert [one.id for one in list_runs(folder)] == [RUN]
        server.start()
        server.put_tree(run, "20260202-000000-second")
        wait_until(lambda: len(list_runs(folder)) == 2 and connection().silent_since is None)
    assert connection() is None


@pytest.mark.long
def test_a_dashboard_that_begins_without_a_connection_shows_what_came_before(server, tmp_path):
    server.put_tree(small_run(tmp_path / "there"), RUN)
    with followed(f"{server.address}/{RUN}", most_bytes=10**9) as (folder, chosen):
        assert chosen == RUN
        wait_until(lambda: len(list_runs(folder)) == 1)
    server.stop()
    with followed(f"{server.address}/{RUN}", most_bytes=10**9) as (folder, chosen):
        assert (chosen, connection().reason) == (RUN, "no connection")
        assert [one.id for one in list_runs(folder)] == [RUN]
    server.start()


def test_without_a_connection_and_without_a_cache_it_is_one_sentence(server, capsys):
    server.stop()
    assert main([server.address]) == 2
    assert f"nothing can be read from {parsed(server.address).shown}: no connection" in (
        capsys.readouterr().err
    )
    server.start()


def test_a_folder_that_is_not_there_is_one_sentence(server, capsys):
    assert main([f"{server.address}-elsewhere"]) == 2
    assert "there is no such folder" in capsys.readouterr().err


@pytest.mark.parametrize("server", ["s3"], indirect=True)
def test_wrong_credentials_are_one_sentence_without_them(server, capsys, monkeypatch):
    for key in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(key)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    assert main([server.address]) == 2
    assert "access is refused" in capsys.readouterr().err


@pytest.mark.parametrize("server", ["sftp"], indirect=True)
def test_a_host_that_is_not_known_is_not_believed(server):
    server.known_hosts.write_text("")
    with pytest.raises(CutError, match="not among your known hosts"):
        Far(parsed(server.address)).entries()


@pytest.mark.parametrize("server", ["sftp"], indirect=True)
def test_a_key_that_is_not_allowed_is_one_sentence(server, tmp_path, capsys):
    (tmp_path / "home" / ".ssh" / "id_ed25519").unlink()
    assert main([server.address]) == 2
    assert "access is refused" in capsys.readouterr().err


def test_runs_come_from_the_ssh_server_that_people_have(tmp_path, monkeypatch):
    run = small_run(tmp_path / "there")
    with ssh_server(tmp_path / "ssh") as server:
        ssh = tmp_path / "home" / ".ssh"
        ssh.mkdir(parents=True)
        (ssh / "config").write_text(
            f"Host gpu-7\n  HostName {server.name}\n  Port {server.port}\n  User {server.user}\n"
            f"  IdentityFile {tmp_path}/ssh/mine\n  UserKnownHostsFile {tmp_path}/ssh/known\n"
        )
        monkeypatch.setenv("HOME", str(tmp_path / "home"))
        monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
        with followed(f"sftp://gpu-7{run.parent}", most_bytes=10**9) as (folder, _):
            wait_until(lambda: Run(folder / RUN).steps() == [0, 10, 20, 30, 40])
            assert list(faults(Run(folder / RUN))) == []


@pytest.mark.long
@pytest.mark.browser
@pytest.mark.parametrize(
    "server", [pytest.param("s3", marks=pytest.mark.long), "sftp"], indirect=True
)
def test_the_pages_say_since_when_nothing_came_and_go_on(server, tmp_path, open_browser):
    run = SyntheticRun(tmp_path / "there", images=1)
    run.write_probe()
    run.write_metrics(10)
    run.write_snapshot(0)
    server.put_tree(run.path, RUN)
    served = start_dashboard(server.address)
    try:
        shown = open_browser(f"{served.url}/masks")
        shown.page.get_by_text("Read from").wait_for()
        shown.page.locator("[data-chart=mask-viewer][data-step='0']").wait_for()
        body = shown.page.locator("body")
        assert "do-not-show" not in body.inner_text()
        assert "ada@" not in body.inner_text()
        server.stop()
        shown.page.get_by_text("Nothing has come from").wait_for(timeout=60_000)
        assert shown.page.locator("[data-chart=mask-viewer][data-step='0']").count() == 1
        server.start()
        run.write_snapshot(10)
        server.replace_tree(run.path, RUN)
        shown.page.get_by_text("Nothing has come from").wait_for(state="detached", timeout=60_000)
        shown.page.locator("[data-chart=mask-viewer][data-step='10']").wait_for(timeout=60_000)
    finally:
        served.stop()


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("sftp://ada:secret@gpu-7/runs", "an address holds no password or key"),
        ("s3://KEY:secret@lab/runs", "an address holds no password or key"),
        ("gopher://host/runs", "gopher://host/runs is no address of runs; give s3://"),
        ("s3:///runs", "is no address of runs"),
        ("sftp://gpu-7", "names no folder"),
        ("sftp://gpu-7/a/../../etc", "names no folder"),
        ("sftp://gpu-7:99999/runs", "is no address"),
    ],
)
def test_an_address_that_is_not_allowed_is_one_sentence(given, said, capsys):
    assert main([given]) == 2
    error = capsys.readouterr().err
    assert said in error
    assert "secret" not in error


def test_an_address_is_shown_without_who_goes_there():
    assert parsed("sftp://ada@gpu-7:2222/data//runs/").shown == "sftp://gpu-7/data/runs"
    assert parsed("ssh://ada@gpu-7/~/runs").shown == "sftp://gpu-7/~/runs"
    assert parsed("ssh://ada@gpu-7/~/runs").path == "runs"
    assert parsed("s3://lab/runs/today").shown == "s3://lab/runs/today"


def test_without_the_libraries_it_says_what_to_install(monkeypatch, capsys, tmp_path):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setitem(sys.modules, "fsspec", None)
    assert main(["s3://lab/runs"]) == 2
    assert 'pip install "spcl[remote]"' in capsys.readouterr().err
    with pytest.raises(UserError):
        Far(parsed("sftp://gpu-7/runs")).entries()
