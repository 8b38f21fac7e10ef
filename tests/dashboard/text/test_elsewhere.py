"""What pages say of runs of another machine, and of a connection that is cut."""

import time
from dataclasses import replace

import pytest

from dashboard.data.connection import Connection
from dashboard.text.common import arriving, short_status, status_sentence
from dashboard.text.runs.connection import origin, sentences
from spcl.store.life.status import Status
from tests.support.synthetic_run import run_info

INFO = replace(run_info("run"), step=12)


def said(kind, *, seconds=4.0, **status):
    return status_sentence(INFO, Status(kind, seconds, 7, None, elsewhere="gpu-7", **status))


def test_a_run_of_another_machine_says_whose_word_it_is():
    assert said("running") == "Running on gpu-7, last heard 4 s ago"
    assert said("stalled", seconds=100) == (
        "Last heard from gpu-7 2 min ago: the training there is silent, or what it writes no "
        "longer comes here"
    )
    silent = Status("stalled", 100, 7, None, elsewhere="gpu-7")
    assert short_status(INFO, silent) == "Silent, step 12 of 40"


def test_a_copy_without_a_checkpoint_offers_no_command():
    assert said("stopped", has_checkpoint=False) == (
        "Stopped at step 12 on gpu-7; no checkpoint of it is here, so it can only be continued "
        "on gpu-7"
    )


def test_with_its_checkpoint_it_can_be_continued_at_either_end():
    assert said("stopped") == (
        "Stopped at step 12 on gpu-7; continue it on gpu-7, or here with python -m spcl adapt "
        "--resume RUN_DIR"
    )


def test_a_name_of_a_machine_is_text_of_one_line():
    sentence = status_sentence(INFO, Status("running", 4, 7, None, elsewhere="a\nb" * 90))
    assert "\n" not in sentence
    assert len(sentence) < 120


def test_while_all_is_well_nothing_stands_above_a_page():
    assert sentences(Connection("s3://lab/runs"), "run") == []


def test_a_cut_connection_is_one_line_with_the_time():
    now = Connection("s3://lab/runs", silent_since=time.time(), reason="no connection")
    (line,) = sentences(now, "run")
    assert line.startswith(f"Nothing has come from s3://lab/runs since {time.strftime('%H:')}")
    assert "no connection" in line
    (before,) = sentences(replace(now, silent_since=0.0), None)
    assert "since 19" in before, "of another day with its date"


@pytest.mark.parametrize(("run", "lines"), [("run", 1), ("other", 0)])
def test_what_is_not_here_of_a_run_is_said_on_its_pages_alone(run, lines):
    now = Connection("s3://lab/runs", notes={"run": "too large."})
    assert len(sentences(now, run)) == lines


def test_runs_without_room_and_runs_to_come_are_counted():
    now = Connection("s3://lab/runs", num_left_out=2, num_awaited=1)
    assert sentences(now, None)[0].startswith("2 older runs of s3://lab/runs found no room")
    assert origin(now) == ("Read from s3://lab/runs; 1 run still to come. Nothing is written there")


def test_snapshots_on_their_way_are_named():
    assert arriving([40]) == "The snapshot of step 40 is being copied"
    assert arriving([1000, 2000]) == "2 snapshots are being copied, the first of step 1,000"
