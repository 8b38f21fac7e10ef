"""Runs elsewhere come here whole, once, and nothing else of the machine is touched."""

import json
import os

import pytest

from dashboard.remote import bringing
from dashboard.remote import mirror as mirrors
from dashboard.remote.address import parsed
from dashboard.remote.cache import Cache
from dashboard.remote.far import CutError, Far
from dashboard.remote.mirror import Mirror
from spcl.store.reader import Run, list_runs
from spcl.store.schema import SCORED_FILE
from spcl.store.validation import faults
from tests.support.elsewhere import small_run
from tests.support.synthetic_run import SyntheticRun

pytestmark = pytest.mark.slow
GIGABYTE = 10**9
RUN = "20260101-000000-synthetic"


class Counting(Far):
    """Remember every file that was read."""

    def __init__(self, address):
        super().__init__(address)
        self.seen = []

    def read(self, path, *, most, start=0):
        self.seen.append((path.partition("/")[2], start))
        return super().read(path, most=most, start=start)


@pytest.fixture
def mirror(server):
    return made(server)


def made(server, *, most_bytes=GIGABYTE, **options):
    address = parsed(server.address)
    cache = Cache.of(address, most_bytes=most_bytes)
    assert cache.is_ours()
    return Mirror(Counting(address), cache, **options)


def folder(mirror):
    return mirror._cache.folder


def test_a_run_comes_whole_and_nothing_is_fetched_twice(server, mirror, tmp_path):
    run = small_run(tmp_path / "there")
    server.put_tree(run, RUN)
    server.put(f"{RUN}/checkpoints/last.pt", b"weights")
    server.put(f"{RUN}/derived/measures.jsonl", b"{}")
    found = mirror.round()
    here = Run(folder(mirror) / RUN)
    assert (found.num_runs, found.num_awaited, found.notes) == (1, 0, {})
    assert here.steps() == [0, 10, 20, 30, 40]
    assert list(faults(here)) == []
    names = {path.name for path in here.path.iterdir()}
    assert names == {"metrics.jsonl", "probe", "run.json", "snapshots"}
    mirror._far.seen.clear()
    mirror.round([RUN])
    assert mirror._far.seen == []


def test_a_growing_run_is_followed_by_the_ends_of_its_files(server, mirror, tmp_path):
    run = SyntheticRun(tmp_path / "there", images=1)
    run.write_probe()
    run.write_metrics(20)
    run.write_snapshot(0)
    server.put_tree(run.path, RUN)
    mirror.round()
    here = Run(folder(mirror) / RUN)
    assert here.steps() == [0]
    assert len(here.metrics().read()) == 20
    size = (here.path / "metrics.jsonl").stat().st_size
    torn = (run.path / "metrics.jsonl").read_bytes() + b'{"step": 21}\n{"st'
    server.put(f"{RUN}/metrics.jsonl", torn)
    mirror._far.seen.clear()
    mirror.round()
    assert len(here.metrics().read()) == 21
    assert (here.path / "metrics.jsonl").read_bytes() == torn.rpartition(b"\n")[0] + b"\n"
    starts = [start for name, start in mirror._far.seen if name == "metrics.jsonl"]
    assert min(starts) >= size - 200, "only the end is read"
    run.write_snapshot(10)
    server.replace_tree(run.path, RUN)
    mirror.round()
    assert here.steps() == [0, 10]
    assert list(faults(here)) == []


def test_the_scores_of_whole_splits_come_as_they_grow(server, mirror, tmp_path):
    run = SyntheticRun(tmp_path / "there", images=1)
    run.write_probe()
    run.write_snapshot(0)
    run.writer.append_scores({"step": 0, "target": {"mean_iou": 0.25}})
    server.put_tree(run.path, RUN)
    mirror.round()
    here = Run(folder(mirror) / RUN)
    assert [row["step"] for row in here.scored_rows().read()] == [0]
    run.writer.append_scores({"step": 10, "target": {"mean_iou": 0.5}})
    server.put(f"{RUN}/{SCORED_FILE}", (run.path / SCORED_FILE).read_bytes())
    mirror.round()
    assert [row["step"] for row in here.scored_rows().read()] == [0, 10]


