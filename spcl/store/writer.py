"""Publish a run: every file appears whole, nothing published is ever edited or deleted.

The one exception is `run.json`, which is replaced whole. There is one writer a run.
"""

import contextlib
import os
import shutil
import socket
import threading
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from spcl.store import schema
from spcl.store.errors import StoreError
from spcl.store.formats.encoding import arrays_bytes, json_bytes, mask_bytes, palette_of, png_bytes
from spcl.store.process import process_started
from spcl.store.schema import ProbeImage, RunInfo, step_folder


def write_whole(path: Path, content: bytes) -> None:
    """Write `content` so that `path` is either absent, old or complete."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}.{threading.get_ident()}.tmp")
    with temporary.open("wb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())
    temporary.replace(path)


class RunWriter:
    """Own one run folder: create it, keep its heartbeat, append metrics, publish snapshots."""

    def __init__(self, path: Path, info: RunInfo) -> None:
        """Take over `path` (made by `create` or `reopen`); no thread runs before `start`."""
        self.path = path
        self.info = info
        self._lock = threading.Lock()
        self._ended = threading.Event()
        self._pulse: threading.Thread | None = None

    @classmethod
    def create(cls, runs_dir: Path, info: RunInfo) -> "RunWriter":
        """Make the folder of a new run; refuse one that exists."""
        path = runs_dir / info.id
        try:
            path.mkdir(parents=True)
        except FileExistsError:
            raise StoreError(
                f"{path} exists; choose another --id, or continue it with --resume {path}"
            ) from None
        except OSError as error:
            raise StoreError(
                f"{path} cannot be written ({error.strerror}); give a writable folder with --runs"
            ) from None
        for folder in (schema.PROBE_FOLDER, schema.SNAPSHOTS_FOLDER, schema.CHECKPOINTS_FOLDER):
            (path / folder).mkdir()
        return cls(path, info)._started()

    @classmethod
    def reopen(cls, path: Path, info: RunInfo) -> "RunWriter":
        """Continue a run that ended or died; its published files stay as they are."""
        mend_torn_line(path / schema.METRICS_FILE)
        return cls(path, info)._started()

    def _started(self) -> "RunWriter":
        self.update(
            host=socket.gethostname(),
            pid=os.getpid(),
            process_started=process_started(os.getpid()) or 0.0,
        )
        self._pulse = threading.Thread(target=self._beat, daemon=True, name="heartbeat")
        self._pulse.start()
        return self

    def _beat(self) -> None:
        while not self._ended.wait(schema.HEARTBEAT_SECONDS):
            # A disk that is full for a moment must not end the heartbeat: the next one tries again.
            with contextlib.suppress(OSError):
                self.update()

    def update(self, **changes: Any) -> None:
        """Replace `run.json` with `changes` applied; the heartbeat is now."""
        with self._lock:
            now = schema.utc_now()
            self.info = replace(self.info, **changes, updated_at=now, heartbeat_at=now)
            write_whole(self.path / schema.RUN_FILE, json_bytes(self.info.to_json()))

    def append_metrics(self, row: Mapping[str, Any]) -> None:
        """Append one line to `metrics.jsonl`; it counts once its newline is there."""
        with (self.path / schema.METRICS_FILE).open("ab") as stream:
            stream.write(json_bytes(row) + b"\n")

    def write_probe(
        self,
        images: Sequence[ProbeImage],
        pixels: Mapping[str, NDArray[Any]],
        *,
        pictures: Mapping[str, NDArray[np.uint8]],
        labels: Mapping[str, NDArray[np.uint8]],
    ) -> None:
        """Write once what every snapshot observes.

        Args:
            images: the probe images, in order.
            pixels: image, row, column, class_id, domain; each (N,).
            pictures: key -> RGB (H, W, 3).
            labels: key -> class ids (H, W), for the images that have them.
        """
        folder = self.path / schema.PROBE_FOLDER
        palette = palette_of(self.info.label_space)
        for key, picture in pictures.items():
            write_whole(folder / f"{key}.png", png_bytes(Image.fromarray(picture)))
        for key, label in labels.items():
            write_whole(folder / f"{key}.label.png", mask_bytes(label, palette))
        write_whole(folder / schema.PIXELS_FILE, arrays_bytes(pixels))
        listing = {"images": [image.__dict__ for image in images]}
        write_whole(folder / schema.PROBE_FILE, json_bytes(listing))

    def has_snapshot(self, step: int) -> bool:
        """Return whether the snapshot at `step` is published."""
        return (self.path / schema.SNAPSHOTS_FOLDER / step_folder(step)).is_dir()

    def publish_snapshot(self, step: int, files: Mapping[str, bytes]) -> None:
        """Make `snapshots/step_N` appear whole; a snapshot that exists is kept and compared.

        A difference to the existing one becomes a note of the run.
        """
        final = self.path / schema.SNAPSHOTS_FOLDER / step_folder(step)
        if final.is_dir():
            self._compare(final, files)
            return
        temporary = final.with_name(f".{final.name}.{os.getpid()}.tmp")
        shutil.rmtree(temporary, ignore_errors=True)
        (temporary / schema.MASKS_FOLDER).mkdir(parents=True)
        for name, content in files.items():
            (temporary / name).write_bytes(content)
        temporary.rename(final)

    def _compare(self, final: Path, files: Mapping[str, bytes]) -> None:
        different = [
            name
            for name in (schema.FEATURES_FILE, schema.SCORES_FILE)
            if name in files and _content(final / name) != files[name]
        ]
        if different:
            note = f"{final.name} was recorded again after a resume and differs; the first is kept"
            self.update(notes=(*self.info.notes, note))

    def end(self, status: schema.RecordedStatus, *, failure: str | None = None) -> None:
        """Stop the heartbeat and record the final status."""
        self._ended.set()
        if self._pulse is not None:
            self._pulse.join()
        self.update(status=status, failure=failure, ended_at=schema.utc_now())


def _content(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except OSError:
        return None


def mend_torn_line(path: Path) -> None:
    """End a last line that a killed process left without newline, so that rows stay apart."""
    if not path.exists():
        return
    with path.open("rb+") as stream:
        size = stream.seek(0, os.SEEK_END)
        if size == 0:
            return
        stream.seek(size - 1)
        if stream.read(1) != b"\n":
            stream.seek(size)
            stream.write(b"\n")
