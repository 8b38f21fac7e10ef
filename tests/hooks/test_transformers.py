"""With the real library; skipped without it (`pip install transformers accelerate`)."""

import pytest

from spcl.store.reader import Run
from spcl.store.validation import faults
from tests.hooks.tiny import CLASSES, tensors

pytest.importorskip("transformers", reason="transformers is not installed")
pytest.importorskip("accelerate", reason="accelerate is not installed")
pytestmark = pytest.mark.slow

from transformers import (  # noqa: E402
    SegformerConfig,
    SegformerForSemanticSegmentation,
    Trainer,
    TrainingArguments,
)


def small_model():
    return SegformerForSemanticSegmentation(
        SegformerConfig(
            num_labels=4, num_encoder_blocks=2, depths=[1, 1], sr_ratios=[2, 1],
            hidden_sizes=[8, 16], patch_sizes=[3, 3], strides=[2, 2],
            num_attention_heads=[1, 2], mlp_ratios=[2, 2], decoder_hidden_size=16,
        )
    )  # fmt: skip


def test_a_training_is_recorded(tmp_path):
    from spcl.hooks.transformers import RecordCallback

    source, target = (
        [{"pixel_values": image, "labels": label} for image, label in tensors(4, dark=dark)]
        for dark in (False, True)
    )
    callback = RecordCallback(tmp_path / "runs", CLASSES, source=source, target=target, every=4)
    arguments = TrainingArguments(
        output_dir=str(tmp_path / "out"), max_steps=10, per_device_train_batch_size=2,
        logging_steps=2, report_to=[], use_cpu=True, disable_tqdm=True, save_strategy="no",
    )  # fmt: skip
    Trainer(model=small_model(), args=arguments, train_dataset=source, callbacks=[callback]).train()
    run = Run(callback.recording.run.path)
    assert list(faults(run)) == []
    assert run.status().kind == "finished"
    assert run.steps() == [0, 4, 8, 10]
    losses = {row["step"]: row["loss/total"] for row in run.metrics().read() if "loss/total" in row}
    assert list(losses) == [2, 4, 6, 8, 10]
    assert run.snapshot(10).features.shape[1] == 16
