import sys

from spcl.training.processes.children import without_the_script


def test_the_program_is_as_it_was_whatever_it_had() -> None:
    program = vars(sys.modules["__main__"])
    before = {name: program[name] for name in ("__spec__", "__file__") if name in program}
    for extra in ({}, {"__file__": "/somewhere/train.py"}):
        program.pop("__file__", None)
        program.update(extra)
        with without_the_script():
            assert program["__spec__"] is None and "__file__" not in program
        assert {name: program[name] for name in ("__file__",) if name in program} == extra
        assert program["__spec__"] is before.get("__spec__")
    program.pop("__file__", None)
    program.update(before)
