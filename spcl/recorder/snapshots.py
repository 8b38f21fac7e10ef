"""Snapshots of a stranger's model; the first one says what there is in all of them."""

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from spcl.errors import UserError
from spcl.recorder.centers import CLASS_MEANS, Table, class_means, given_prototypes
from spcl.recorder.given.arrays import as_array
from spcl.recorder.given.outputs import Output
from spcl.recorder.observation import ProbeObservation, SplitScores
from spcl.recorder.run_recording import RunRecording
from spcl.store.formats.encoding import palette_of
from spcl.store.schema import ABSENT, DOMAINS, Domain


class _Known(NamedTuple):
    """What a snapshot knows; the same in all snapshots of a run."""

    channels: int
    confidence: bool
    prototypes: bool
    thresholds: bool

    def absent(self) -> set[str]:
        """Return the words for what is missing."""
        known = {
            "features": self.channels > 0,
            "prototypes": self.prototypes,
            "confidence": self.confidence,
            "thresholds": self.thresholds,
        }
        return {word for word, is_there in known.items() if not is_there}

    def __str__(self) -> str:
        parts = [
            f"features of {self.channels} channels" if self.channels else "no features",
            "logits" if self.confidence else "class ids alone",
            f"{'' if self.prototypes else 'no '}prototypes",
            f"{'' if self.thresholds else 'no '}thresholds",
        ]
        return ", ".join(parts)


class Snapshots:
    """Take the snapshots of one run."""

    def __init__(self, recording: RunRecording) -> None:
        """Take snapshots of a run that has none yet."""
        self._recording = recording
        self._known: _Known | None = None

    def take(
        self,
        step: int,
        outputs: Callable[[Domain], Iterator[Output]],
        *,
        prototypes: Any = None,
        thresholds: Any = None,
    ) -> dict[str, Any]:
        """Score what is said of every image, publish, and return the scores (UserError)."""
        space = self._recording.writer.info.label_space
        observation = ProbeObservation(self._recording.probe, palette_of(space))
        scores: dict[str, Any] = {"step": step}
        kinds: set[tuple[int, bool]] = set()
        for domain in DOMAINS:
            split = SplitScores(domain, len(space))
            for output in outputs(domain):
                self._add(output, domain, split, observation)
                kinds.add((output.channels, output.has_confidence))
                if len(kinds) > 1:
                    raise UserError(
                        f"predict gives {domain}[{output.index}] other things than the images "
                        "before; give features of the same channels, or none, for all of them"
                    )
            scores[domain] = split.values()
        channels, has_confidence = kinds.pop()
        limits = _thresholds(thresholds, len(space))
        if limits is not None and not has_confidence:
            raise UserError("thresholds need logits, which say how sure a model is; leave them out")
        self._begin(
            step, _Known(channels, has_confidence, prototypes is not None, limits is not None)
        )
        table = self._centers(observation, prototypes, len(space))
        self._recording.publish(step, observation.files(table, limits), scores)
        return scores

    def _add(
        self, output: Output, domain: Domain, split: SplitScores, observation: ProbeObservation
    ) -> None:
        probe = self._recording.probe
        place = probe.place_of(domain, output.index)
        split.add(output, None if place is None else probe.images[place].key)
        if place is not None:
            observation.add(output, place)

    def _centers(self, observation: ProbeObservation, given: Any, num_classes: int) -> Table:
        features = observation.unit_features()
        if given is not None:
            return given_prototypes(given, num_classes=num_classes, channels=features.shape[1])
        pixels = self._recording.probe.pixels
        return class_means(features, pixels["class_id"], pixels["domain"], num_classes)

    def _begin(self, step: int, known: _Known) -> None:
        """Say once what is missing; refuse a snapshot that knows more or less than the first."""
        if self._known is not None:
            if known != self._known:
                raise UserError(
                    f"the snapshot of step {step} has {known}, and the first had {self._known}; "
                    "give the same at every step"
                )
            return
        self._known = known
        writer = self._recording.writer
        missing = known.absent() | set(writer.info.absent)
        notes = writer.info.notes
        if known.channels and not known.prototypes:
            notes = (*notes, CLASS_MEANS)
        before = step if writer.info.before_step is None else writer.info.before_step
        absent = tuple(word for word in ABSENT if word in missing)
        writer.update(absent=absent, notes=notes, before_step=before)


def _thresholds(given: Any, num_classes: int) -> NDArray[np.float32] | None:
    """Return the threshold of each class, (K,)."""
    if given is None:
        return None
    values = as_array(given).astype(np.float32)
    if values.shape not in ((), (num_classes,)) or not ((values >= 0) & (values <= 1)).all():
        raise UserError(
            f"thresholds are {str(given)[:60]}; give one number in [0, 1], or one for each of the "
            f"{num_classes} classes"
        )
    return np.broadcast_to(values, (num_classes,)).astype(np.float32)
