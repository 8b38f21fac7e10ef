import io
import json
import os
import shutil
import tracemalloc
import zipfile
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from spcl.store import schema
from spcl.store.errors import DamagedError, NewerSchemaError, StoreError
from spcl.store.life import arriving
from spcl.store.life.process import process_started
from spcl.store.reader import Run, last_row_per_step, list_runs, status_of
from tests.support.synthetic_run import SyntheticRun, set_recorded, write_synthetic_run


@pytest.fixture
def run(tmp_path):
    return Run(write_synthetic_run(tmp_path / "runs"))


def edit(run, **changes):
    file = run.path / schema.RUN_FILE
    file.write_text(json.dumps({**json.loads(file.read_text()), **changes}))


def test_a_finished_run_reads_back(run):
    assert run.status().kind == "finished"
    assert run.steps() == [0, 10, 20, 30, 40]
    assert run.snapshot(40).features.shape == (200, 16)
    assert run.snapshot(40).prototypes["vectors"].shape == (5, 16)
    assert len(run.probe().images) == 6
    assert run.probe().label("source-frame_0").shape == (32, 64)


def test_unknown_keys_are_ignored_and_the_folder_names_the_run(run, tmp_path):
    edit(run, something_new=1)
    moved = run.path.rename(tmp_path / "runs" / "renamed")
    assert Run(moved).info().id == "renamed"


def test_a_newer_schema_is_named_with_both_numbers(run):
    edit(run, schema_version=7)
    with pytest.raises(NewerSchemaError, match=r"schema version 7, this program reads up to 1"):
        run.info()


def test_a_torn_last_line_is_skipped_and_said(run):
    file = run.path / schema.METRICS_FILE
    with file.open("ab") as stream:
        stream.write(b'{"step": 41, "loss')
    tail = run.metrics()
    rows = tail.read()
    assert [row["step"] for row in rows] == list(range(1, 41))
    assert tail.torn
    with file.open("ab") as stream:
        stream.write(b'/total": 1}\n')
    assert [row["step"] for row in tail.read()] == [41]
    assert not tail.torn


def test_a_line_that_is_not_json_is_counted(run):
    with (run.path / schema.METRICS_FILE).open("ab") as stream:
        stream.write(b"garbage\n[1]\n")
    tail = run.metrics()
    assert len(tail.read()) == 40
    assert tail.skipped == 2


def test_the_last_row_of_a_step_counts():
    rows = [{"step": 2, "a": 1}, {"step": 1}, {"step": 2, "a": 9}, {"no": "step"}]
    assert last_row_per_step(rows) == [{"step": 1}, {"step": 2, "a": 9}]


def test_stalled_and_crashed_are_computed(tmp_path):
    path = SyntheticRun(tmp_path).path
    info = Run(path).info()
    assert status_of(info).kind == "running"
    old = "2020-01-01T00:00:00.000Z"
    assert status_of(replace(info, heartbeat_at=old)).kind == "stalled"
    assert status_of(replace(info, process_started=1.0)).kind == "crashed"
    elsewhere = replace(info, host="another-host", process_started=1.0)
    assert status_of(elsewhere).kind == "running"
    assert process_started(2**22 + 12345) is None


def test_a_missing_snapshot_says_what_there_is(run):
    with pytest.raises(StoreError, match="no snapshot at step 7; it has 5, the last at step 40"):
        run.snapshot(7)


def test_nothing_is_unpickled(run):
    np.save(
        run.path / "snapshots" / "step_0000040" / "features.npy",
        np.array([{"a": 1}], dtype=object),
        allow_pickle=True,
    )
    with pytest.raises(DamagedError):
        _ = run.snapshot(40).features


DAMAGES = {
    "empty": b"",
    "half": None,
    "garbage": b"\x00\xffgarbage\n",
    "list": b"[]",
    "number": b"3",
    "text": b'"run"',
    "nested": b"[" * 100_000,
}
FILES = [
    schema.RUN_FILE,
    "probe/probe.json",
    "probe/pixels.npz",
    "snapshots/step_0000040/features.npy",
    "snapshots/step_0000040/predictions.npz",
    "snapshots/step_0000040/prototypes.npz",
    "snapshots/step_0000040/scores.json",
    "snapshots/step_0000040/masks/target-frame_0.png",
]


def read_everything(run):
    run.status()
    probe, snapshot = run.probe(), run.snapshot(40)
    _ = probe.images, probe.pixels, probe.picture("target-frame_0"), probe.label("target-frame_0")
    _ = snapshot.features, snapshot.predictions, snapshot.prototypes, snapshot.scores
    _ = snapshot.mask("target-frame_0"), snapshot.confidence("target-frame_0")


