import inspect

import pytest

from spcl.recording.null_recorder import NullRecorder
from spcl.recording.protocol import RunRecorder
from spcl.recording.recorder import Recorder

METHODS = [
    name
    for name, member in vars(RunRecorder).items()
    if inspect.isfunction(member) and name[0] != "_"
]


@pytest.mark.parametrize("recorder", [Recorder, NullRecorder])
@pytest.mark.parametrize("method", METHODS)
def test_a_recorder_has_the_methods_of_the_protocol(recorder, method):
    promised = inspect.signature(getattr(RunRecorder, method)).parameters
    assert inspect.signature(getattr(recorder, method)).parameters == promised


def test_the_loop_asks_nothing_of_a_recorder_that_the_protocol_does_not_promise():
    promised = {name for name in vars(RunRecorder) if not name.startswith("_")}
    assert {"metrics", "snapshot", "checkpoint", "working_folder"} <= promised
    assert promised <= {name for name in dir(Recorder) if not name.startswith("_")}
    assert promised <= {name for name in dir(NullRecorder) if not name.startswith("_")}
