"""Everything that may be tried of prototypes and contrast, asked for side by side."""

import pytest

from spcl.ablation.arms import parse_arms, switched
from spcl.ablation.plan import make_plan
from spcl.errors import UserError
from tests.support.tiny_training import settings

SWITCHES = {
    "contrast.temperature=0.07,0.2,0.5": 3,
    "prototypes.momentum=0.9,0.999": 2,
    "model.projection=8,16": 2,
    "prototypes.features=student,frozen": 2,
    "segmentation.class_weights=0": 1,
    "data.source_images=2,4": 2,
    "contrast.domains=source,target": 2,
    "contrast.target_pixels=all": 1,
    "contrast.hard_negatives=1,2": 2,
    "contrast.schedule=late,ramp,alone": 3,
    "prototypes.kind=bank,distribution": 2,
    "prototypes.per_class=2,3": 2,
}


@pytest.mark.slow
def test_each_value_is_a_run_of_its_own_and_shares_the_warm_up_where_it_may(shared_pair, tmp_path):
    arms = [*parse_arms("spcl,source_only"), *(arm for text in SWITCHES for arm in switched(text))]
    seeds = (0, 1)
    plan = make_plan(
        settings(shared_pair), arms=arms, seeds=list(seeds), runs_dir=tmp_path, name="tiny"
    )
    assert len(plan.runs) == len(seeds) * (2 + sum(SWITCHES.values()))
    assert len({run.names for run in plan.runs}) == len(plan.runs)
    shared = {run.label.split(", ")[0] for run in plan.runs if run.warmup is not None}
    assert shared == {
        *("contrast.domains=source", "contrast.domains=target", "contrast.target_pixels=all"),
    }


def test_more_images_than_there_are_is_said_before_anything_is_trained(shared_pair, tmp_path):
    with pytest.raises(UserError, match="data.source_images is 9, but source/train has 6 images"):
        make_plan(
            settings(shared_pair),
            arms=[*parse_arms("spcl"), *switched("data.source_images=3,9")],
            seeds=[0],
            runs_dir=tmp_path,
            name="tiny",
        )


@pytest.mark.parametrize("text", ["prototypes.bank_size=5", "contrast.schedule_share=0.2"])
def test_a_key_of_a_part_that_is_off_changes_nothing_and_is_refused(shared_pair, tmp_path, text):
    with pytest.raises(UserError, match="changes no weights with these settings"):
        make_plan(
            settings(shared_pair),
            arms=[*parse_arms("spcl"), *switched(text)],
            seeds=[0],
            runs_dir=tmp_path,
            name="tiny",
        )
