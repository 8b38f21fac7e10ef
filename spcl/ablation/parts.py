"""The parts of the method that a comparison can leave out."""

from spcl.config.presets import Table

NO_CONTRAST: Table = {"contrast": {"weight": 0.0}}

PARTS: dict[str, tuple[str, Table]] = {
    "contrast": ("no contrast", NO_CONTRAST),
    "warmup_contrast": ("no contrast in the warm-up", {"contrast": {"start": "adapt"}}),
    "adapt_contrast": ("no contrast in the adaptation", {"contrast": {"adapt_ratio": 0.0}}),
    "source_contrast": (
        "no contrast of source pixels in the adaptation",
        {"contrast": {"domains": "target"}},
    ),
    "target_contrast": ("no contrast of target pixels", {"contrast": {"domains": "source"}}),
    "contrast_of_all_pixels": (
        "no contrast of target pixels whose pseudo label is not kept",
        {"contrast": {"target_pixels": "kept"}},
    ),
    "hard_negatives": (
        "each pixel is held against all other classes",
        {"contrast": {"hard_negatives": 0}},
    ),
    "contrast_schedule": (
        "the contrast has its weight from the first update on",
        {"contrast": {"schedule": "constant"}},
    ),
    "class_memory": (
        "one prototype a class, its mean",
        {"prototypes": {"kind": "mean", "per_class": 1}},
    ),
    "class_weights": (
        "every pixel counts the same in the cross-entropy",
        {"segmentation": {"class_weights": 0.0}},
    ),
    "rare_classes": ("source images are drawn uniformly", {"data": {"sampling": "uniform"}}),
    "mixed_images": (
        "no cross-entropy on mixed images and their pseudo labels",
        {"adapt": {"target_weight": 0.0}},
    ),
    "teacher": ("no moving average: the student labels the target", {"teacher": {"momentum": 0.0}}),
    "target_statistics": (
        "the source's batch-norm statistics throughout",
        {"normalization": {"target_statistics": False}},
    ),
    "thresholds": ("every pseudo label is kept", {"pseudo_labels": {"quantile": 0.0}}),
    "augmentation": (
        "mixed images are neither jittered nor blurred",
        {"adapt": {"jitter": 0.0, "blur": 0.0}},
    ),
    "strong_colors": (
        "target images are jittered and blurred, and no more",
        {"adapt": {"augment": "jitter"}},
    ),
    "rare_mixing": ("classes to paste are drawn uniformly", {"adapt": {"mix": "half"}}),
    "masked_images": ("no cross-entropy on masked images", {"adapt": {"mask_weight": 0.0}}),
    "style": ("source images keep their own style", {"adapt": {"style": "none"}}),
    "even_crops": ("crops are taken as they come", {"data": {"crop_share": 1.0}}),
    "label_weights": (
        "every pseudo label that is kept counts the same",
        {"pseudo_labels": {"weight": "none"}},
    ),
    "pooled_variance": (
        "the variance of batch norm is a mean over batches",
        {"normalization": {"pooling": "mean"}},
    ),
    "teacher_target_statistics": (
        "the teacher labels with its own batch-norm statistics",
        {"normalization": {"teacher": "source"}},
    ),
}
"""What `--minus` can leave out of the method: what is then done, and by which settings."""
