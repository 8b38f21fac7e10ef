"""The preset `released` against its formulas."""

import copy

import numpy as np
import pytest
import torch
from torch.nn import functional as F

from spcl.ablation.arms import ARMS, arm_config, parse_arms, runs_needed
from spcl.config import known_keys, make_config, plain
from spcl.config.presets import PRESETS
from spcl.config.text import merged
from spcl.data.batches.loaders import Batch
from spcl.method.adversarial import Discriminator, adversarial_loss, discriminator_loss
from spcl.method.readout import prototype_logits, rectified
from spcl.training.adversary import Adversary
from spcl.training.learner import Learner

K = 4
COUNTS = np.array([400, 300, 200, 100])


def batches(seed):
    generator = torch.Generator().manual_seed(seed)

    def one():
        images = torch.rand(2, 3, 32, 64, generator=generator)
        labels = torch.randint(0, K, (2, 4, 8), generator=generator)
        return Batch(images, labels.repeat_interleave(8, 1).repeat_interleave(8, 2))

    return one(), one()


def learner_of(*overrides, preset="released"):
    words = [f"preset={preset}", "threads=1", "warmup.steps=2", "adapt.steps=8", *overrides]
    learner = Learner(make_config({}, words), num_classes=K, pixel_counts=COUNTS)
    learner.begin_adaptation([batches(9)[0]])
    learner.step = 2
    return learner


@pytest.mark.slow
def test_released_equals_its_formulas_written_down_again():
    """Five updates: parameters and prototypes to 1e-6, both in double precision.

    In single precision batch norm and five updates let the last digits of both grow apart.
    """
    rates = ["adapt.body_lr=0.01", "adapt.head_lr=0.1", "contrast.temperature=1.0"]
    learner = learner_of(*rates)
    for module in (learner.student, learner.bank, learner._teacher().model):
        module.double()
    learner.bank.initialize(
        torch.randn(K, learner.student.num_channels).double(), torch.full((K,), 9.0)
    )
    model = copy.deepcopy(learner.student).train()
    new = list(model.classifier.parameters()) + [
        p for n, p in model.backbone.named_parameters() if not n.startswith("trunk")
    ]
    new_ids = {id(p) for p in new}
    mu = learner.bank.vectors.clone()
    velocity = {p: torch.zeros_like(p) for p in model.parameters()}
    for step in range(5):
        source, target = (Batch(b.images.double(), b.labels) for b in batches(step))
        hidden = torch.where(torch.rand(target.labels.shape) < 0.3, 255, target.labels)
        target = Batch(target.images, hidden)
        learner.adapt_update(source, target)

        features, logits, _ = model(torch.cat([source.images, target.images]))
        h = logits[:2]
        up = F.interpolate(h, size=(32, 64), mode="bilinear", align_corners=False)
        loss = F.cross_entropy(up / 1.8, source.labels)
        y = source.labels[:, 4::8, 4::8]
        M = torch.where(h.argmax(1) == y, y, 255)
        unit = features / features.norm(dim=1, keepdim=True)
        for k in range(K):  # the prototypes first: they are constants of the loss
            inside = torch.eq(M, k).unsqueeze(1)
            m = (unit[:2].detach() * inside).sum((0, 2, 3)) / inside.sum().clamp(min=1)
            mu[k] = 0.1 * mu[k] + 0.9 * m  # m is 0 where the class is absent
        similarity = torch.einsum("bchw,kc->bkhw", unit, mu) / 1.0
        for z, labels in ((similarity[:2], M), (similarity[2:], hidden[:, 4::8, 4::8])):
            if (labels != 255).any():
                loss = loss + F.cross_entropy(z, labels, ignore_index=255)
        model.zero_grad()
        loss.backward()
        factor = (1 - step / 8) ** 0.9
        with torch.no_grad():
            for p in model.parameters():
                gradient = p.grad + 5e-4 * p
                velocity[p] = 0.9 * velocity[p] + gradient if step else gradient.clone()
                p -= (0.1 if id(p) in new_ids else 0.01) * factor * velocity[p]
    for (name, mine), theirs in zip(
        learner.student.named_parameters(), model.parameters(), strict=True
    ):
        torch.testing.assert_close(mine, theirs, atol=1e-6, rtol=0, msg=name)
    torch.testing.assert_close(learner.bank.vectors, mu, atol=1e-6, rtol=0)


