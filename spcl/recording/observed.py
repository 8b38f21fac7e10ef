"""What a snapshot looks at in a learner."""

from spcl.recording.snapshot import Prototypes, SnapshotSource
from spcl.training.observed.models import ObservedModels, predictor


def snapshot_source(models: ObservedModels) -> SnapshotSource:
    """Return what a snapshot observes; a model is copied only when the recorder calls it."""
    learner, bank = models.learner, models.learner.bank
    is_last = learner.step == learner.config.total_steps  # one more pass, so only where it is read
    return SnapshotSource(
        source=predictor(models.source),
        target=predictor(models.target),
        target_source_statistics=predictor(models.source) if is_last else None,
        student=predictor(models.student) if learner.has_teacher else None,
        prototypes=Prototypes(bank.vectors, bank.pixel_count, bank.age, bank.seen),
        thresholds=learner.thresholds(),
    )
