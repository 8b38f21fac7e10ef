"""The arms of a comparison, from names, switches and parts left out."""

import pytest

from spcl.ablation.arms import (
    ARMS,
    COMMON,
    arm_config,
    built_in,
    minus,
    parse_arms,
    runs_needed,
    split_values,
    switched,
)
from spcl.ablation.parts import PARTS
from spcl.config import make_config
from spcl.config.identity import contrasts, what_trains, what_warms_up
from spcl.errors import UserError


def names(arms):
    return [arm.name for arm in arms]


def test_arms_come_in_the_order_of_every_table():
    assert names(parse_arms("oracle, spcl,before")) == ["before", "spcl", "oracle"]
    assert names(parse_arms(",".join(reversed(ARMS)))) == list(ARMS)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "--arms names no arm; use some of before"),
        (" , ", "--arms names no arm"),
        ("spcl,spcl", "names spcl twice"),
        ("oracel", 'is not an arm; did you mean "oracle"'),
    ],
)
def test_arms_that_make_no_comparison_get_a_sentence(text, said):
    with pytest.raises(UserError, match=said):
        parse_arms(text)


def test_a_switch_makes_an_arm_of_each_value():
    assert names(switched("contrast.adapt_ratio=0,0.2")) == [
        "contrast.adapt_ratio=0",
        "contrast.adapt_ratio=0.2",
    ]
    assert names(switched("data.size=[64,64],[96, 96]")) == [
        "data.size=[64,64]",
        "data.size=[96, 96]",
    ]
    (arm,) = switched("contrast.adapt_ratio=1")
    assert arm_config(make_config({}), arm, seed=3).contrast.adapt_ratio == 1
    assert arm.slug == "contrast.adapt-ratio-1"


def test_commas_within_brackets_and_quotes_belong_to_a_value():
    assert split_values("1,[2,[3,4]],{a=1,b=2},\"x,y\",'z,'") == [
        *("1", "[2,[3,4]]", "{a=1,b=2}", '"x,y"', "'z,'"),
    ]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("contrast.adapt_rati=0", 'is not a key; did you mean "contrast.adapt_ratio"'),
        ("contrast.adapt_ratio", "is not a key|lacks a value"),
        ("contrast.adapt_ratio=0,,1", "lacks a value; write contrast.adapt_ratio=VALUE,VALUE"),
        ("seed=1,2", "give seeds with --seeds"),
        ("adapt.arm=oracle", "name arms with --arms"),
        ("record.every=2", "changes no weights"),
        ("data.root=/a,/b", "scored on one pair"),
    ],
)
def test_what_is_no_switch_gets_a_sentence(text, said):
    with pytest.raises(UserError, match=said):
        switched(text)


SWITCHED_ON = {
    "strong_colors": "adapt.augment=strong",
    "rare_mixing": "adapt.mix=rare",
    "masked_images": "adapt.mask_weight=1.0",
    "style": "adapt.style=color",
    "even_crops": "data.crop_share=0.75",
    "pooled_variance": "normalization.pooling=pooled",
    "contrast_of_all_pixels": "contrast.target_pixels=all",
    "hard_negatives": "contrast.hard_negatives=2",
    "class_memory": "prototypes.kind=bank",
    "contrast_schedule": "contrast.schedule=ramp",
}
"""Parts that the method does without unless they are asked for, and how they are."""


@pytest.mark.parametrize("part", PARTS)
def test_each_part_left_out_trains_something_else(part):
    config = make_config({}, [SWITCHED_ON[part]] if part in SWITCHED_ON else [])
    method, without = (arm_config(config, arm, seed=0) for arm in (built_in("spcl"), minus(part)))
    assert what_trains(method) != what_trains(without)


def test_a_part_that_is_none_gets_a_sentence():
    with pytest.raises(UserError, match='is not a part of the method; did you mean "teacher"'):
        minus("teachers")


def test_arms_without_contrast_have_none_in_their_warm_up_and_share_it():
    config = make_config({})
    one = {name: arm_config(config, built_in(name), seed=0) for name in ARMS if name != "released"}
    fair = ["source_only", "fda", "color_transfer", "self_training", "oracle", "oracle_joint"]
    for name in fair:
        assert not contrasts(one[name].contrast, warming_up=True)
        assert what_warms_up(one[name]) == what_warms_up(one["source_only"])
    assert what_warms_up(one["spcl"]) != what_warms_up(one["source_only"])


def test_a_value_that_a_key_cannot_take_is_refused_as_in_a_file():
    (arm,) = switched("adapt.steps=three")
    with pytest.raises(UserError, match="adapt.steps is 'three'; use a whole number"):
        arm_config(make_config({}), arm, seed=0)


def test_adabn_and_before_need_the_runs_they_are_read_off_and_oracles_come_last():
    arms = parse_arms("before,adabn,oracle,self_training")
    assert names(runs_needed(arms)) == ["spcl", "source_only", "self_training", "oracle"]


def test_a_style_comes_after_the_warm_up_and_is_read_with_either_statistics():
    config = make_config({})
    fda, plain = (arm_config(config, built_in(name), seed=0) for name in ("fda", "source_only"))
    assert (fda.adapt.style, fda.adapt.arm) == ("fourier", "source_only")
    assert what_warms_up(fda) == what_warms_up(plain)
    assert what_trains(fda) != what_trains(plain)
    assert names(runs_needed(parse_arms("fda,fda_adabn,color_transfer_adabn"))) == [
        *("fda", "color_transfer"),
    ]
    on_source = [name for name in ARMS if built_in(name).is_on_source]
    assert on_source == ["source_only", "fda", "color_transfer"]


def test_a_styled_configuration_leaves_source_only_alone_and_no_style_is_compared_unasked():
    config = make_config({}, ["adapt.style=color"])
    assert arm_config(config, built_in("source_only"), seed=0).adapt.style == "none"
    assert arm_config(config, built_in("spcl"), seed=0).adapt.style == "color"
    assert set(ARMS) - set(COMMON) == {
        *("fda", "fda_adabn", "color_transfer", "color_transfer_adabn"),
    }
