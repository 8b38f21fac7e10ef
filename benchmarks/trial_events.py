"""Print the alarms of whole trainings on streets: none when healthy, some with shuffled labels.

OMP_NUM_THREADS=1 python -m benchmarks.trial_events (healthy | shuffled) SEED ... [KEY=VALUE ...]
"""

import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import torch
from torch import Tensor

from spcl import adapt, launch
from spcl.analysis.worker import analyse
from spcl.config import load_config
from spcl.method.pseudo_labels import PseudoLabels
from spcl.store.derived.reader import DerivedReader
from spcl.store.reader import Run
from spcl.training.target import labels as target_labels


def shuffled(confidence: Tensor, labels: Tensor, thresholds: Tensor) -> PseudoLabels:
    """Return the labels of a batch in random order, all kept with confidence 1."""
    order = torch.randperm(labels.numel(), generator=torch.Generator().manual_seed(0))
    permuted = labels.flatten()[order].view_as(labels)
    return PseudoLabels(permuted, torch.ones_like(confidence), torch.ones_like(labels).bool())


def trial(folder: Path, words: list[str]) -> None:
    """Train once, analyse the run, and print target mIoU and every event."""
    config = load_config(Path("configs/streets.toml"), ["threads=1", *words])
    adapt.run_to_end(launch.start(config, runs_dir=folder, run_id="run"))
    run = Run(folder / "run")
    analyse(run)
    before, last = run.info().before_step, run.steps()[-1]
    scores = [run.snapshot(step).scores["target"]["mean_iou"] for step in (before, last)]
    print(f"{' '.join(words)}: target mIoU {100 * scores[0]:.1f} to {100 * scores[1]:.1f}")
    for event in sorted(DerivedReader(run).events().read(), key=lambda row: row["step"]):
        print(f"  step {event['step']}, {event['kind']}: {event['sentence']}")


def main(words: list[str]) -> None:
    kind, *rest = words
    real: Callable[..., PseudoLabels] = target_labels.pseudo_labels
    target_labels.pseudo_labels = shuffled if kind == "shuffled" else real
    for seed in (word for word in rest if "=" not in word):
        overrides = [word for word in rest if "=" in word]
        with tempfile.TemporaryDirectory() as folder:
            trial(Path(folder), [f"seed={seed}", *overrides])


if __name__ == "__main__":
    main(sys.argv[1:])
