"""Files of runs inside an exported file, each once, under the address that the browser asks for."""

import base64
import io
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import numpy as np
from PIL import Image

from dashboard.data.addresses import encoded
from dashboard.data.opened_run import OpenedRun
from spcl.store.derived.reader import DerivedReader, Layout
from spcl.store.errors import StoreError
from spcl.store.formats.own_files import read_own
from spcl.store.schema import PROBE_FOLDER, SNAPSHOTS_FOLDER, step_folder

_GRAY = 128
"""What stands in the place of a photograph that is left out."""


class RunFiles:
    """The files of one run, below an address of its own."""

    def __init__(self, opened: OpenedRun, base: str, *, with_photographs: bool) -> None:
        """Prepare them; nothing is read yet.

        Args:
            opened: the run.
            base: what their addresses begin with, in place of the server's.
            with_photographs: whether photographs are among them, or grey pictures of their size.
        """
        self.base = base
        self.contents: dict[str, str] = {}
        """Address -> data: address."""
        self._opened = opened
        self._with_photographs = with_photographs
        self._kinds: dict[str, str] = {}

    def count(self, kind: str) -> int:
        """Return how many there are of a kind: "photograph", "label", "mask" or "positions"."""
        return sum(found == kind for found in self._kinds.values())

    def with_addresses(self, value: Any) -> Any:
        """Return a value with addresses of this file in place of the server's, and read them.

        The place of the run on this machine is nobody's business: its name is left of it.
        """
        if isinstance(value, dict):
            return {key: self.with_addresses(item) for key, item in value.items()}
        if isinstance(value, list | tuple):
            return [self.with_addresses(item) for item in value]
        if isinstance(value, str) and value.startswith(f"{self._opened.api}/"):
            return self._add(value.removeprefix(self._opened.api))
        if isinstance(value, str):
            return value.replace(self._opened.path, self._opened.run.path.name)
        return value.item() if isinstance(value, np.generic) else value

    def add_probe(self, key: str, *, has_label: bool) -> None:
        """Take the photograph of a probe image, and its label where it has one."""
        version = self._opened.version
        self._add(f"/probe/{encoded(key)}.png?v={version}")
        if has_label:
            self._add(f"/probe/{encoded(key)}.label.png?v={version}")

    def add_masks(self, key: str, steps: Iterable[int]) -> None:
        """Take the masks of a probe image at some steps, and how sure the model was where known."""
        for step in steps:
            self._add(self._mask(key, step))
            with suppress(StoreError):
                self._add(self._mask(f"{key}.confidence", step))

    def _mask(self, name: str, step: int) -> str:
        return f"/snapshots/{step}/masks/{encoded(name)}.png?v={self._opened.version}"

    def add_positions(self, layout: Layout, steps: Iterable[int]) -> list[int]:
        """Take where a projection puts everything; return the steps that have it."""
        derived = DerivedReader(self._opened.run)
        taken = []
        for step in steps:
            stored = derived.stored_positions(layout, step)
            if stored is None:
                continue
            address = f"/projections/{layout.name}/{step}.bin"
            content = stored.astype("<i2").tobytes()
            self._put(address, "positions", "application/octet-stream", content)
            taken.append(step)
        return taken

    def _add(self, address: str) -> str:
        if address not in self._kinds:
            kind, content = self._file(address)
            self._put(address, kind, "image/png", content)
        return self.base + address

    def _put(self, address: str, kind: str, media_type: str, content: bytes) -> None:
        self._kinds[address] = kind
        self.contents[self.base + address] = data_address(media_type, content)

    def _file(self, address: str) -> tuple[str, bytes]:
        first, *rest = map(unquote, address.lstrip("/").partition("?")[0].split("/"))
        run = self._opened.run.path
        if first == "probe":
            path = run.joinpath(PROBE_FOLDER, *rest)
            if path.name.endswith(".label.png"):
                return "label", self._content(path)
            if self._with_photographs:
                return "photograph", self._content(path)
            return "left out", _left_out(self._content(path))
        step, *name = rest
        path = run.joinpath(SNAPSHOTS_FOLDER, step_folder(int(step)), *name)
        kind = "confidence" if path.name.endswith(".confidence.png") else "mask"
        return kind, self._content(path)

    def _content(self, path: Path) -> bytes:
        try:
            return read_own(path, within=self._opened.run.path)
        except OSError as error:
            raise StoreError(
                f"{path} cannot be read ({error.strerror}), so the file cannot be made; copy the "
                "run again"
            ) from None


def data_address(media_type: str, content: bytes) -> str:
    """Return content as an address that holds it."""
    return f"data:{media_type};base64,{base64.b64encode(content).decode()}"


def _left_out(photograph: bytes) -> bytes:
    """Return an even grey picture of the same size."""
    with Image.open(io.BytesIO(photograph), formats=("PNG",)) as image:
        size = image.size
    stream = io.BytesIO()
    Image.new("L", size, _GRAY).save(stream, "PNG")
    return stream.getvalue()