def test_a_file_that_was_begun_anew_is_not_mixed_with_the_old_one(server, mirror, tmp_path):
    run = small_run(tmp_path / "there")
    server.put_tree(run, RUN)
    mirror.round()
    new = b"".join(b'{"step": %d, "loss/total": 9}\n' % step for step in range(500))
    server.put(f"{RUN}/metrics.jsonl", new)
    mirror.round([RUN])
    assert (folder(mirror) / RUN / "metrics.jsonl").read_bytes() == new


def test_a_snapshot_that_is_half_there_waits_and_one_that_vanishes_goes(server, mirror, tmp_path):
    run = small_run(tmp_path / "there")
    server.put_tree(run, RUN)
    mask = "snapshots/step_0000040/masks/target-frame_0.png"
    content = (run / mask).read_bytes()
    server.put(f"{RUN}/{mask}", content[:-5])
    mirror.round()
    here = Run(folder(mirror) / RUN)
    assert here.steps() == [0, 10, 20, 30]
    mirror._far.seen.clear()
    mirror.round([RUN])
    assert mirror._far.seen == [], "what was found wanting is not fetched until it changes"
    server.put(f"{RUN}/{mask}", content)
    server.remove(f"{RUN}/snapshots/step_0000010")
    mirror.round([RUN])
    assert here.steps() == [0, 20, 30, 40]
    assert list(faults(here)) == []


def test_digests_that_are_none_or_lead_out_keep_their_snapshot_away_alone(server, mirror, tmp_path):
    server.put_tree(small_run(tmp_path / "there"), RUN)
    server.put(f"{RUN}/snapshots/step_0000000/digests.json", b"[" * 9000)
    climbing = json.dumps({"sha256": {"../../../../../secret": "0" * 64}}).encode()
    server.put(f"{RUN}/snapshots/step_0000010/digests.json", climbing)
    found = mirror.round()
    assert Run(folder(mirror) / RUN).steps() == [20, 30, 40]
    assert (found.num_runs, found.num_left_out) == (1, 0)


def test_a_cut_in_the_middle_of_a_snapshot_leaves_nothing_of_it(server, mirror, tmp_path):
    server.put_tree(small_run(tmp_path / "there"), RUN)
    put, count = mirror._cache.put, []

    def cut_then(path, content, changed=None):
        put(path, content, changed)
        count.append(path)
        if "step_0000020" in path and len(count) > 1:
            raise CutError("no connection")

    mirror._cache.put = cut_then
    with pytest.raises(CutError):
        mirror.round()
    here = Run(folder(mirror) / RUN)
    assert here.steps() == [0, 10]
    assert [path.name for path in (here.path / "snapshots").iterdir() if "20" in path.name] == []
    mirror._cache.put = put
    mirror.round()
    assert here.steps() == [0, 10, 20, 30, 40]
    assert list(faults(here)) == []


@pytest.mark.long
def test_a_run_that_is_gone_elsewhere_goes_here_and_a_cut_takes_nothing(server, mirror, tmp_path):
    server.put_tree(small_run(tmp_path / "there"), RUN)
    server.put_tree(tmp_path / "there" / RUN, "20260202-000000-other")
    mirror.round()
    server.stop()
    mirror._far.forget()
    with pytest.raises((CutError, FileNotFoundError)):
        mirror.round()
    assert len(list_runs(folder(mirror))) == 2
    server.start()
    server.remove(RUN)
    mirror._far.forget()
    mirror.round()
    assert [run.id for run in list_runs(folder(mirror))] == ["20260202-000000-other"]


def test_a_run_appears_with_its_first_snapshot_not_before(server, tmp_path, monkeypatch):
    server.put_tree(small_run(tmp_path / "there"), RUN)
    monkeypatch.setattr(mirrors, "SLICE_SECONDS", 0.0)
    mirror = made(server)
    assert mirror.round().num_awaited == 1
    assert [run.status for run in list_runs(folder(mirror))] == []
    monkeypatch.setattr(mirrors, "SLICE_SECONDS", 30.0)
    mirror.round()
    assert [run.status for run in list_runs(folder(mirror))] == ["finished"]


