"""The stories of runs as one file: what the pages get, with its files inside."""

import gzip
import io
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dashboard.charts.common import library_code
from dashboard.components.story.story import story_values
from dashboard.data import recorded, runs_folder
from dashboard.data.opened_run import OpenedRun, open_run
from dashboard.data.selection import parse
from dashboard.data.story import read_story
from dashboard.export.closer import MOST_IMAGES, closer, steps_kept
from dashboard.export.document import document
from dashboard.export.files import RunFiles, data_address
from dashboard.text.provenance import provenance
from dashboard.text.story.counting import story_numbers
from spcl.store.errors import UserError

_CHARTS = "charts.js.gz"


@dataclass(frozen=True)
class Exported:
    """A file to send: its bytes, what stands in it, and whose analysis had not done its part."""

    content: bytes
    not_analyzed: tuple[Path, ...]
    num_photographs: int
    num_masks: int


def export(
    run_paths: Sequence[Path],
    *,
    images: Collection[str] = (),
    with_photographs: bool = True,
    tell: Callable[[float, str], None] = lambda share, doing: None,
) -> Exported:
    """Return the stories of runs as one HTML file; the same runs give the same bytes.

    Args:
        run_paths: folders of the runs, in the order of the file.
        images: keys of the probe images that may be compared in it; some typical, some that
            gained and some that lost where none is named.
        with_photographs: whether the photographs stand in it, or masks alone.
        tell: called with the share that is done, in [0, 1], and what is being done.

    Raises:
        UserError: a run cannot be read, has no snapshot, or not these images.
    """
    runs, files, not_analyzed = [], [], []
    for place, path in enumerate(run_paths):
        tell(place / (len(run_paths) + 1), f"reading {path.name}")
        opened = _opened(path)
        mine = RunFiles(opened, f"run{place}", with_photographs=with_photographs)
        runs.append(_run(opened, mine, frozenset(images)))
        files.append(mine)
        if not recorded.is_derived(opened.run, opened.steps):
            not_analyzed.append(path)
    tell(len(run_paths) / (len(run_paths) + 1), "putting the file together")
    inside = {address: data for mine in files for address, data in mine.contents.items()}
    has_charts = any(run["closer"]["cards"] for run in runs)
    if has_charts:
        inside[_CHARTS] = data_address("application/gzip", _packed(library_code()))
    titles = list(dict.fromkeys(run["story"]["title"] for run in runs))
    content = document(
        "exported",
        {"files": inside, "charts": _CHARTS if has_charts else None, "runs": runs},
        title=f"{', '.join(titles)}: the story",
    )
    return Exported(
        content,
        tuple(not_analyzed),
        sum(mine.count("photograph") for mine in files),
        sum(mine.count("mask") for mine in files),
    )


def _opened(run_path: Path) -> OpenedRun:
    runs_folder.use(run_path.parent)
    opened = open_run(parse({"run": run_path.name}, [run_path.name]))
    assert opened is not None, "a run is named"
    if opened.step is None:
        raise UserError(
            f"{run_path} has no snapshot yet, so there is no story to tell; wait for it"
        )
    return opened


def _run(opened: OpenedRun, files: RunFiles, images: frozenset[str]) -> dict[str, Any]:
    assert opened.step is not None, "it has a snapshot"
    known = [image.key for image in recorded.images(opened.path)]
    if images and not images & set(known):
        raise UserError(
            f"--images names none of the pictures of {opened.run.path}; choose from "
            f"{', '.join(known)}"
        )
    read = read_story(opened, opened.step)
    story = story_values(opened, read, story_numbers(read), chosen={})
    for panel in story["panels"]:
        panel["links"] = []  # they lead to pages that are not in the file
        _keep_images(panel["picture"], images)
    steps = steps_kept(opened.steps, (opened.before, opened.step))
    shown = _images(opened, story, images)
    return {
        "name": opened.title,
        "story": files.with_addresses(story),
        "notes": list(opened.info.notes),
        "closer": closer(opened, files, steps=steps, images=shown),
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


def _images(opened: OpenedRun, story: dict[str, Any], images: frozenset[str]) -> list[str]:
    """Return keys of the images to show at every step: those of the story first."""
    wipes = [panel["picture"].get("wipe") for panel in story["panels"]]
    told = [image["key"] for wipe in wipes if wipe for image in wipe["images"]]
    target = [one.key for one in recorded.images(opened.path) if one.domain == "target"]
    if images:
        return [one.key for one in recorded.images(opened.path) if one.key in images]
    return list(dict.fromkeys([*told, *target]))[:MOST_IMAGES]


def _observed(opened: OpenedRun) -> dict[str, int]:
    images = recorded.images(opened.path)
    return {
        opened.info.domain_name(domain): sum(one.domain == domain for one in images)
        for domain in ("source", "target")
    }


def _packed(code: str) -> bytes:
    """Return code packed, the same bytes each time."""
    stream = io.BytesIO()
    with gzip.GzipFile(fileobj=stream, mode="wb", compresslevel=9, mtime=0) as packed:
        packed.write(code.encode())
    return stream.getvalue()


def size_text(num_bytes: int) -> str:
    """Return a size as people say it: "840 kB", "2.4 MB"."""
    if num_bytes < 1_000_000:
        return f"{max(1, round(num_bytes / 1000))} kB"
    return f"{num_bytes / 1_000_000:.1f} MB"
