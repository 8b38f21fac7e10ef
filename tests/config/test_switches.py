"""Every switch between `released` and `spcl`, and both presets whole, in small trainings."""

from functools import cache

import pytest
import torch

from spcl import adapt
from spcl.adapt import Adaptation
from spcl.config import make_config
from spcl.data.domains import Domains
from spcl.recording.null_recorder import NullRecorder
from tests.support.tiny_pair import write_tiny_pair

SWITCHES = [
    *('prototypes.absent="decay"', "prototypes.normalize=false", 'prototypes.features="student"'),
    *('prototypes.init="mean_of_means"', "prototypes.momentum=0.1", 'contrast.balance="pixel"'),
    *('contrast.source_pixels="correct"', 'contrast.start="adapt"', "contrast.weight=1.0"),
    *("contrast.temperature=100.0", 'labels.downsample="nearest"', "segmentation.logit_scale=1.8"),
    *("segmentation.class_weights=0.0", "normalization.target_statistics=false"),
    *('prototypes.features="frozen"', "model.projection=8"),
    *('warmup.adversarial="equal"', 'warmup.adversarial="unequal"', 'optimizer.kind="sgd"'),
    *('pseudo_labels.mode="offline"', 'pseudo_labels.rectify="prototype"', "teacher.momentum=0.0"),
    *('adapt.augment="strong"', 'adapt.mix="rare"', "adapt.mask_weight=1.0"),
    *('adapt.style="fourier"', 'adapt.style="color"', "data.crop_share=0.3"),
    *('pseudo_labels.weight="share"', 'pseudo_labels.weight="none"'),
    'normalization.teacher="source"',
    *('contrast.domains="source"', 'contrast.domains="target"', 'contrast.target_pixels="all"'),
    *("contrast.hard_negatives=1", 'contrast.schedule="late"', 'contrast.schedule="ramp"'),
    *('contrast.schedule="alone"', 'prototypes.kind="bank"', 'prototypes.kind="distribution"'),
    *("prototypes.per_class=3", "data.source_images=3"),
    *('selftrain.mode="stage"', 'data.sampling="uniform"', 'optimizer.schedule="poly"'),
]


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    root = write_tiny_pair(tmp_path_factory.mktemp("pair") / "pair")
    small = [
        *("data.kind=folder", f"data.root={root}", "data.size=[32, 64]", "threads=1"),
        *("warmup.steps=3", "adapt.steps=3", "warmup.batch=2", "adapt.source_batch=2"),
        *("adapt.target_batch=2", "prototypes.min_pixels=1"),
    ]

    @cache
    def weights(*words):
        config = make_config({}, [*small, *words])
        run = Adaptation(config, Domains.open(config), NullRecorder())
        adapt.run_to_end(run)
        state = {**run.learner.student.state_dict(), **run.learner.bank.state_dict()}
        return torch.cat([value.flatten().double() for value in state.values()])

    return weights


@pytest.mark.slow
@pytest.mark.parametrize("switch", SWITCHES)
def test_every_switch_alone_changes_the_training(trained, switch):
    # So many cells that some class is absent from some batch.
    rest = ["prototypes.min_pixels=30"] if "absent" in switch else []
    assert not torch.equal(trained(*rest), trained(*rest, switch))


@pytest.mark.slow
def test_the_scale_of_the_self_training_stage_changes_the_training(trained):
    stage = ['selftrain.mode="stage"', "selftrain.steps=2", 'pseudo_labels.mode="offline"']
    assert not torch.equal(trained(*stage), trained(*stage, "selftrain.scale=[0.5, 1.5]"))


@pytest.mark.slow
def test_the_whole_preset_trains_through_all_its_stages(trained):
    weights = trained("preset=released", "selftrain.steps=2")
    assert torch.isfinite(weights).all()


MASKED = "adapt.mask_weight=1.0"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("on", "further"),
    [
        ([MASKED], "adapt.mask_ratio=0.3"),
        ([MASKED], "adapt.mask_block=4"),
        (['adapt.style="fourier"'], "adapt.style_share=0.2"),
        (['pseudo_labels.weight="share"'], "pseudo_labels.sure=0.3"),
        (['pseudo_labels.mode="offline"'], 'normalization.teacher="source"'),
        (['adapt.arm="source_only"'], 'adapt.style="fourier"'),
        (['adapt.arm="source_only"'], 'adapt.style="color"'),
        (['adapt.arm="oracle"'], "data.crop_share=0.3"),
    ],
)
def test_what_a_switch_needs_changes_the_training_with_it(trained, on, further):
    assert not torch.equal(trained(*on), trained(*on, further))


@pytest.mark.slow
@pytest.mark.parametrize("arm", ["oracle", "oracle_joint"])
def test_what_learns_from_target_labels_takes_no_style(trained, arm):
    words = [f'adapt.arm="{arm}"']
    assert torch.equal(trained(*words), trained(*words, 'adapt.style="color"'))


@pytest.mark.slow
def test_settings_of_what_is_off_change_nothing(trained):
    off = ["adapt.mask_ratio=0.1", "adapt.mask_block=4", "adapt.style_share=0.3"]
    assert torch.equal(trained(), trained(*off, "pseudo_labels.sure=0.1"))