def test_what_is_too_much_for_a_local_run_is_refused(server, mirror, tmp_path, monkeypatch):
    server.put_tree(small_run(tmp_path / "there"), RUN)
    monkeypatch.setattr(bringing, "MOST_BYTES", 1_000)
    found = mirror.round()
    assert "bytes, more than the 1,000 read" in found.notes[RUN]
    assert list(folder(mirror).rglob("features.npy")) == []


def test_names_that_lead_out_and_links_are_left_where_they_are(server, mirror, tmp_path):
    run = small_run(tmp_path / "there")
    server.put_tree(run, RUN)
    step = f"{RUN}/snapshots/step_0000040"
    if server.address.startswith("s3"):
        server.put(f"{step}/../../../../../evil.png", b"x")
        server.put("../evil/run.json", b"{}")
        server.put(f"{step}/masks/..\\evil.png", b"x")
    else:
        secret = tmp_path / "secret.png"
        secret.write_bytes(b"secret")
        (server.root / "runs" / step / "masks" / "stolen.png").symlink_to(secret)
        (server.root / "runs" / "20270101-link").symlink_to(server.root / "runs" / RUN)
        server.put(f"{step}/masks/..\\evil.png", b"x")
    server.put(f"{step}/.hidden.png", b"x")
    server.put(f"{step}/program.sh", b"x")
    mirror.round()
    here = Run(folder(mirror) / RUN)
    assert here.steps() == [0, 10, 20, 30, 40]
    found = {path.name for path in (tmp_path / "cache").rglob("*")}
    assert not any("evil" in name or "stolen" in name or "link" in name for name in found)
    assert not {".hidden.png", "program.sh"} & found
    assert not [path for path in tmp_path.rglob("*") if path.name == "evil.png"]
    assert not [path for path in (tmp_path / "cache").rglob("*") if path.is_symlink()]


@pytest.mark.long
def test_the_cache_stays_below_its_limit_and_the_newest_runs_are_kept(server, tmp_path):
    run = small_run(tmp_path / "there")
    size = sum(path.stat().st_size for path in run.rglob("*") if path.is_file())
    for name in ("20260101-a", "20260102-b", "20260103-c"):
        server.put_tree(run, name)
    mirror = made(server, most_bytes=int(2.1 * size))
    for _ in range(2):
        found = mirror.round()
    assert {one.id for one in list_runs(folder(mirror))} == {"20260103-c", "20260102-b"}
    assert found.num_left_out == 1
    used = sum(path.stat().st_size for path in folder(mirror).rglob("*") if path.is_file())
    assert used <= 2.1 * size
    assert Run(folder(mirror) / "20260103-c").steps() == [0, 10, 20, 30, 40]


def test_heartbeats_keep_the_time_at_which_they_were_written(server, mirror, tmp_path):
    run = SyntheticRun(tmp_path / "there", images=1)
    run.write_probe()
    run.write_snapshot(0)
    server.put_tree(run.path, RUN)
    about = json.loads((run.path / "run.json").read_text())
    about.update(heartbeat_at="2026-01-01T00:00:00.000Z", host=os.uname().nodename, pid=1)
    server.put(f"{RUN}/run.json", json.dumps(about).encode())
    if server.address.startswith("sftp"):
        os.utime(server.root / "runs" / RUN / "run.json", (10**9, 10**9))
    mirror.round()
    status = Run(folder(mirror) / RUN).status()
    assert status.elsewhere == os.uname().nodename, "a copy is not judged by processes of here"
    assert status.kind in ("stalled", "running")
    if server.address.startswith("sftp"):
        assert status.kind == "stalled"


def test_what_a_killed_dashboard_left_half_fetched_is_removed(server, mirror, tmp_path):
    server.put_tree(small_run(tmp_path / "there"), RUN)
    mirror.round()
    mirror._cache.close()
    for left in (
        f"{RUN}/snapshots/.step_0000050.7.tmp",
        ".20260202-b.coming",
        f".{RUN}.7.gone.tmp",
    ):
        (folder(mirror) / left).mkdir()
    assert mirror._cache.is_ours()
    hidden = {path.name for path in folder(mirror).rglob(".*") if path.is_dir()}
    assert hidden == set()


def test_two_dashboards_of_one_address_do_not_fetch_at_once(server, mirror):
    other = Cache.of(parsed(server.address), most_bytes=GIGABYTE)
    assert not other.is_ours()
    mirror._cache.close()
    assert other.is_ours()
