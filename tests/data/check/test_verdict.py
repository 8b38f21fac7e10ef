"""A pair that passed the audit is not read again, until anything about it differs."""

import os

import pytest

from spcl.data.check import verdict
from spcl.data.domains import Domains
from spcl.errors import UserError
from tests.support.tiny_training import settings


@pytest.fixture
def cache(tmp_path, monkeypatch):
    """The cache folder of a user whose audits all last long enough to be remembered."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr(verdict, "_REMEMBERED_FROM_SECONDS", 0)
    return tmp_path / "cache" / "spcl" / "sound"


def files_read(root, *, target_labels=False):
    """Return how many images are read before a run on the pair may begin."""
    domains, done = Domains.open(settings(root)), []
    verdict.require_sound_pair(
        domains.pair,
        domains.fingerprint(),
        target_labels=target_labels,
        on_file=lambda number, _: done.append(number),
    )
    return len(done)


def test_the_same_files_are_read_once(root, cache):
    assert [files_read(root), files_read(root)] == [24, 0]
    assert len(list(cache.iterdir())) == 1


def test_labels_that_were_not_read_are_not_vouched_for(root, cache):
    assert [files_read(root), files_read(root, target_labels=True)] == [24, 24]


@pytest.mark.parametrize("change", ["time", "size", "name"])
def test_a_changed_file_has_all_read_again(root, cache, change):
    assert files_read(root) == 24
    path = root / "target" / "train" / "images" / "frame_3.png"
    if change == "time":
        os.utime(path, ns=(1, path.stat().st_mtime_ns + 1))
    elif change == "size":
        path.write_bytes(path.read_bytes() + b"\0")
    else:
        path.rename(path.with_name("frame_9.png"))
    assert [files_read(root), files_read(root)] == [24, 0]


@pytest.mark.parametrize("version", ["READER_VERSION", "Pillow"])
def test_a_verdict_of_another_version_is_ignored(root, cache, monkeypatch, version):
    assert files_read(root) == 24
    if version == "Pillow":
        monkeypatch.setattr(verdict.PIL, "__version__", "0.0.1")
    else:
        monkeypatch.setattr(verdict, "READER_VERSION", verdict.READER_VERSION + 1)
    assert files_read(root) == 24


@pytest.mark.parametrize("corrupt", ["folder", "dead link", "link to a folder", "pipe"])
def test_an_entry_that_is_no_verdict_is_ignored(root, cache, corrupt):
    files_read(root)
    (entry,) = cache.iterdir()
    entry.unlink()
    if corrupt == "folder":
        entry.mkdir()
    elif corrupt == "pipe":
        os.mkfifo(entry)
    else:
        entry.symlink_to(root if corrupt == "link to a folder" else root / "nowhere")
    assert files_read(root) == 24


def test_a_cache_that_cannot_be_written_means_reading_again(root, cache):
    cache.parent.mkdir(parents=True)
    cache.write_text("no folder")
    assert [files_read(root), files_read(root)] == [24, 24]


def test_a_pair_that_was_refused_is_not_remembered(root, cache):
    path = root / "source" / "train" / "images" / "frame_0.png"
    sound = path.read_bytes()
    path.write_bytes(sound[:50])
    for _ in range(2):
        with pytest.raises(UserError, match="frame_0.png is not a readable image"):
            files_read(root)
    assert not cache.exists()


def test_only_the_latest_verdicts_are_kept(root, cache, monkeypatch):
    monkeypatch.setattr(verdict, "_REMEMBERED", 3)
    cache.mkdir(parents=True)
    for number in range(5):
        (cache / f"{number}").touch()
        os.utime(cache / f"{number}", (number, number))
    files_read(root)
    kept = sorted(path.name for path in cache.iterdir() if len(path.name) == 1)
    assert kept == ["3", "4"]
