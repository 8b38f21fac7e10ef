"""The story of a run as one file: what the page gets, with its pictures inside."""

import base64
import io
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import numpy as np
from PIL import Image

from dashboard.components.story.story import story_values
from dashboard.data import recorded, runs_folder
from dashboard.data.opened_run import OpenedRun, open_run
from dashboard.data.selection import parse
from dashboard.data.story import read_story
from dashboard.export.document import document
from dashboard.text.story.counting import story_numbers
from spcl.store.errors import StoreError, UserError
from spcl.store.formats.own_files import read_own
from spcl.store.schema import PROBE_FOLDER, SNAPSHOTS_FOLDER, step_folder

_GRAY = 128
"""What stands in the place of a photograph that is left out."""


@dataclass(frozen=True)
class Exported:
    """A file to send: its bytes, what stands in it, and whether the analysis had done its part."""

    content: bytes
    is_analyzed: bool
    num_photographs: int
    num_masks: int


def export_story(
    run_path: Path,
    *,
    images: Collection[str] = (),
    with_photographs: bool = True,
) -> Exported:
    """Return the story of a run as one HTML file; the same run gives the same bytes.

    Args:
        run_path: folder of the run.
        images: keys of the probe images that may be compared in it; all that the page offers
            where none is named.
        with_photographs: whether the photographs stand in it, or masks alone.

    Raises:
        UserError: the run cannot be read, has no snapshot, or not these images.
    """
    runs_folder.use(run_path.parent)
    opened = open_run(parse({"run": run_path.name}, [run_path.name]))
    assert opened is not None, "a run is named"
    if opened.step is None:
        raise UserError(
            f"{run_path} has no snapshot yet, so there is no story to tell; wait for it"
        )
    read = read_story(opened, opened.step)
    values = story_values(opened, read, story_numbers(read), chosen={})
    for panel in values["panels"]:
        panel["links"] = []  # they lead to pages that are not in the file
        _keep_images(panel["picture"], set(images), run_path)
    files = _Files(opened, with_photographs)
    inside = files.in_place(values)
    content = document("story", inside, title=f"{values['title']}: the story")
    is_analyzed = recorded.is_derived(opened.run, opened.steps)
    return Exported(content, is_analyzed, files.count("photograph"), files.count("mask"))


def _keep_images(picture: dict[str, Any], keys: set[str], run_path: Path) -> None:
    wipe = picture.get("wipe")
    if not keys or not wipe:
        return
    kept = [image for image in wipe["images"] if image["key"] in keys]
    if not kept:
        offered = ", ".join(image["key"] for image in wipe["images"])
        raise UserError(
            f"--images names none of the pictures that the story of {run_path} compares; "
            f"choose from {offered}"
        )
    wipe["images"] = kept
    if wipe["chosen"] not in keys:
        wipe["chosen"] = kept[0]["key"]


class _Files:
    """Reads what addresses of a run name, each once."""

    def __init__(self, opened: OpenedRun, with_photographs: bool) -> None:
        self._opened = opened
        self._with_photographs = with_photographs
        self._read: dict[str, tuple[str, str]] = {}

    def count(self, kind: str) -> int:
        return sum(found == kind for found, _ in self._read.values())

    def in_place(self, value: Any) -> Any:
        """Return a value with the files in place of their addresses."""
        if isinstance(value, dict):
            return {key: self.in_place(item) for key, item in value.items()}
        if isinstance(value, list | tuple):
            return [self.in_place(item) for item in value]
        if isinstance(value, str) and value.startswith(f"{self._opened.api}/"):
            return self._inside(value)
        return value.item() if isinstance(value, np.generic) else value

    def _inside(self, address: str) -> str:
        if address not in self._read:
            kind, content = self._file(address)
            data = base64.b64encode(content).decode()
            self._read[address] = kind, f"data:image/png;base64,{data}"
        return self._read[address][1]

    def _file(self, address: str) -> tuple[str, bytes]:
        below = address.removeprefix(f"{self._opened.api}/").partition("?")[0]
        first, *rest = map(unquote, below.split("/"))
        run = self._opened.run.path
        if first == "probe":
            path = run.joinpath(PROBE_FOLDER, *rest)
            is_label = path.name.endswith(".label.png")
            content = self._content(path)
            if not is_label and not self._with_photographs:
                content = _left_out(content)
            return ("label" if is_label or not self._with_photographs else "photograph"), content
        step, *name = rest
        path = run.joinpath(SNAPSHOTS_FOLDER, step_folder(int(step)), *name)
        return "mask", self._content(path)

    def _content(self, path: Path) -> bytes:
        try:
            return read_own(path, within=self._opened.run.path)
        except OSError as error:
            raise StoreError(
                f"{path} cannot be read ({error.strerror}), so the file cannot be made; copy the "
                "run again"
            ) from None


def _left_out(photograph: bytes) -> bytes:
    """Return an even grey picture of the same size."""
    with Image.open(io.BytesIO(photograph), formats=("PNG",)) as image:
        size = image.size
    stream = io.BytesIO()
    Image.new("L", size, _GRAY).save(stream, "PNG")
    return stream.getvalue()


def size_text(num_bytes: int) -> str:
    """Return a size as people say it: "840 kB", "2.4 MB"."""
    if num_bytes < 1_000_000:
        return f"{max(1, round(num_bytes / 1000))} kB"
    return f"{num_bytes / 1_000_000:.1f} MB"
