"""The stories of runs as one file: what the pages get, with its files inside."""

import gzip
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

from dashboard.charts.common import library_code
from dashboard.components.story.payload.wipes import offered_pictures
from dashboard.components.story.story import story_values
from dashboard.data import recorded
from dashboard.data.opened_run import OpenedRun
from dashboard.data.story.facts import StoryRead, read_story
from dashboard.export.closer import MOST_IMAGES, closer, steps_kept
from dashboard.export.document import document
from dashboard.export.files import RunFiles, data_address
from dashboard.text.runs.provenance import provenance
from dashboard.text.story.counted.counting import story_numbers
from dashboard.text.story.counted.numbers import StoryNumbers
from spcl.store.errors import UserError

_CHARTS = "charts.js.gz"
_MOST_EXAMPLES = 5


@dataclass(frozen=True)
class Exported:
    """A file to send: its bytes, what stands in it, and whose analysis had not done its part."""

    content: bytes
    not_analyzed: tuple[Path, ...]
    num_photographs: int
    num_masks: int


def export(
    runs: Iterable[OpenedRun],
    *,
    images: Collection[str] = (),
    with_photographs: bool = True,
    tell: Callable[[str], None] = lambda doing: None,
) -> Exported:
    """Return the stories of runs as one HTML file; the same runs give the same bytes.

    Args:
        runs: in the order of the file, each at the step that its story tells of.
        images: keys of the probe images that may be compared in it; some typical, some that
            gained and some that lost where none is named.
        with_photographs: whether the photographs stand in it, or masks alone.
        tell: called with what is being done.

    Raises:
        UserError: a run has no snapshot, or not these images.
    """
    made: list[dict[str, Any]] = []
    files: list[RunFiles] = []
    not_analyzed: list[Path] = []
    for opened in runs:
        if opened.step is None:
            raise UserError(
                f"{opened.path} has no snapshot yet, so there is no story to tell; wait for it"
            )
        tell(f"reading {opened.title}")
        opened = replace(opened, selection=replace(opened.selection, classes=()))
        mine = RunFiles(opened, f"run{len(files)}", with_photographs=with_photographs)
        made.append(_run(opened, mine, frozenset(images), tell))
        files.append(mine)
        if not recorded.is_derived(opened.run, opened.steps):
            not_analyzed.append(opened.run.path)
    tell("putting the file together")
    inside = {address: data for mine in files for address, data in mine.contents.items()}
    has_charts = any(run["closer"]["cards"] for run in made)
    if has_charts:
        inside[_CHARTS] = data_address("application/gzip", packed_charts())
    titles = list(dict.fromkeys(run["story"]["title"] for run in made))
    content = document(
        "exported",
        {"files": inside, "charts": _CHARTS if has_charts else None, "runs": made},
        title=f"{', '.join(titles)}: the story",
    )
    return Exported(
        content,
        tuple(not_analyzed),
        sum(mine.count("photograph") for mine in files),
        sum(mine.count("mask") for mine in files),
    )


def _run(
    opened: OpenedRun, files: RunFiles, images: frozenset[str], tell: Callable[[str], None]
) -> dict[str, Any]:
    assert opened.step is not None, "it has a snapshot"
    known = [image.key for image in recorded.images(opened.path)]
    if images and not images & set(known):
        target_first = sorted(recorded.images(opened.path), key=lambda one: one.domain != "target")
        examples = [one.key for one in target_first[:_MOST_EXAMPLES]]
        more = len(known) - len(examples)
        raise UserError(
            f"--images names none of the pictures of {opened.run.path}; choose from "
            f"{', '.join(examples)}" + (f" and {more} more in probe/probe.json" if more else "")
        )
    read = read_story(opened, opened.step)
    numbers = story_numbers(read)
    story = story_values(opened, read, numbers, chosen={})
    for panel in story["panels"]:
        panel["links"] = []  # they lead to pages that are not in the file
        _keep_images(panel["picture"], images)
    told = [step for step in opened.steps if step <= opened.step]
    steps = steps_kept(told, (opened.before, opened.step))
    shown = [key for key in known if key in images] or default_images(opened, read, numbers)
    return {
        "name": opened.title,
        "story": files.with_addresses(story),
        "notes": list(opened.info.notes),
        "closer": closer(opened, files, steps=steps, images=shown, tell=tell),
        "provenance": provenance(
            opened.info,
            step=opened.step,
            steps=steps,
            all_steps=len(opened.steps),
            images=_observed(opened),
        ),
    }


def _keep_images(picture: dict[str, Any], keys: frozenset[str]) -> None:
    wipe = picture.get("wipe")
    if not keys or not wipe:
        return
    kept = [image for image in wipe["images"] if image["key"] in keys]
    picture["wipe"] = {**wipe, "images": kept, "chosen": kept[0]["key"]} if kept else None
    if kept and wipe["chosen"] in keys:
        picture["wipe"]["chosen"] = wipe["chosen"]


def default_images(opened: OpenedRun, read: StoryRead, numbers: StoryNumbers) -> list[str]:
    """Return keys of the images to show where nobody chooses: those of the story first."""
    told = offered_pictures(read, numbers)
    target = [one.key for one in recorded.images(opened.path) if one.domain == "target"]
    return list(dict.fromkeys([*(one.key for one in told), *target]))[:MOST_IMAGES]


def _observed(opened: OpenedRun) -> dict[str, int]:
    images = recorded.images(opened.path)
    return {
        opened.info.domain_name(domain): sum(one.domain == domain for one in images)
        for domain in ("source", "target")
    }


@cache
def packed_charts() -> bytes:
    """Return the code that draws charts, packed; the same bytes each time."""
    return gzip.compress(library_code().encode(), mtime=0)


def size_text(num_bytes: int) -> str:
    """Return a size as people say it: "840 kB", "2.4 MB"."""
    if num_bytes < 1_000_000:
        return f"{max(1, round(num_bytes / 1000))} kB"
    return f"{num_bytes / 1_000_000:.1f} MB"
