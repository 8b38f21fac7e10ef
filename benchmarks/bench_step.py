"""Measure where the time of an adaptation update goes, and what each optimisation saves.

OMP_NUM_THREADS=1 python -m benchmarks.bench_step [CONFIG.toml [KEY=VALUE ...]]
"""

import sys
from collections.abc import Callable
from pathlib import Path

import torch
from torch import Tensor
from torch.nn import functional as F

from benchmarks.timing import median_seconds, print_ratios
from spcl.adapt import Adaptation
from spcl.config import load_config
from spcl.data.batches.loaders import Batch, labeled_batches
from spcl.data.batches.transforms import color_jitter
from spcl.data.domains import Domains
from spcl.method.grid.resize import upsample
from spcl.method.mixing import class_mix
from spcl.recording.null_recorder import NullRecorder
from spcl.training.learner import Learner
from spcl.training.learner_state import labels_of

Parts = dict[str, float]


def prepared(words: list[str]) -> Adaptation:
    """Return a run at the start of its adaptation."""
    path, *overrides = words
    config = load_config(Path(path), ["threads=1", *overrides])
    run = Adaptation(config, Domains.open(config), NullRecorder())
    few = labeled_batches(run.batches.domains.source_train, size=config.data.size)
    run.learner.step = config.warmup.steps
    run.learner.begin_adaptation([next(few)])
    return run


def parts(run: Adaptation, source: Batch, target: Batch) -> Parts:
    """Return the seconds of an adaptation update, and of each of its parts on its own."""
    learner, config = run.learner, run.config
    losses, teacher = learner.losses, learner._teacher()
    labels = labels_of(source)
    shape = (int(labels.shape[1]), int(labels.shape[2]))
    with torch.no_grad():
        pseudo = learner.labeler.labels(target, teacher.model, shape)
        weights = pseudo.confidence * pseudo.kept
    pasting = source.images, labels, target.images, pseudo.labels, weights
    mixed = class_mix(*pasting, torch.Generator().manual_seed(0))
    joint = torch.cat([source.images, mixed.images]).contiguous(memory_format=torch.channels_last)
    learner.student.train()
    output = learner.student(joint)
    features, logits = (tensor.detach().requires_grad_() for tensor in output)
    num_source = len(labels)
    source_shares = losses.shares(labels, features[:num_source])
    target_shares = losses.shares(mixed.labels, features[num_source:], mixed.weights)

    def teacher_at_target() -> object:
        with torch.no_grad():
            return teacher.model(target.images)

    def pseudo_labels() -> object:
        with torch.no_grad():
            return learner.labeler.labels(target, teacher.model, shape)

    def pictures() -> object:
        generator = torch.Generator().manual_seed(0)
        images = class_mix(*pasting, generator).images
        clean = color_jitter(source.images, config.data.jitter, generator)
        return clean, learner.target_views.augment(images, generator)

    def student() -> None:
        forward_backward(learner, joint)

    def cross_entropy() -> None:
        one = losses.source_segmentation(logits[:num_source], labels)
        other = losses.segmentation(logits[num_source:], mixed.labels, mixed.weights)
        torch.autograd.grad(one + other, logits)

    def prototypes() -> None:
        losses.shares(labels, features[:num_source])
        losses.shares(mixed.labels, features[num_source:], mixed.weights)
        learner.bank.update(features[:num_source].detach(), source_shares)

    def contrast() -> None:
        one = losses.contrast(features[:num_source], source_shares, learner.bank)
        other = losses.contrast(features[num_source:], target_shares, learner.bank)
        torch.autograd.grad(one + other, features)

    def steps() -> None:
        torch.nn.utils.clip_grad_norm_(learner.student.parameters(), 1e9)
        learner.optimizer.optimizer.step()
        teacher.update(learner.student)

    whole = median_seconds(lambda: learner.adapt_update(source, target))
    timed_parts: dict[str, Callable[[], object]] = {
        "student forward and backward": student,
        "teacher forward on target": teacher_at_target,
        "teacher forward and pseudo labels": pseudo_labels,
        "teacher forward on source for prototypes": lambda: learner._prototype_features(
            source.images, output
        ),
        "cross-entropy forward and backward": cross_entropy,
        "mixing, jitter, blur": pictures,
        "label shares and prototypes": prototypes,
        "contrast forward and backward": contrast,
        "clipping, optimiser, moving average": steps,
    }
    seconds = {name: median_seconds(part) for name, part in timed_parts.items()}
    per_refresh = median_seconds(lambda: fresh_statistics(run), repeats=3)
    refresh = per_refresh / config.normalization.refresh_every
    return {"whole adaptation update": whole, **seconds, "target statistics, per update": refresh}


