"""What pages say of what a run does not record; the words are those of `schema.ABSENT`."""

import shlex
from pathlib import Path

from spcl.store.schema import RunInfo

_GIVE_FEATURES = (
    "Whoever records it can return (features, logits) from predict, or put arrays into "
    "features/STEP: docs/own-training.md says how."
)
NO_MAP = ("There is no map: this run records no features", _GIVE_FEATURES)
NO_PROTOTYPES = (
    "There are no prototypes: this run records no features",
    f"A prototype is a mean of features. {_GIVE_FEATURES}",
)
ONLY_CONFUSION = (
    "Only confusion can be shown: this run records no features",
    f"How far classes lie apart is measured on features. {_GIVE_FEATURES}",
)
NOT_LOGGED = "not logged by this training"
NEEDS_FEATURES = "needs features, which are not recorded"
NO_MARGIN = "This run records no features, so neither margins nor prototypes are known."
NO_LABELS = "Neither features nor labels of this domain are recorded, so no rival is known."
NO_CONFIDENCE = "This run records class ids without confidence, so the calibration is not measured."
BEGIN_AGAIN = "start it again as you did"


def lacks(info: RunInfo, what: str) -> bool:
    """Return whether a run does not record `what`."""
    return what in info.absent


def what_prototypes_are(info: RunInfo) -> str:
    """Return what a prototype of a run is."""
    if lacks(info, "prototypes"):
        return (
            "This training has no prototypes of its own: shown is the mean of the features of a "
            "class, over the labelled source pixels that are observed. Everything here is measured "
            "on the full vectors."
        )
    return (
        "A prototype is the running mean of the features of a class, one vector per class. "
        "Everything here is measured on the full vectors."
    )


def compared_with(info: RunInfo) -> str:
    """Return since when a run is compared, after "since": the warm-up, or a step."""
    has_warmup = len(info.stages) > 1 or not lacks(info, "settings")
    return "the warm-up" if has_warmup else f"step {info.before_step or 0:,}"


def no_baseline(path: Path) -> str:
    """Return what to type to compare a run that another program recorded."""
    return (
        "Not compared with a baseline yet; record another training on the same images and type "
        f"python -m spcl evaluate OTHER_RUN --as-baseline NAME {shlex.quote(str(path.absolute()))}"
    )
