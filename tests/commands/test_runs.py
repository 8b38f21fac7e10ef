import json
import os
import subprocess
import sys

import pytest

from spcl.commands import main
from tests import ROOT
from tests.support.synthetic_run import SyntheticRun, set_recorded

HOSTILE = "\ud800 a\x1b[31mred\x1b[0m \u202egnp\n\tb\x00" + "x" * 5000


def test_texts_of_runs_are_cleaned_before_they_are_printed(tmp_path, capsys):
    bad = SyntheticRun(tmp_path, run_id="plain")
    bad.writer.end("failed", failure="why")
    (tmp_path / "plain" / "run.json").write_text(
        json.dumps(
            {
                **json.loads((tmp_path / "plain" / "run.json").read_text()),
                "failure": HOSTILE,
                "stage": HOSTILE,
                "title": HOSTILE,
            }
        )
    )
    assert main(["runs", str(tmp_path), "--json"]) == 0
    said = capsys.readouterr().out
    (row,) = json.loads(said)["runs"]
    for text in (row["stage"], row["problem"]):
        assert text.encode()
        assert text.isprintable()
        assert text.startswith("\ufffd a")
        assert len(text) <= 600
    assert "\\ud800" not in said
    assert said.count("\n") == 1


@pytest.mark.slow
def test_a_folder_whose_name_no_terminal_can_take_is_one_clean_row(tmp_path):
    run = SyntheticRun(tmp_path, run_id="plain")
    run.writer.end("stopped")
    set_recorded(run.path, stage="adapt")
    run.path.rename(tmp_path / os.fsdecode(b"caf\xe9\x1b[2J\n"))
    for words in (["--json"], []):
        done = subprocess.run(
            [sys.executable, "-m", "spcl", "runs", str(tmp_path), *words],
            cwd=ROOT,
            capture_output=True,
            env={**os.environ, "COLUMNS": "120"},
        )
        assert done.returncode == 0
        assert done.stderr == b""
        assert b"\x1b" not in done.stdout
        assert "caf\ufffd[2J" in (
            json.loads(done.stdout)["runs"][0]["id"] if words else done.stdout.decode()
        )
