"""Where the milliseconds of an update go, by part, as ratios to the plain supervised update.

python -m benchmarks.bench_step [CONFIG.toml [KEY=VALUE ...]]
"""

import sys
from pathlib import Path

import torch

from benchmarks.timing import median_seconds, print_ratios
from spcl.adapt import Adaptation, NullRecorder
from spcl.config import load_config
from spcl.data.loaders import labelled_batches
from spcl.learner import predictor
from spcl.method.mixing import class_mix
from spcl.method.pseudo_labels import pseudo_labels
from spcl.models.segmenter import upsample
from spcl.supply import Domains


def main(words: list[str]) -> None:
    path, *overrides = words or ["configs/streets.toml"]
    config = load_config(Path(path), ["threads=1", *overrides])
    run = Adaptation(config, Domains.open(config), NullRecorder())
    learner = run.learner
    warm, source, target = (
        loader.batch(0)
        for loader in (run.supply.warmup_source, run.supply.source, run.supply.target)
    )
    learner.step = config.warmup.steps
    few = labelled_batches(run.supply.domains.source_train, size=config.data.size)
    learner.begin_adaptation([next(few)])
    teacher = learner.teacher.model
    shape = config.data.size
    with torch.inference_mode():
        logits = teacher(target.images).logits
    generator = torch.Generator().manual_seed(0)

    def labels_of_target() -> object:
        with torch.inference_mode():
            return pseudo_labels(upsample(logits, shape).softmax(1), learner._thresholds())

    def mixing() -> object:
        guess = labels_of_target()
        return class_mix(
            source.images, source.labels, target.images, guess.labels, guess.confidence, generator
        )

    def inference(images: torch.Tensor) -> object:
        with torch.inference_mode():
            return predictor(teacher)(images)

    joint = torch.cat([source.images, target.images])
    seconds = {
        "supervised update": median_seconds(lambda: learner.supervised_update(warm)),
        "adaptation update": median_seconds(lambda: learner.adapt_update(source, target)),
        "of it: teacher forward, both": median_seconds(lambda: inference(joint)),
        "of it: pseudo labels": median_seconds(labels_of_target),
        "of it: pseudo labels and mixing": median_seconds(mixing),
        "of it: strong augmentation": median_seconds(
            lambda: learner._strong(target.images, generator)
        ),
        "label shares and prototypes": median_seconds(
            lambda: learner.bank.update(
                teacher(source.images).features,
                learner.objective.shares(source.labels, teacher(source.images).features),
            )
        ),
        "drawing a source batch": median_seconds(lambda: run.supply.source._draw(1)),
    }
    print_ratios(
        f"{path}, {config.model.backbone}, 1 thread", seconds, baseline="supervised update"
    )


if __name__ == "__main__":
    main(sys.argv[1:])
