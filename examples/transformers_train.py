"""Record a training of transformers by one callback (pip install transformers accelerate).

python examples/transformers_train.py [RUNS_DIR]
"""

import sys
import tempfile
from pathlib import Path

import torch
from transformers import (
    SegformerConfig,
    SegformerForSemanticSegmentation,
    Trainer,
    TrainingArguments,
)

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))  # a checkout, nothing installed

from examples.drawn import CLASSES, scenes, tensors
from spcl.hooks.transformers import RecordCallback


def small_model() -> SegformerForSemanticSegmentation:
    """Return a Segformer of some thousand weights, untrained."""
    return SegformerForSemanticSegmentation(
        SegformerConfig(
            num_labels=len(CLASSES), num_encoder_blocks=2, depths=[1, 1], sr_ratios=[2, 1],
            hidden_sizes=[16, 32], patch_sizes=[3, 3], strides=[2, 2],
            num_attention_heads=[1, 2], mlp_ratios=[2, 2], decoder_hidden_size=32,
        )
    )  # fmt: skip


def items(pairs: list) -> list[dict[str, torch.Tensor]]:
    """Return scenes as the Trainer takes them."""
    return [{"pixel_values": image, "labels": label} for image, label in tensors(pairs)]


def main(runs_dir: str = "runs", steps: int = 60) -> Path:
    """Train and record; returns the run's folder."""
    torch.manual_seed(0)
    callback = RecordCallback(
        runs_dir,
        CLASSES,
        source=items(scenes(6, seed=1)),
        target=items(scenes(6, dark=True)),
        every=20,
        title="transformers",
    )
    with tempfile.TemporaryDirectory() as output_dir:
        arguments = TrainingArguments(
            output_dir=output_dir, max_steps=steps, per_device_train_batch_size=4,
            learning_rate=5e-3, logging_steps=1, report_to=[], use_cpu=True, disable_tqdm=True,
            save_strategy="no",
        )  # fmt: skip
        Trainer(
            model=small_model(),
            args=arguments,
            train_dataset=items(scenes(24)),
            callbacks=[callback],
        ).train()
    return callback.recording.run.path


if __name__ == "__main__":
    print(main(*sys.argv[1:2]))
