"""Class counts are made once, and found again until a label differs."""

import os

import numpy as np
import pytest
from PIL import Image

from spcl.data import class_counts as module
from spcl.data.check import verdict
from spcl.data.class_counts import class_counts
from spcl.data.domains import Domains
from spcl.data.folders import FolderPair
from spcl.errors import UserError
from tests.support.tiny_pair import write_tiny_pair
from tests.support.tiny_training import settings


@pytest.fixture
def split(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr(module, "_REMEMBERED_FROM_SECONDS", 0)
    pair = FolderPair.open(write_tiny_pair(tmp_path / "pair"))
    return pair.split("source/train", with_labels=True)


def counted(split):
    """Return the counts and how many labels were opened for them."""
    done = []
    counts = class_counts(split, on_file=lambda number, total: done.append((number, total)))
    return counts, done


def test_they_are_those_of_the_labels(split):
    counts, done = counted(split)
    assert counts.tolist() == [
        [int((split.read(i)[1] == k).sum()) for k in range(4)] for i in range(6)
    ]
    assert done == [(number, 6) for number in range(1, 7)]


def test_they_are_made_once(split, tmp_path):
    first, _ = counted(split)
    again, done = counted(split)
    assert done == []
    assert np.array_equal(first, again)
    (kept,) = (tmp_path / "cache" / "spcl" / "class_counts").iterdir()
    assert kept.suffix == ".npy"


@pytest.mark.parametrize("change", ["content", "time"])
def test_a_changed_label_has_all_counted_again(split, change):
    counted(split)
    path = split.labels[2]
    if change == "content":
        Image.fromarray(np.full((32, 64), 3, np.uint8)).save(path)
    else:
        os.utime(path, ns=(1, path.stat().st_mtime_ns + 1))
    counts, done = counted(split)
    assert len(done) == 6
    assert counts[2].tolist() == [int((split.read(2)[1] == k).sum()) for k in range(4)]


@pytest.mark.parametrize("damage", ["cut", "shape", "folder", "text"])
def test_what_is_damaged_is_counted_again(split, tmp_path, damage):
    counts, _ = counted(split)
    (kept,) = (tmp_path / "cache" / "spcl" / "class_counts").iterdir()
    if damage == "cut":
        kept.write_bytes(kept.read_bytes()[:-5])
    elif damage == "shape":
        np.save(kept, np.zeros((5, 4), np.int64))
    elif damage == "text":
        kept.write_text("no counts")
    else:
        kept.unlink()
        kept.mkdir()
    again, done = counted(split)
    assert len(done) == 6
    assert np.array_equal(counts, again)


def test_a_cache_that_cannot_be_written_is_no_fault(split, tmp_path):
    (tmp_path / "cache").write_text("no folder")
    assert len(counted(split)[1]) == len(counted(split)[1]) == 6


def test_a_label_that_training_refuses_is_refused(split):
    Image.fromarray(np.full((32, 64), 9, np.uint8)).save(split.labels[1])
    with pytest.raises(UserError, match="has id 9 in 2048 pixels"):
        counted(split)


def test_an_audit_that_was_passed_has_counted_already(split, tmp_path, monkeypatch):
    monkeypatch.setattr(verdict, "_REMEMBERED_FROM_SECONDS", 0)
    domains = Domains.open(settings(tmp_path / "pair"))
    verdict.require_sound_pair(domains.pair, domains.fingerprint(), target_labels=False)
    counts, done = counted(split)
    assert done == []
    assert counts.tolist() == [
        [int((split.read(i)[1] == k).sum()) for k in range(4)] for i in range(6)
    ]
