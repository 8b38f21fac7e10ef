"""What is seen of a model at one step: both val splits scored, and the probe images observed.

Of several ranks each looks at its share of the images, in the batches that one process would make,
and rank 0 puts together what all have seen: sums of counts, and rows of the same arrays.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

import torch

from spcl.data.batches.loaders import Frames
from spcl.data.batches.transforms import to_tensor, whole_view
from spcl.evaluate import Predict, Scoring, predict_split, scored_split
from spcl.method.ranks.sums import own_items, rank
from spcl.recorder.in_order import at_once
from spcl.recorder.observation import Doer, ObservedPart, ProbeObservation, SplitScores
from spcl.recorder.probe import ProbeSet
from spcl.recording.quality_signs import QualitySigns
from spcl.recording.snapshot import PrototypeReadout, SnapshotSource
from spcl.store.classes import LabelSpace
from spcl.store.formats.encoding import palette_of
from spcl.store.schema import DOMAINS, Domain
from spcl.store.scores.counts import Counts, score
from spcl.training.processes.ranks import told_to_first

COMPARED_IMAGES = 15
"""Target images on which teacher and student are compared."""
_BATCH = 4


class _Share(NamedTuple):
    """What one rank has seen, as it is sent to rank 0."""

    splits: dict[str, SplitScores]
    observed: ObservedPart | None = None
    readout: Counts | None = None
    signs: QualitySigns | None = None


class Observer:
    """Looks at the val splits of both domains, always the same way."""

    def __init__(
        self,
        val: Mapping[Domain, Frames],
        probe: ProbeSet,
        space: LabelSpace,
        *,
        scoring: Scoring,
        encode: Doer = at_once,
    ) -> None:
        """Look at `val`, of which `probe` is observed.

        Args:
            val: images of each domain, with labels where there are some.
            probe: what is observed.
            space: the classes.
            scoring: how images are scored; what is observed is looked at at its `size`.
            encode: has pictures encoded, in order.
        """
        self.val = val
        self.probe = probe
        self.space = space
        self.scoring = scoring
        self._encode = encode

    def observe(
        self, step: int, source: SnapshotSource, *, scored: bool = True
    ) -> tuple[ProbeObservation, dict[str, Any]]:
        """Return what was observed at `step` and its scores; on rank 0, of all ranks.

        Without `scored`, where `evaluate.every` is set, they are those of the observed images.
        """
        observation = ProbeObservation(self.probe, palette_of(self.space), encode=self._encode)
        readout = PrototypeReadout(source.prototypes, len(self.space))
        is_whole = scored or not self._looks_apart
        splits: dict[str, SplitScores] = {}
        part_of: dict[Domain, int | None] = {}
        for domain in DOMAINS:
            predict = source.predictor(domain)
            part_of[domain] = self._part_of(domain, is_whole=is_whole)
            splits[domain] = self._observed(
                predict, domain, observation, readout, is_all=part_of[domain] is None
            )
            if is_whole and part_of[domain] is not None and self.probe.has_labels(domain):
                splits[f"whole {domain}"] = self._whole(predict, domain)
        if source.student is not None:
            self._compare(source.target, source.student, readout.signs)
        other = source.target_source_statistics
        if other is not None and self.probe.has_labels("target"):
            splits["target_source_statistics"] = self._whole(other, "target")
        self._join(splits, observation, readout)

        scores = self._described(step, is_whole=is_whole)
        for domain in DOMAINS:
            seen = splits[domain].values(part_of=part_of[domain])
            if f"whole {domain}" in splits and seen is not None:
                seen = {**(splits[f"whole {domain}"].values() or {}), "images": seen["images"]}
            scores[domain] = seen
        if scores["target"] is not None and source.prototypes.seen.any():
            scores["target"]["prototype_readout"] = score(readout.confusion)
        scores["selection"] = readout.signs.values()
        if "target_source_statistics" in splits:
            scores["target_source_statistics"] = splits["target_source_statistics"].values()
        return observation, scores

    def score(self, step: int, source: SnapshotSource) -> dict[str, Any]:
        """Return the scores of both splits, whole; on rank 0, of all ranks."""
        splits: dict[str, SplitScores] = {
            domain: self._whole(source.predictor(domain), domain)
            for domain in DOMAINS
            if self.probe.has_labels(domain)
        }
        self._join(splits)
        found = {name: split.values() for name, split in splits.items()}
        return {
            "step": step,
            "scored": self.scoring.words(),
            **{domain: found.get(domain) for domain in DOMAINS},
        }

    def _described(self, step: int, *, is_whole: bool) -> dict[str, Any]:
        how = (self.scoring if is_whole else self._observing).words()
        return {
            "step": step,
            "scored": how if is_whole else f"{how}, the observed images alone",
        }

    @property
    def _looks_apart(self) -> bool:
        """Return whether what is observed and what is scored are looked at apart."""
        return self.scoring.settings.every > 0

    @property
    def _observing(self) -> Scoring:
        return Scoring(self.scoring.size) if self._looks_apart else self.scoring

    def _part_of(self, domain: Domain, *, is_whole: bool) -> int | None:
        """Return the size of the split where only some of its images are looked at, else None.

        All are where `is_whole` and one look serves both, what is observed and what is scored.
        """
        num_images = len(self.val[domain])
        wants_all = is_whole or len(self.probe.frames_of(domain)) == num_images
        is_all = not self._looks_apart or (wants_all and self.scoring.is_observed)
        return None if is_all else num_images

    def _observed(
        self,
        predict: Predict,
        domain: Domain,
        observation: ProbeObservation,
        readout: PrototypeReadout,
        *,
        is_all: bool,
    ) -> SplitScores:
        """Look at the images of a domain, all or the chosen ones."""
        only = None if is_all else self.probe.frames_of(domain)
        split = SplitScores(domain, len(self.space))
        for prediction in predict_split(
            predict, self.val[domain], scoring=self._observing, only=only, batch_size=_BATCH
        ):
            image = self.probe.place_of(domain, prediction.index)
            split.add(prediction, None if image is None else self.probe.images[image].key)
            if image is not None:
                observation.add(prediction, image)
            if domain == "target" and (image is not None or not self._looks_apart):
                readout.add(prediction)
        return split

    def _whole(self, predict: Predict, domain: Domain) -> SplitScores:
        """Score a whole split alone, without masks and pixels."""
        split = SplitScores(domain, len(self.space))
        for scored in scored_split(predict, self.val[domain], scoring=self.scoring):
            image = self.probe.place_of(domain, scored.index)
            split.add(scored, None if image is None else self.probe.images[image].key)
        return split

    def _compare(self, teacher: Predict, student: Predict, signs: QualitySigns) -> None:
        """Count where teacher and student agree on a few target images."""
        frames = self.val["target"]
        chosen = range(0, len(frames), max(1, len(frames) // COMPARED_IMAGES))
        batches = [chosen[start : start + _BATCH] for start in range(0, len(chosen), _BATCH)]
        for indices in own_items(batches):
            views = [whole_view(frames[index][0], self.scoring.size) for index in indices]
            images = to_tensor(views)
            with torch.inference_mode():
                signs.compare(teacher(images)[1], student(images)[1])

    def _join(
        self,
        splits: dict[str, SplitScores],
        observation: ProbeObservation | None = None,
        readout: PrototypeReadout | None = None,
    ) -> None:
        """Have rank 0 know what all ranks have seen; the others keep what is theirs."""
        own: _Share | None = None
        if rank() > 0:
            own = _Share(
                splits,
                None if observation is None else observation.part(),
                None if readout is None else readout.confusion,
                None if readout is None else readout.signs,
            )
        for share in told_to_first(own):
            if share is None:  # that of rank 0 itself
                continue
            for name, split in share.splits.items():
                splits[name].join(split)
            if observation is not None and share.observed is not None:
                observation.join(share.observed)
            if readout is not None and share.readout is not None and share.signs is not None:
                readout.join(share.readout, share.signs)
        order = {image.key: place for place, image in enumerate(self.probe.images)}
        for split in splits.values():
            split.by_image = dict(sorted(split.by_image.items(), key=lambda it: order[it[0]]))
