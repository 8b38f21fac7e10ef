"""Measure an update on a device beside a straightforward rewriting of the released one.

python -m benchmarks.bench_device [KEY=VALUE ...]

Prints step time, most memory and utilisation at `data.size` with `model.backbone` on `device`, for
random images. This program does more in an update: a teacher labels the target, classes are mixed.
Both models stand on the device while either is measured. Where there is no CUDA device it runs on
the CPU at small size and says so; memory is then the most the process has had so far, and
utilisation is not measured.
"""

import resource
import sys
import time
from collections.abc import Callable

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from spcl.config import Config, make_config
from spcl.data.batches.batch import Batch
from spcl.label_space import IGNORE_INDEX
from spcl.models.device import named_device
from spcl.models.segmenter import build_segmenter
from spcl.training.learner import Learner

K = 19
ON_THE_CPU = ["data.size=[64, 128]", "adapt.source_batch=2", "adapt.target_batch=2", "threads=1"]
REPEATS, WARMUPS = 10, 3


def random_batch(config: Config, device: torch.device, *, count: int, seed: int) -> Batch:
    """Return random images with labels in blocks of 16 pixels, so that classes fill cells."""
    generator = torch.Generator().manual_seed(seed)
    height, width = config.data.size
    images = torch.rand(count, 3, height, width, generator=generator)
    coarse = torch.randint(0, K, (count, -(-height // 16), -(-width // 16)), generator=generator)
    labels = coarse.repeat_interleave(16, 1).repeat_interleave(16, 2)[:, :height, :width]
    return Batch(images.contiguous(memory_format=torch.channels_last), labels).on(device)


class Released:
    """The released update, rewritten as one would at first: loops over classes, two passes."""

    def __init__(self, config: Config, device: torch.device) -> None:
        self.model = build_segmenter(config.model.backbone, K, weights="none").to(device).train()
        self.optimizer = torch.optim.SGD(self.model.parameters(), lr=1e-4, momentum=0.9)
        self.centers = torch.zeros(K, self.model.num_channels, device=device)

    def update(self, source: Batch, target: Batch) -> None:
        """Learn once: cross-entropy on source, contrast on source and pseudo-labelled target."""
        self.optimizer.zero_grad()
        on_source = self.model(source.images)
        size = source.images.shape[2:]
        scores = F.interpolate(on_source.logits, size=size, mode="bilinear", align_corners=False)
        labels, aims = (batch.labels for batch in (source, target))
        assert labels is not None and aims is not None, "random batches have labels"
        cross_entropy = F.cross_entropy(scores / 1.8, labels, ignore_index=IGNORE_INDEX)
        self._move(on_source.features.detach(), labels)
        contrast = self._contrast(on_source.features, labels)
        cross_entropy.backward(retain_graph=True)  # type: ignore[no-untyped-call]
        contrast.backward()  # type: ignore[no-untyped-call]
        on_target = self.model(target.images)
        self._contrast(on_target.features, aims).backward()  # type: ignore[no-untyped-call]
        self.optimizer.step()
        cross_entropy.item(), contrast.item()

    def _move(self, features: Tensor, labels: Tensor) -> None:
        rows, classes = _rows(features, labels)
        for k in range(K):
            chosen = rows[classes == k]
            mean = chosen.mean(0) if len(chosen) else torch.zeros_like(self.centers[k])
            self.centers[k] = 0.1 * self.centers[k] + 0.9 * mean

    def _contrast(self, features: Tensor, labels: Tensor) -> Tensor:
        rows, classes = _rows(features, labels)
        kept = classes != IGNORE_INDEX
        return F.cross_entropy(rows[kept] @ self.centers.T / 100, classes[kept])


def _rows(features: Tensor, labels: Tensor) -> tuple[Tensor, Tensor]:
    """Return the features as rows (N, C) and the nearest label of each, (N,)."""
    small = F.interpolate(labels[:, None].float(), size=features.shape[2:], mode="nearest")
    return features.permute(0, 2, 3, 1).flatten(0, 2), small[:, 0].long().flatten()


def seconds_of(work: Callable[[], object], device: torch.device) -> tuple[float, float]:
    """Return the seconds of one call, a mean, and the most memory in MB."""
    on_cuda = device.type == "cuda"
    for _ in range(WARMUPS):
        work()
    if on_cuda:
        torch.cuda.synchronize(device)
        torch.cuda.reset_peak_memory_stats(device)
    began = time.perf_counter()
    for _ in range(REPEATS):
        work()
    if on_cuda:
        torch.cuda.synchronize(device)
    seconds = (time.perf_counter() - began) / REPEATS
    if on_cuda:
        return seconds, torch.cuda.max_memory_allocated(device) / 1e6
    return seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3


def utilization(device: torch.device) -> str:
    """Return the share of time that kernels ran, as the driver says; not known on the CPU."""
    if device.type != "cuda":
        return "not measured"
    try:
        return f"{torch.cuda.utilization(device)} %"
    except (ModuleNotFoundError, RuntimeError):
        return "not measured (needs nvidia-ml-py)"


def main(words: list[str]) -> None:
    asked = make_config({}, words)
    device = named_device(asked.device)
    config = asked if device.type == "cuda" else make_config({}, [*ON_THE_CPU, *words])
    torch.set_num_threads(config.num_threads)
    sizes = [config.adapt.source_batch, config.adapt.target_batch]
    source, target = (random_batch(config, device, count=n, seed=i) for i, n in enumerate(sizes))
    name = torch.cuda.get_device_name(device) if device.type == "cuda" else "CPU, small size"
    height, width = config.data.size
    print(f"{name}: {config.model.backbone}, {sizes[0]} + {sizes[1]} images of {width}x{height}")
    if device.type != "cuda":
        print("no CUDA device: these numbers say that it runs, not how fast a GPU would be")
    rewritten, ours = Released(config, device), learner(config, device, source)
    updates = {"released, rewritten": rewritten.update, "this program": ours.adapt_update}
    seconds = {}
    for title, update in updates.items():
        seconds[title], memory = seconds_of(lambda work=update: work(source, target), device)
        parts = f"{1000 * seconds[title]:9.1f} ms  {memory:8.0f} MB  {utilization(device)}"
        print(f"  {title:20} {parts}")
    slow, fast = seconds.values()
    print(f"  {slow / fast:.2f} times as fast as the rewriting")


def learner(config: Config, device: torch.device, source: Batch) -> Learner:
    """Return this program's learner at the start of its adaptation."""
    ours = Learner(config, num_classes=K, pixel_counts=np.ones(K, np.int64), device=device)
    ours.step = config.warmup.steps
    ours.begin_adaptation([source])
    return ours


if __name__ == "__main__":
    main(sys.argv[1:])
