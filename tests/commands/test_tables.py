"""Tables are whole where nobody looks at a terminal, and files that cannot be written are told."""

import csv

import pytest
from rich.table import Table

from spcl.commands.line.tables import require_folder_of, table_console, write_csv, write_text
from spcl.errors import UserError


def test_a_wide_table_is_not_cut_when_piped(monkeypatch, capsys):
    monkeypatch.delenv("COLUMNS", raising=False)
    names = [f"an_arm_with_a_long_name_{number}" for number in range(20)]
    table = Table(*names)
    table.add_row(*(str(number) for number in range(20)))
    table_console().print(table)
    printed = capsys.readouterr().out
    assert all(name in printed for name in names)
    assert "…" not in printed
    assert max(map(len, printed.splitlines())) < 1000


def test_columns_in_the_environment_still_say_the_width(monkeypatch):
    monkeypatch.setenv("COLUMNS", "77")
    assert table_console().width == 77


def test_files_are_written_or_told(tmp_path):
    write_csv(tmp_path / "a.csv", [("arm", "mIoU"), ("spcl, ours", 1.5)])
    with (tmp_path / "a.csv").open(newline="") as file:
        assert list(csv.reader(file)) == [["arm", "mIoU"], ["spcl, ours", "1.5"]]
    require_folder_of(None)
    require_folder_of(tmp_path / "a.csv")
    with pytest.raises(UserError, match="its folder does not exist; make it first"):
        require_folder_of(tmp_path / "nothing" / "a.csv")
    for write in (lambda: write_csv(tmp_path, []), lambda: write_text(tmp_path, "")):
        with pytest.raises(UserError, match=r"cannot be written \(Is a directory\)"):
            write()