def step_by_hand(model, loss, *, body_lr, head_lr):
    """One step of gradient descent with weight decay, the first of its stage (no velocity)."""
    model.zero_grad()
    loss.backward()
    body, head = model.parameter_groups()
    with torch.no_grad():
        for parameters, rate in ((body, body_lr), (head, head_lr)):
            for p in parameters:
                p -= rate * (p.grad + 5e-4 * p)


def assert_equal_parameters(mine, theirs):
    for (name, a), b in zip(mine.named_parameters(), theirs.parameters(), strict=True):
        torch.testing.assert_close(a, b, atol=1e-6, rtol=1e-5, msg=name)


def test_the_released_warm_up_equals_its_formula_written_down_again():
    config = make_config({}, ["preset=released", "warmup.body_lr=0.01", "warmup.head_lr=0.1"])
    learner = Learner(config, num_classes=K, pixel_counts=COUNTS)
    model = copy.deepcopy(learner.student).train()
    source, target = batches(0)
    learner.warmup_update(source, target)
    up = [F.interpolate(model(b.images).logits, scale_factor=8, mode="bilinear") for b in (source,)]
    up += [F.interpolate(model(target.images).logits, scale_factor=8, mode="bilinear")]
    taken_for_source = -learner.adversary.discriminator(up[1].softmax(1))
    loss = F.cross_entropy(up[0] / 1.8, source.labels)
    step_by_hand(
        model,
        loss - 0.001 * F.logsigmoid(taken_for_source).mean(),
        body_lr=0.01,
        head_lr=0.1,
    )
    assert_equal_parameters(learner.student, model)


def test_the_self_training_stage_learns_from_target_labels_alone():
    rates = ["adapt.body_lr=0.01", "adapt.head_lr=0.1", "adapt.jitter=0.0"]
    learner = learner_of(*rates)
    learner.step = 10
    learner.begin_selftraining()
    model = copy.deepcopy(learner.student).train()
    target = batches(0)[1]
    hidden = torch.where(torch.rand(target.labels.shape) < 0.3, 255, target.labels)
    bank = learner.bank.vectors.clone()
    learner.selftrain_update(Batch(target.images, hidden))
    up = F.interpolate(model(target.images).logits, scale_factor=8, mode="bilinear")
    loss = F.cross_entropy(up, hidden, ignore_index=255)
    step_by_hand(model, loss, body_lr=0.01, head_lr=0.1)
    assert_equal_parameters(learner.student, model)
    assert torch.equal(learner.bank.vectors, bank)


def test_without_momentum_the_teacher_is_the_student():
    learner = learner_of("teacher.momentum=0.0")
    learner.adapt_update(*batches(0))
    for mine, theirs in zip(
        learner.student.parameters(), learner.teacher.model.parameters(), strict=True
    ):
        assert torch.equal(mine, theirs)


@pytest.mark.parametrize(("mode", "scale"), [("equal", 1.8), ("unequal", 1.0)])
def test_the_model_is_judged_at_the_scale_at_which_the_discriminator_learnt(mode, scale):
    config = make_config({}, ["preset=released", f'warmup.adversarial="{mode}"'])
    adversary = Adversary(config, K)
    source, target = torch.randn(2, 1, K, 4, 4)
    loss = adversary.losses(source, target, (16, 16))["adversarial"]
    up = F.interpolate(target, size=(16, 16), mode="bilinear", align_corners=False)
    expected = adversarial_loss(adversary.discriminator, up / scale)
    torch.testing.assert_close(loss, expected, rtol=1e-6, atol=0)


