"""Time code against a baseline in the same run, because machines are noisy."""

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
    """Return the median seconds of `work`; `before` runs each time and is not timed."""
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
    """Print the milliseconds of each entry and its ratio to the baseline."""
    print(title)
    for name, value in seconds.items():
        print(f"  {name:46} {1000 * value:9.1f} ms   {value / seconds[baseline]:6.2f} x {baseline}")