@pytest.mark.slow
def test_sixty_damaged_runs_each_get_one_sentence_and_take_no_other_down(
    run, tmp_path, monkeypatch
):
    monkeypatch.setattr(arriving, "QUIET_SECONDS", 0)  # none of them is being copied
    folder = run.path.parent
    damaged = []
    for number, (file, (kind, content)) in enumerate(
        (file, damage) for file in FILES for damage in DAMAGES.items()
    ):
        copy = folder / f"damaged-{number:02d}-{kind}"
        shutil.copytree(run.path, copy)
        whole = (copy / file).read_bytes()
        (copy / file).write_bytes(whole[: len(whole) // 2] if content is None else content)
        damaged.append(copy)
    for name in ("no-run-file", "foreign", "keys-missing", "bad-status"):
        copy = folder / f"damaged-{name}"
        shutil.copytree(run.path, copy)
        damaged.append(copy)
    (folder / "damaged-no-run-file" / schema.RUN_FILE).unlink()
    (folder / "damaged-foreign" / schema.RUN_FILE).write_text('{"experiment": 1}')
    (folder / "damaged-keys-missing" / schema.RUN_FILE).write_text('{"schema_version": 1}')
    edit(Run(folder / "damaged-bad-status"), status="dancing")
    (folder / "notes").mkdir()
    (folder / "file.txt").write_text("no run")

    assert len(damaged) >= 50
    for copy in damaged:
        with pytest.raises(StoreError) as error:
            read_everything(Run(copy))
        assert "\n" not in str(error.value), copy
        assert len(str(error.value)) < 500, copy
    rows = {row.id: row for row in list_runs(folder)}
    assert set(rows) == {path.name for path in [*damaged, run.path]}
    assert rows[run.path.name].status == "finished"
    assert rows["damaged-foreign"].status == "damaged"
    assert rows["damaged-foreign"].problem
    read_everything(run)


def test_set_recorded_keeps_the_run_readable(run):
    set_recorded(run.path, status="stopped")
    assert run.status().kind == "stopped"


def mischief(name, path):
    """Put into the run at `path` what takes a whole list of runs down if nobody looks."""
    file = path / schema.RUN_FILE
    if name == "surrogates":
        edit(Run(path), title="\ud800", stage="\ud800", notes=["\udfff"])
    elif name == "flood":
        edit(Run(path), title="x" * 10**6, failure="y\n" * 10**5, status="failed")
    elif name == "markup":
        edit(Run(path), status="failed", failure="cannot open [/data/x] <b>$x$")
    elif name == "huge step":
        edit(Run(path), step=10**400)
    else:
        file.unlink()
        if name == "pipe":
            os.mkfifo(file)
        elif name == "endless":
            file.symlink_to("/dev/zero")
        elif name == "sparse":
            with file.open("wb") as stream:
                stream.truncate(8 * 2**30)
        elif name == "folder":
            file.mkdir()


@pytest.mark.parametrize(
    "name", ["surrogates", "flood", "markup", "huge step", "pipe", "endless", "sparse", "folder"]
)
def test_one_run_takes_no_other_down(run, name):
    bad = shutil.copytree(run.path, run.path.parent / "bad")
    mischief(name, bad)
    rows = {row.id: row for row in list_runs(run.path.parent)}
    assert rows[run.path.name].status == "finished"
    json.dumps([rows["bad"].title, rows["bad"].problem], ensure_ascii=False).encode()
    assert len(rows["bad"].title) <= 200
    if name in ("pipe", "endless", "sparse", "folder", "huge step"):
        assert rows["bad"].status == "damaged"
        assert rows["bad"].problem


def test_a_folder_whose_name_is_not_utf8_is_a_run_with_a_title_that_is(run):
    run.path.rename(run.path.with_name(os.fsdecode(b"caf\xe9")))
    edit(Run(run.path.with_name(os.fsdecode(b"caf\xe9"))), title="")
    (row,) = list_runs(run.path.parent)
    assert (row.status, row.title) == ("finished", "caf\ufffd")


def test_exchanged_snapshots_are_noticed(run):
    folder = run.path / "snapshots"
    (folder / "step_0000030").rename(folder / "aside")
    (folder / "step_0000040").rename(folder / "step_0000030")
    (folder / "aside").rename(folder / "step_0000040")
    for name in ("scores", "features", "predictions", "prototypes"):
        with pytest.raises(DamagedError, match="holds the snapshot of step 30"):
            getattr(run.snapshot(40), name)


def npy_claiming(shape):
    return (
        b"\x93NUMPY\x01\x00v\x00"
        + (
            f"{{'descr': '<f2', 'fortran_order': False, 'shape': {shape}, }}".ljust(117) + "\n"
        ).encode()
    )


def npz_claiming_much():
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in ("class_id", "confidence", "kept"):
            archive.writestr(f"{name}.npy", bytes(300_000_000))
    return stream.getvalue()


def png_claiming_much():
    stream = io.BytesIO()
    Image.new("L", (30_000, 30_000)).save(stream, "PNG")
    return stream.getvalue()


@pytest.mark.long
@pytest.mark.parametrize(
    ("file", "content"),
    [
        ("features.npy", lambda: npy_claiming("(2000000000, 64)")),
        ("features.npy", lambda: npy_claiming("(10, -1)")),
        ("predictions.npz", npz_claiming_much),
        ("masks/target-frame_0.png", png_claiming_much),
    ],
)
def test_what_a_file_claims_is_checked_before_memory_is_spent(run, file, content):
    path = run.path / "snapshots" / "step_0000040" / file
    path.write_bytes(content())
    tracemalloc.start()
    with pytest.raises(DamagedError):
        read_everything(run)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 200_000_000


def test_rows_without_a_step_that_can_be_one_are_counted(run):
    with (run.path / schema.METRICS_FILE).open("ab") as stream:
        stream.write(b'{"step": [1]}\n{"step": true}\n{"step": -1}\n{"step": 1.5}\n{"a": 1}\n')
        stream.write(b'{"step": 1' + b"0" * 300 + b"}\n" + b" " * 2_000_000 + b'{"step": 3}\n')
    tail = run.metrics()
    assert len(tail.read()) == 40
    assert tail.skipped == 7
