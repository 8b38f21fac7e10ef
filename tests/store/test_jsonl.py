"""Growing files are read a piece at a time, and many lines at once; neither may be seen."""

import json
from pathlib import Path

import pytest

from spcl.store.formats import jsonl
from spcl.store.formats.jsonl import MetricsTail


@pytest.mark.parametrize("piece", [1, 7, 64, 2**18])
def test_rows_do_not_depend_on_the_pieces_they_are_read_in(
    piece: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jsonl, "_CHUNK_BYTES", piece)
    rows = [{"step": step, "text": "x" * (step % 90)} for step in range(40)]
    path = tmp_path / "rows.jsonl"
    path.write_text("".join(f"{json.dumps(row)}\n" for row in rows) + '{"step": 4')
    tail = MetricsTail(path, within=tmp_path)
    assert tail.read() == rows
    assert tail.torn
    with path.open("a") as stream:
        stream.write("0}\n")
    assert tail.read() == [{"step": 40}]
    assert not tail.torn


def test_a_damaged_line_takes_no_other_with_it(tmp_path: Path) -> None:
    lines = ['{"step": 1}', '{"step": 2', '"x": 3}', "[]", '{"step": "4"}', "\xff", '{"step": 5}']
    path = tmp_path / "rows.jsonl"
    path.write_text("".join(f"{line}\n" for line in lines))
    tail = MetricsTail(path, within=tmp_path)
    assert tail.read() == [{"step": 1}, {"step": 5}]
    assert tail.skipped == 5
