"""Presets: values that replace the defaults; files and the command line override them.

`released` follows the authors' public code; docs/method.md lists its defects and the key that fixes
each.
"""

from typing import Any

Table = dict[str, dict[str, Any]]

RELEASED_METHOD: Table = {
    "data": {"sampling": "uniform"},
    "optimizer": {"backward": "twice"},
    "warmup": {"adversarial": "unequal"},
    "teacher": {"momentum": 0.0},
    "prototypes": {
        "momentum": 0.1,
        "absent": "decay",
        "normalize": False,
        "init": "mean_of_means",
        "min_pixels": 1,
        "features": "student",
    },
    "contrast": {
        "temperature": 100.0,
        "weight": 1.0,
        "balance": "pixel",
        "source_pixels": "correct",
        "start": "adapt",
    },
    "labels": {"downsample": "nearest"},
    "segmentation": {"logit_scale": 1.8, "class_weights": 0.0},
    "pseudo_labels": {"mode": "offline"},
    "selftrain": {"mode": "stage", "scale": (0.5, 1.5)},
    "normalization": {"target_statistics": False},
}
"""The method alone; a comparison with equal optimiser and augmentation changes only these."""

_RELEASED_TRAINING: Table = {
    "data": {"jitter": 0.0},
    "optimizer": {
        "kind": "sgd",
        "schedule": "poly",
        "weight_decay": 5e-4,
        "clip": 0.0,
        "ramp_steps": 0,
    },
    "warmup": {"body_lr": 2.5e-4, "head_lr": 2.5e-3},
    "adapt": {"body_lr": 2.5e-4, "head_lr": 2.5e-3},
    "selftrain": {"steps": 240},
    "select": {"by": "target_miou"},
}

PRESETS: dict[str, Table] = {
    "spcl": {},
    "released": {
        section: {**RELEASED_METHOD.get(section, {}), **_RELEASED_TRAINING.get(section, {})}
        for section in (*RELEASED_METHOD, *_RELEASED_TRAINING)
    },
}