def test_two_walks_through_the_graph_give_the_gradient_of_one():
    gradients = {}
    for backward in ("once", "twice"):
        learner = learner_of(f'optimizer.backward="{backward}"')
        learner.adapt_update(*batches(0))
        gradients[backward] = [p.grad.clone() for p in learner.student.parameters()]
    for once, twice in zip(*gradients.values(), strict=True):
        torch.testing.assert_close(once, twice, atol=1e-6, rtol=1e-5)


def test_an_absent_class_decays_under_released_and_stays_bit_identical_under_spcl():
    for preset, factor in (("released", 0.1), ("spcl", 1.0)):
        learner = learner_of(preset=preset)
        source, target = batches(0)
        before = learner.bank.vectors[3].clone()
        learner.adapt_update(Batch(source.images, source.labels.clamp(max=2)), target)
        torch.testing.assert_close(learner.bank.vectors[3], factor * before, rtol=1e-6, atol=0)


def test_a_mean_of_means_counts_every_image_once():
    batch = batches(3)[0]
    labels = batch.labels.clone()
    labels[0], labels[1] = 1, 1
    labels[1, 8:] = 2
    overrides = ['contrast.source_pixels="labeled"', "prototypes.normalize=false"]
    means = {}
    for init in ("pooled", "mean_of_means"):
        learner = learner_of(f'prototypes.init="{init}"', *overrides)
        learner.begin_adaptation([Batch(batch.images, labels)])
        means[init] = learner.bank.vectors[1]
    with torch.no_grad():
        unit = F.normalize(learner.teacher.model(batch.images).features, dim=1)
    first, second = unit[0].flatten(1).mean(1), unit[1, :, :1].flatten(1).mean(1)
    torch.testing.assert_close(means["mean_of_means"], (first + second) / 2)
    torch.testing.assert_close(means["pooled"], (4 * first + second) / 5)


def test_correct_source_pixels_are_those_predicted_right():
    learner = learner_of()
    batch = batches(0)[0]
    with torch.no_grad():
        output = learner.student(batch.images)
    shares = learner.losses.source_shares(batch.labels, output)
    kept = shares.sum(1) > 0
    assert torch.equal(kept, output.logits.argmax(1) == batch.labels[:, 4::8, 4::8])
    all_labeled = learner_of('contrast.source_pixels="labeled"')
    assert (all_labeled.losses.source_shares(batch.labels, output).sum(1) > 0).all()


def test_the_logit_scale_divides_source_logits_only():
    objective = learner_of().losses
    logits, labels = torch.randn(1, K, 4, 8) * 5, torch.zeros(1, 32, 64, dtype=torch.long)
    plain_loss = objective.segmentation(logits, labels)
    assert objective.source_segmentation(logits, labels) != plain_loss
    torch.testing.assert_close(objective.source_segmentation(1.8 * logits, labels), plain_loss)


@pytest.mark.slow
@pytest.mark.parametrize("mode", ["equal", "unequal"])
def test_unequal_scales_tell_the_domains_by_the_scale_alone(mode):
    """With equal maps in both domains nothing but the scale is left to be told."""
    torch.manual_seed(0)
    discriminator = Discriminator(K)
    optimizer = torch.optim.Adam(discriminator.parameters(), lr=0.01)
    target_scale = 1.8 if mode == "equal" else 1.0
    for _ in range(150):
        logits = 4 * torch.randn(4, K, 16, 16)
        loss = discriminator_loss(
            discriminator, logits, logits, source_scale=1.8, target_scale=target_scale
        )
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    assert (float(loss.detach()) < 0.55) == (mode == "unequal")


def test_fooling_changes_the_model_not_the_discriminator():
    discriminator = Discriminator(K).requires_grad_(False)
    logits = torch.randn(1, K, 16, 16, requires_grad=True)
    adversarial_loss(discriminator, logits).backward()
    assert logits.grad.abs().sum() > 0
    assert all(p.grad is None for p in discriminator.parameters())