def forward_backward(learner: Learner, images: Tensor) -> None:
    """Run the student forward and backward."""
    output = learner.student(images)
    torch.autograd.backward(list(output), [torch.ones_like(tensor) for tensor in output])


def fresh_statistics(run: Adaptation) -> None:
    """Re-estimate the target's batch-norm statistics."""
    run.models._adapted = None
    run.models.with_target_statistics()


def choices(run: Adaptation, source: Batch, target: Batch) -> dict[str, Parts]:
    """Return the seconds of each optimisation beside those of what it replaced."""
    learner, size = run.learner, run.config.data.size
    teacher = learner._teacher().model
    joint = torch.cat([source.images, target.images])
    planes = torch.randn(len(target.images), learner.num_classes, size[0] // 8, size[1] // 8)
    planes.requires_grad_()
    labels = torch.randint(0, learner.num_classes, (len(planes), *size))
    scores = torch.randn(learner.num_classes, *size)

    def layout(how: torch.memory_format) -> float:
        learner.student.to(memory_format=how)
        images = joint.contiguous(memory_format=how)
        return median_seconds(lambda: forward_backward(learner, images))

    def resized(how: Callable[..., Tensor]) -> float:
        def loss() -> object:
            total = F.cross_entropy(how(planes, size=size), labels)
            return torch.autograd.grad(total, planes)

        return median_seconds(loss)

    def interpolate(planes: Tensor, size: tuple[int, int]) -> Tensor:
        return F.interpolate(planes, size=size, mode="bilinear", align_corners=False)

    def teacher_at(scale: int) -> float:
        images = F.interpolate(target.images, scale_factor=scale) if scale > 1 else target.images
        images = images.contiguous(memory_format=torch.channels_last)
        with torch.inference_mode():
            return median_seconds(lambda: teacher(images))

    loader = run.batches.source
    steps = iter(range(2, 1000))
    contiguous = layout(torch.contiguous_format)
    return {
        "student, memory layout": {
            "channels last": layout(torch.channels_last),
            "channels first": contiguous,
        },
        "logits upsampled, cross-entropy, gradient": {
            "two matrix products": resized(upsample),
            "interpolate": resized(interpolate),
        },
        "teacher forward": {
            "at the training size": teacher_at(1),
            "at twice the size": teacher_at(2),
        },
        "class of the highest score": {
            "max": median_seconds(lambda: scores.max(0)),
            "argmax": median_seconds(lambda: scores.argmax(0)),
        },
        "a source batch, next to an update": {
            "drawn in the background": median_seconds(
                lambda: loader.batch(next(steps)),
                before=lambda: learner.adapt_update(source, target),
            ),
            "drawn synchronously": median_seconds(lambda: loader.draw[1]),
        },
    }


def main(words: list[str]) -> None:
    run = prepared(words or ["configs/streets.toml"])
    config = run.config
    source, target = run.batches.source.batch(0), run.batches.target.batch(0)
    sizes = f"{len(source.images)} + {len(target.images)} images of {config.data.size}"
    title = f"{config.title}, {config.model.backbone}, {sizes}, {torch.get_num_threads()} thread(s)"
    seconds = parts(run, source, target)
    print_ratios(title, seconds, baseline="whole adaptation update")
    for name, ways in choices(run, source, target).items():
        print_ratios(name, ways, baseline=next(iter(ways)))
    run.batches.close()


if __name__ == "__main__":
    main(sys.argv[1:])
