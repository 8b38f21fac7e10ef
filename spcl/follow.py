"""Train beside the process that writes the run: what it tells the others, and how they begin."""

from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from spcl.adapt import Adaptation
from spcl.config import Config
from spcl.data.domains import Domains
from spcl.evaluate import Scoring
from spcl.launch import load_state
from spcl.recorder.probe import ProbeSet
from spcl.recording.following import FollowingRecorder
from spcl.recording.observer import Observer
from spcl.recording.recorder import Recorder
from spcl.store.classes import LabelSpace
from spcl.store.schema import CHECKPOINTS_FOLDER
from spcl.training.processes.children import without_the_script
from spcl.training.saved.checkpoint import LAST_FILE, PREVIOUS_FILE, load_checkpoint
from spcl.training.saved.rebuilding import without_weights


class Begun(NamedTuple):
    """A run that rank 0 has begun or taken up, as it tells the others.

    Attributes:
        path: the run, on a disk that all see.
        config: its settings.
        counts: pixels of each class in each label of source/train, (N, K).
        probe: what is observed of it.
        space: its classes.
    """

    path: Path
    config: Config
    counts: NDArray[np.int64]
    probe: ProbeSet
    space: LabelSpace

    @classmethod
    def of(cls, adaptation: Adaptation) -> "Begun":
        """Return what `adaptation`, which was started or resumed here, has begun with."""
        recorder = adaptation.recorder
        assert isinstance(recorder, Recorder), "a run that was started or resumed is written"
        return cls(
            recorder.path.resolve(),
            adaptation.config,
            adaptation.batches.source_counts,
            recorder.probe,
            recorder.writer.info.label_space,
        )


def follow(begun: Begun, *, previous: bool = False) -> Adaptation:
    """Train beside the process that writes the run; this one writes nothing.

    `previous` says that that one goes on from the checkpoint before the last.
    """
    config = begun.config
    state = load_checkpoint(begun.path, name=PREVIOUS_FILE if previous else LAST_FILE)
    with without_the_script():
        domains = Domains.open(config)
    vars(domains)["source_counts"] = begun.counts
    observer = Observer(
        {"source": domains.source_val, "target": domains.target_val},
        begun.probe,
        begun.space,
        scoring=Scoring(config.data.size, config.evaluate),
    )
    recorder = FollowingRecorder(begun.path / CHECKPOINTS_FOLDER, observer)
    adaptation = Adaptation(without_weights(config), domains, recorder)
    load_state(adaptation, state)
    return adaptation
