"""Compare our prototypes and contrast with simple loops, and one backward pass with two.

OMP_NUM_THREADS=1 python -m benchmarks.bench_method
"""

import subprocess
import sys
from collections.abc import Callable
from itertools import islice
from pathlib import Path

import torch
from torch import Tensor
from torch.nn import functional as F

from benchmarks.timing import median_seconds, print_ratios
from spcl.adapt import Adaptation
from spcl.config import load_config
from spcl.config.presets import PRESETS
from spcl.data.domains import Domains
from spcl.method.classes.contrast import prototype_contrast
from spcl.method.grid.labels import one_hot_shares
from spcl.method.prototypes import PrototypeBank
from spcl.recording.null_recorder import NullRecorder

SHAPE, K = (2, 2048, 65, 129), 19
"""Shape of a ResNet's features of two Cityscapes crops at stride 8, and number of classes."""
Inputs = tuple[Tensor, Tensor, PrototypeBank]


def inputs(layout: torch.memory_format = torch.channels_last) -> Inputs:
    """Return features (in the memory format of training), labels at their size, and prototypes."""
    torch.manual_seed(0)
    features = torch.randn(SHAPE).contiguous(memory_format=layout).requires_grad_()
    labels = torch.randint(0, K, (SHAPE[0], *SHAPE[2:]))
    bank = PrototypeBank(K, SHAPE[1])
    bank.initialize(torch.randn(K, SHAPE[1]), torch.full((K,), 9.0))
    return features, labels, bank


def ours(features: Tensor, labels: Tensor, bank: PrototypeBank) -> Tensor:
    """Update the prototypes and return the contrast, as training does."""
    shares = one_hot_shares(labels, K)
    bank.update(features.detach(), shares)
    return prototype_contrast(features, shares, bank.vectors, bank.seen)


def listed(features: Tensor, labels: Tensor, bank: PrototypeBank) -> Tensor:
    """Do the same class by class, on the list of each class's pixels."""
    units = F.normalize(features, dim=1).permute(0, 2, 3, 1)
    for k in range(K):
        mean = units[labels == k].detach().mean(0)
        bank.vectors[k] = F.normalize(0.99 * bank.vectors[k] + 0.01 * mean, dim=0)
    losses = []
    for k in range(K):
        similarity = units[labels == k] @ bank.vectors.T / 0.1
        losses.append(F.cross_entropy(similarity, torch.full((len(similarity),), k)))
    return torch.stack(losses).mean()


def masked(features: Tensor, labels: Tensor, bank: PrototypeBank) -> Tensor:
    """Do the same class by class, with a mask over the whole feature map."""
    units = F.normalize(features, dim=1)
    for k in range(K):
        mask = (labels == k).unsqueeze(1)
        mean = (units.detach() * mask).sum((0, 2, 3)) / mask.sum()
        bank.vectors[k] = F.normalize(0.99 * bank.vectors[k] + 0.01 * mean, dim=0)
    similarity = torch.stack([(units * v.view(1, -1, 1, 1)).sum(1) for v in bank.vectors], 1) / 0.1
    per_pixel = F.cross_entropy(similarity, labels, reduction="none")
    return torch.stack([per_pixel[labels == k].mean() for k in range(K)]).mean()


WAYS: dict[str, Callable[..., Tensor]] = {
    "ours": ours,
    "loop with lists": listed,
    "loop with masks": masked,
}


def compute(way: str, arguments: Inputs, *, with_gradient: bool) -> None:
    """Compute the contrast one way, with or without the gradient at the features."""
    if with_gradient:
        torch.autograd.grad(WAYS[way](*arguments), arguments[0])
        return
    with torch.no_grad():
        WAYS[way](*arguments)


def number_printed(code: str) -> float:
    """Return the number that `code` prints in a fresh process, so memory starts equal."""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return float(done.stdout)


def extra_memory(way: str, *, with_gradient: bool) -> float:
    """Return the peak memory of one call beyond its inputs, in multiples of the feature map."""
    return number_printed(
        "from benchmarks import bench_method as b; i = b.inputs(); before = b.peak_from_here();"
        f"b.compute({way!r}, i, with_gradient={with_gradient});"
        "print((b.peak_bytes() - before) / (i[0].numel() * 4))"
    )


def update_memory(backward: str, preset: str) -> float:
    """Return how much an adaptation update adds to the peak memory, in MB."""
    return number_printed(
        "from benchmarks import bench_method as b;"
        f"update, close = b.adapting({backward!r}, {preset!r});"
        "before = b.peak_from_here(); update(); print((b.peak_bytes() - before) / 1e6); close()"
    )


def peak_from_here() -> int:
    """Reset the peak and return the memory this process uses now, in bytes (Linux)."""
    Path("/proc/self/clear_refs").write_text("5")
    return peak_bytes()


def peak_bytes() -> int:
    """Return the peak memory of this process since the last reset, in bytes (Linux)."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return 1024 * next(int(line.split()[1]) for line in lines if line.startswith("VmHWM"))


def adapting(
    backward: str, preset: str = "spcl"
) -> tuple[Callable[[], object], Callable[[], None]]:
    """Return a function that does one adaptation update on streets, and one that cleans up."""
    words = [f"preset={preset}", f'optimizer.backward="{backward}"']
    words += [f"threads={torch.get_num_threads()}"]
    config = load_config(Path("configs/streets.toml"), words)
    run = Adaptation(config, Domains.open(config), NullRecorder())
    run.learner.begin_adaptation(islice(run.batches.whole_source(), 1))
    run.learner.step = config.warmup.steps
    if config.pseudo_labels.mode == "offline":
        run._relabel(config.warmup.steps)
    source, target = run.batches.source.batch(0), run.batches.target.batch(0)
    return lambda: run.learner.adapt_update(source, target), run.batches.close


def compare_backward_passes(preset: str) -> None:
    """Print time and memory of an update with one and with two backward passes."""
    seconds = {}
    for backward in ("once", "twice"):
        update, close = adapting(backward, preset)
        seconds[backward] = median_seconds(update, repeats=7)
        close()
    print_ratios(
        f"adaptation update of {preset} on streets, backward passes", seconds, baseline="once"
    )
    for backward in seconds:
        print(f"  extra memory, {backward:20} {update_memory(backward, preset):9.0f} MB")


def compare(title: str, arguments: Inputs, *, with_gradient: bool) -> None:
    """Print time and memory of each way."""
    seconds = {
        way: median_seconds(
            lambda w=way: compute(w, arguments, with_gradient=with_gradient), repeats=3, warmups=1
        )
        for way in WAYS
    }
    print_ratios(f"prototypes and contrast at {SHAPE}, K = {K}, {title}", seconds, baseline="ours")
    for way in WAYS:
        memory = extra_memory(way, with_gradient=with_gradient)
        print(f"  extra memory, {way:20} {memory:9.2f} x the feature map")


def main() -> None:
    print(f"{torch.get_num_threads()} thread(s)")
    compare("forward", inputs(), with_gradient=False)
    compare("with gradient", inputs(), with_gradient=True)
    compare("forward, channels first", inputs(torch.contiguous_format), with_gradient=False)
    for preset in PRESETS:
        compare_backward_passes(preset)


if __name__ == "__main__":
    main()
