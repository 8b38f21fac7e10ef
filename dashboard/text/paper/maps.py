"""Words around the printed feature map: what it shows, of how much, and how far to trust it."""

from collections.abc import Sequence
from typing import Literal

from dashboard.data.map.sample import MapSample
from dashboard.text.common import listing


def map_title(by: Literal["class", "domain"]) -> str:
    """Return the title of the map."""
    return f"Feature map by {by}"


def map_awaited(step: int) -> str:
    """Return what stands in place of a map that is not made yet."""
    return f"The map of step {step:,} is not made yet; python -m spcl analyse makes it."


def map_head(step: int, shown: int, before: int | None) -> str:
    """Return what stands above a panel: "Before, step 250"."""
    now = "After" if before is not None and before < shown else "Now"
    when = now if step == shown else "Before" if step == before else ""
    return f"{when}, step {step:,}" if when else f"Step {step:,}"


def map_key(domains: Sequence[str], by: Literal["class", "domain"]) -> str:
    """Return what the marks mean."""
    colors = " (orange)", " (blue)"
    source, target = (
        f"{name}{color if by == 'domain' else ''}"
        for name, color in zip(domains, colors, strict=True)
    )
    return f"○ {source},  ● {target},  ◆ prototype"


def map_reading(sample: MapSample, steps: Sequence[int], before: int | None) -> str:
    """Return how many pixels are drawn, and how far the projection can be trusted at each step."""
    known = [(step, sample.trust[step]) for step in steps]
    trust = [f"{value:.2f} at step {step:,}" for step, value in known if value is not None]
    said = f" Trustworthiness of the projection: {listing(trust)}." if trust else ""
    together = " The panels share one camera." if len(steps) > 1 else ""
    return (
        f"{len(sample.class_id):,} of {sample.num_pixels:,} probe pixels, each where "
        f"{sample.method.upper()} puts its features.{together}{said} "
        "Distances between far groups mean nothing."
    )