def test_rectified_shares_sum_to_one_and_follow_the_nearest_prototype():
    vectors = torch.eye(3, 6)
    features = torch.zeros(1, 6, 2, 2)
    features[:, 1] = 1.0
    cosines = prototype_logits(features, vectors, torch.ones(3, dtype=torch.bool))
    even = torch.full((1, 3, 4, 4), 1 / 3)
    found = rectified(even, cosines)
    torch.testing.assert_close(found.sum(1), torch.ones(1, 4, 4))
    assert (found.argmax(1) == 1).all()
    assert (found[:, 1] > 0.99).all()


def test_the_readout_equals_the_cosine_and_never_names_an_unseen_class():
    torch.manual_seed(0)
    features, vectors = torch.randn(2, 6, 3, 4), torch.randn(3, 6)
    seen = torch.tensor([True, False, True])
    logits = prototype_logits(features, vectors, seen, temperature=0.5)
    expected = F.cosine_similarity(features[0, :, 1, 2], vectors[2], dim=0) / 0.5
    torch.testing.assert_close(logits[0, 2, 1, 2], expected)
    assert (logits.argmax(1) != 1).all()


def test_a_preset_lies_below_file_and_command_line():
    config = make_config({"preset": "released"}, ["prototypes.momentum=0.5"])
    assert config.prototypes.momentum == 0.5
    assert config.prototypes.absent == "decay"
    assert make_config({}).prototypes.absent == "keep"


def test_every_value_of_a_preset_is_a_key_and_differs_from_the_default():
    default = plain(make_config({}))
    for section, values in PRESETS["released"].items():
        for name, value in values.items():
            assert f"{section}.{name}" in known_keys()
            assert default[section][name] != value, f"{section}.{name}"
    assert merged({"a": {"b": 1, "c": 2}}, {"a": {"b": 3}}) == {"a": {"b": 3, "c": 2}}


@pytest.mark.parametrize(("start", "felt"), [("warmup", True), ("adapt", False)])
def test_the_contrast_begins_in_the_stage_it_is_told(start, felt):
    config = make_config({}, [f'contrast.start="{start}"', "prototypes.min_pixels=1"])
    report = Learner(config, num_classes=K, pixel_counts=COUNTS).warmup_update(batches(0)[0])
    assert ("loss/contrast" in report) == felt
    assert "loss/contrast" in learner_of(f'contrast.start="{start}"').adapt_update(*batches(0))


@pytest.mark.parametrize("whose", ["teacher", "student"])
def test_prototypes_average_the_features_of_whom_they_are_told(whose):
    words = [f'prototypes.features="{whose}"', "prototypes.momentum=0.0", "data.jitter=0.0"]
    learner = learner_of(*words, 'contrast.source_pixels="labeled"', "teacher.momentum=0.9")
    source, target = batches(0)
    student = copy.deepcopy(learner.student).train()
    with torch.no_grad():
        of_student = student(torch.cat([source.images, target.images])).features[:2]
        of_teacher = learner.teacher.model(source.images).features
    learner.adapt_update(source, target)
    features = {"teacher": of_teacher, "student": of_student}[whose]
    inside = source.labels[:, 4::8, 4::8] == 1
    mean = F.normalize(features, dim=1).permute(0, 2, 3, 1)[inside].mean(0)
    torch.testing.assert_close(learner.bank.vectors[1], mean, atol=1e-6, rtol=1e-5)


@pytest.mark.parametrize(("power", "even"), [(0.0, True), (-0.25, False)])
def test_class_weights_follow_the_frequency_unless_switched_off(power, even):
    weights = learner_of(f"segmentation.class_weights={power}").losses.class_weights
    assert torch.equal(weights, torch.ones(K)) == even
    assert (weights.diff() >= 0).all()  # COUNTS fall


def test_the_released_arm_has_the_total_of_every_arm():
    config = make_config({}, ["adapt.steps=7", "selftrain.steps=4", 'selftrain.mode="stage"'])
    for arm in runs_needed(parse_arms(",".join(ARMS))):
        assert arm_config(config, arm, seed=1).total_steps == config.total_steps
