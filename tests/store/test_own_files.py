"""Nothing outside the folder of a run is read, written or listed, whatever lies in it."""

import os
from pathlib import Path

import pytest

from spcl.store.errors import DamagedError, StoreError
from spcl.store.formats.own_files import is_own_folder, open_own, own_entries, own_stat, read_own
from spcl.store.formats.own_writes import append_own, make_own_folder, write_own


@pytest.fixture
def run(tmp_path: Path) -> Path:
    path = tmp_path / "runs" / "one"
    (path / "derived").mkdir(parents=True)
    (path / "derived" / "a.json").write_bytes(b"{}")
    return path


@pytest.fixture
def home(tmp_path: Path) -> Path:
    path = tmp_path / "home"
    path.mkdir()
    (path / "a.json").write_bytes(b"private")
    return path


def linked_file(run: Path, home: Path) -> Path:
    (run / "linked.json").symlink_to(home / "a.json")
    return run / "linked.json"


def linked_folder(run: Path, home: Path) -> Path:
    (run / "linked").symlink_to(home)
    return run / "linked" / "a.json"


def linked_deeper(run: Path, home: Path) -> Path:
    (run / "derived" / "linked").symlink_to(home)
    return run / "derived" / "linked" / "a.json"


LINKS = [linked_file, linked_folder, linked_deeper]


@pytest.mark.parametrize("link", LINKS)
def test_links_are_not_followed(run, home, link):
    path = link(run, home)
    for attempt in (
        lambda: read_own(path, within=run),
        lambda: append_own(path, b"x", within=run),
    ):
        with pytest.raises(DamagedError, match="is a link"):
            attempt()
    assert own_stat(path, within=run) is None
    assert (home / "a.json").read_bytes() == b"private"


@pytest.mark.parametrize("link", LINKS[1:])
def test_nothing_is_made_or_listed_through_a_linked_folder(run, home, link):
    path = link(run, home)
    for attempt in (
        lambda: write_own(path, b"x", within=run),
        lambda: make_own_folder(path.parent / "new", within=run),
    ):
        with pytest.raises(DamagedError, match="is a link"):
            attempt()
    assert own_entries(path.parent, within=run) == []
    assert not is_own_folder(path.parent, within=run)
    assert [entry.name for entry in home.iterdir()] == ["a.json"]


def test_a_link_is_replaced_by_what_is_written_whole(run, home):
    path = linked_file(run, home)
    write_own(path, b"mine", within=run)
    assert (home / "a.json").read_bytes() == b"private"
    assert read_own(path, within=run) == b"mine"


def test_a_link_that_leads_nowhere_makes_no_file(run, home):
    (run / "metrics.jsonl").symlink_to(home / ".profile")
    with pytest.raises(DamagedError, match="is a link"):
        append_own(run / "metrics.jsonl", b"x\n", within=run)
    assert not (home / ".profile").exists()


def test_a_file_shared_under_two_names_is_not_appended_to(run, home):
    os.link(home / "a.json", run / "metrics.jsonl")
    with pytest.raises(StoreError, match="2 names"):
        append_own(run / "metrics.jsonl", b"x\n", within=run)
    assert (home / "a.json").read_bytes() == b"private"


def test_pipes_devices_and_folders_are_refused_at_once(run):
    os.mkfifo(run / "pipe")
    for name in ("pipe", "derived"):
        with pytest.raises((DamagedError, IsADirectoryError)):
            read_own(run / name, within=run)
    with pytest.raises((DamagedError, OSError)):
        append_own(run / "pipe", b"x", within=run)
    assert own_stat(run / "pipe", within=run) is None


def test_a_file_too_large_is_refused_before_it_is_read(run):
    with (run / "big").open("wb") as stream:
        stream.truncate(8 * 2**30)
    with pytest.raises(DamagedError, match="8,589,934,592 bytes"):
        read_own(run / "big", within=run)


def test_nobody_climbs_out(run, home):
    with pytest.raises((DamagedError, ValueError)):
        open_own(run / "derived" / ".." / ".." / "x", within=run)
    with pytest.raises(ValueError, match="subpath"):
        open_own(home / "a.json", within=run)


def test_a_run_behind_a_link_of_ones_own_is_opened(run, tmp_path):
    (tmp_path / "shortcut").symlink_to(run)
    path = tmp_path / "shortcut" / "derived" / "a.json"
    assert read_own(path, within=tmp_path / "shortcut") == b"{}"


def test_a_failed_write_leaves_the_old_file_and_nothing_else(run):
    def full(stream):
        stream.write(b"half")
        raise OSError(28, "No space left on device")

    with pytest.raises(OSError, match="No space"):
        write_own(run / "derived" / "a.json", full, within=run)
    assert [entry.name for entry in (run / "derived").iterdir()] == ["a.json"]
    assert read_own(run / "derived" / "a.json", within=run) == b"{}"


def test_a_torn_last_line_is_ended_before_the_next(run):
    append_own(run / "rows", b'{"a":1}\n{"a"', within=run)
    append_own(run / "rows", b'{"a":2}\n', within=run)
    assert read_own(run / "rows", within=run) == b'{"a":1}\n{"a"\n{"a":2}\n'
