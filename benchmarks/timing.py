"""Time parts of a program against a baseline in the same run: these machines are noisy."""

import statistics
import time
from collections.abc import Callable


def median_seconds(
    work: Callable[[], object],
    *,
    repeats: int = 7,
    warmups: int = 2,
    before: Callable[[], object] = lambda: None,
) -> float:
    """Return the median time of `work`; `before` is done each time and not counted."""
    for _ in range(warmups):
        work()
    times = []
    for _ in range(repeats):
        before()
        begun = time.perf_counter()
        work()
        times.append(time.perf_counter() - begun)
    return statistics.median(times)


def print_ratios(title: str, seconds: dict[str, float], *, baseline: str) -> None:
    """Print each part's milliseconds and its ratio to the baseline."""
    print(title)
    for name, value in seconds.items():
        print(f"  {name:46} {1000 * value:9.1f} ms   {value / seconds[baseline]:6.2f} x {baseline}")
