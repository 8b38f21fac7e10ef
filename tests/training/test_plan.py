from spcl.adapt import Adaptation
from spcl.data.domains import Domains
from spcl.recording.null_recorder import NullRecorder
from tests.support.tiny_training import RELEASED, settings


def plan_of(root, *overrides):
    config = settings(root, *overrides)
    adaptation = Adaptation(config, Domains.open(config), NullRecorder())
    adaptation.batches.close()
    return [(stage.name, stage.last_step) for stage in adaptation.plan]


def test_the_plan_is_warm_up_and_adaptation(root):
    assert plan_of(root) == [("warmup", 4), ("adapt", 8)]


def test_the_released_plan_ends_with_self_training(root):
    assert plan_of(root, *RELEASED) == [("warmup", 4), ("adapt", 8), ("selftrain", 11)]


def test_the_stages_of_the_configuration_cover_every_update(root):
    stages = settings(root, *RELEASED).stages
    assert [stage.first_step for stage in stages] == [0, 4, 8]
    assert settings(root, *RELEASED).stage_after(8) == "selftrain"
    assert settings(root, *RELEASED).stage_after(11) == "selftrain"
