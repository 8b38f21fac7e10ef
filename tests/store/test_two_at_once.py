"""Two trainings that want one id at the same moment: one has it, the other is told so."""

import threading

import pytest

from spcl.store.errors import StoreError
from spcl.store.reader import Run
from spcl.store.writer import RunWriter
from tests.support.synthetic_run import SyntheticRun, run_info


def test_one_of_two_gets_the_id_and_the_run_is_sound(tmp_path):
    gate = threading.Barrier(2)
    for number in range(20):
        writers, refusals = [], []

        def begin(name=f"run-{number}", writers=writers, refusals=refusals):
            gate.wait()
            try:
                writers.append(RunWriter.create(tmp_path, run_info(name)))
            except StoreError as error:
                refusals.append(str(error))

        threads = [threading.Thread(target=begin) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        (writer,), (said,) = writers, refusals
        assert f"{writer.path} " in said
        assert "choose another --id" in said
        assert Run(writer.path).status().kind == "running"
        writer.append_metrics({"step": 1})
        writer.end("stopped")
        assert Run(writer.path).info().status == "stopped"
        assert not list(writer.path.rglob("*.tmp"))


def test_nobody_is_told_to_remove_a_run_that_is_being_written(tmp_path):
    living = SyntheticRun(tmp_path)
    with pytest.raises(StoreError) as error:
        RunWriter.create(tmp_path, run_info(living.path.name))
    assert str(error.value) == (
        f"{living.path} is being written by another training; choose another --id"
    )
