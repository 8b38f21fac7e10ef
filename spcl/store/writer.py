"""Publish a run: every file appears whole, nothing published is ever edited.

The one exception is `run.json`, which is replaced whole. Snapshots go as they came, whole, where
`record.keep` says so. There is one writer a run: it holds the run's lock while it lives, and stops
when another has taken the run over.
"""

import contextlib
import os
import shutil
import socket
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from spcl.store import schema
from spcl.store.errors import HeldError, StoreError, UnwritableError, unwritable, writing
from spcl.store.formats.digests import DIGESTS_FILE, digests_bytes
from spcl.store.formats.encoding import arrays_bytes, json_bytes, mask_bytes, palette_of, png_bytes
from spcl.store.formats.files import read_json
from spcl.store.formats.own_files import is_own_folder, read_own
from spcl.store.formats.own_writes import append_own, flush_own_folder, make_own_folder, write_own
from spcl.store.life.leftovers import (
    FOLDERS,
    hidden_snapshot,
    remove_empty,
    remove_leftovers,
    remove_snapshot,
    why_taken,
)
from spcl.store.life.ownership import RunLock
from spcl.store.life.process import process_started
from spcl.store.schema import ProbeImage, RunInfo, step_folder


class RunWriter:
    """Own one run folder: create it, keep its heartbeat, append metrics, publish snapshots.

    What cannot be written is an `UnwritableError`, in one sentence.
    """

    def __init__(self, path: Path, info: RunInfo, ownership: RunLock) -> None:
        """Take over `path` (made by `create` or `reopen`); no thread runs before `start`."""
        self.path = path
        self.info = info
        self._ownership = ownership
        self._lock = threading.Lock()
        self._ended = threading.Event()
        self._pulse: threading.Thread | None = None
        self._written: tuple[int, int] | None = None

    @classmethod
    def create(cls, runs_dir: Path, info: RunInfo) -> "RunWriter":
        """Make the folder of a new run; refuse one that exists."""
        path = runs_dir / info.id
        try:
            path.mkdir(parents=True)
        except FileExistsError:
            raise StoreError(why_taken(path)) from None
        except OSError as error:
            raise StoreError(
                f"{path} cannot be written ({error.strerror}); give a writable folder with --runs"
            ) from None
        try:
            ownership = RunLock.take(path)
            with _released_on_error(ownership), writing(path):
                for folder in FOLDERS:
                    (path / folder).mkdir()
                return cls(path, info, ownership)._started()
        except BaseException:
            remove_empty(path)
            raise

    @classmethod
    def reopen(cls, path: Path, info: RunInfo, ownership: RunLock | None = None) -> "RunWriter":
        """Continue a run that ended or died; its published files stay as they are.

        The run's lock is taken, unless it was already (HeldError: another writer has it).
        """
        ownership = ownership or RunLock.take(path)
        with _released_on_error(ownership), writing(path):
            remove_leftovers(path)
            for name in (schema.METRICS_FILE, schema.SCORED_FILE):
                if os.path.lexists(path / name):
                    append_own(path / name, b"", within=path)  # ends a torn line
            for folder in FOLDERS:
                make_own_folder(path / folder, within=path)
            return cls(path, info, ownership)._started()

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
            try:
                self.update()
            except HeldError:
                return
            except StoreError:
                continue

    def update(self, **changes: Any) -> None:
        """Replace `run.json` with `changes` applied; the heartbeat is now."""
        with self._lock, writing(self.path):
            self._replace_info(changes)

    def note(self, sentence: str, *, instead_of: str | None = None) -> None:
        """Have every page say `sentence`, replacing an earlier one."""
        with self._lock, writing(self.path):
            kept = tuple(note for note in self.info.notes if note != instead_of)
            self._replace_info({"notes": (*kept, sentence)})

    def _replace_info(self, changes: Mapping[str, Any]) -> None:
        self.require_own()
        self._write_info(self.path, changes)
        self._written = _stamp(self.path / schema.RUN_FILE)

    def _write_info(self, folder: Path, changes: Mapping[str, Any]) -> None:
        now = schema.utc_now()
        self.info = replace(self.info, **changes, updated_at=now, heartbeat_at=now)
        write_own(folder / schema.RUN_FILE, json_bytes(self.info.to_json()), within=folder)

    def require_own(self) -> None:
        """Refuse to write where the folder is gone or another writer has taken the run over.

        That can happen to a writer that was silent for long, e.g. on a machine that slept.
        """
        if self._written is None:
            return
        path = self.path / schema.RUN_FILE
        try:
            if _stamp(path) == self._written:
                return
        except OSError as error:
            raise UnwritableError(unwritable(self.path, error)) from error
        theirs, ours = read_json(path, within=self.path), self.info.to_json()
        if any(theirs.get(key) != ours[key] for key in ("host", "pid", "process_started")):
            self._ended.set()
            self._ownership.release()
            raise HeldError(
                f"{self.path} was taken over by process {theirs.get('pid')} on "
                f"{theirs.get('host')}; this training stopped and wrote nothing more"
            )

    def append_metrics(self, row: Mapping[str, Any]) -> None:
        """Append one line to `metrics.jsonl`; it counts once its newline is there.

        Where it stands, `step` and `stage` of the row, is in `run.json` with the next heartbeat.
        """
        with writing(self.path):
            self.require_own()
            append_own(self.path / schema.METRICS_FILE, json_bytes(row) + b"\n", within=self.path)
        with self._lock:
            stage = row.get("stage", self.info.stage)
            self.info = replace(self.info, step=row["step"], stage=stage)

    def append_scores(self, row: Mapping[str, Any]) -> None:
        """Append one line to `scores.jsonl`: the scores of whole splits at a step."""
        with writing(self.path):
            self.require_own()
            append_own(self.path / schema.SCORED_FILE, json_bytes(row) + b"\n", within=self.path)

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
        listing = {"images": [image.__dict__ for image in images]}
        with writing(self.path):
            for key, picture in pictures.items():
                self._write(folder / f"{key}.png", png_bytes(Image.fromarray(picture)))
            for key, label in labels.items():
                self._write(folder / f"{key}.label.png", mask_bytes(label, palette))
            self._write(folder / schema.PIXELS_FILE, arrays_bytes(pixels))
            self._write(folder / schema.PROBE_FILE, json_bytes(listing))
            flush_own_folder(folder, within=self.path)

    def has_snapshot(self, step: int) -> bool:
        """Return whether the snapshot at `step` is published."""
        return is_own_folder(
            self.path / schema.SNAPSHOTS_FOLDER / step_folder(step), within=self.path
        )

    def publish_snapshot(self, step: int, files: Mapping[str, bytes]) -> None:
        """Make `snapshots/step_N` appear whole; a snapshot that exists is kept and compared.

        A difference to the existing one becomes a note of the run.
        """
        final = self.path / schema.SNAPSHOTS_FOLDER / step_folder(step)
        if is_own_folder(final, within=self.path):
            self._compare(final, files)
            return
        temporary = hidden_snapshot(final)
        shutil.rmtree(temporary, ignore_errors=True)
        try:
            with writing(self.path):
                self.require_own()
                make_own_folder(temporary / schema.MASKS_FOLDER, within=self.path)
                for name, content in {**files, DIGESTS_FILE: digests_bytes(files)}.items():
                    self._write(temporary / name, content)
                for folder in (temporary / schema.MASKS_FOLDER, temporary):
                    flush_own_folder(folder, within=self.path)
                temporary.rename(final)
                flush_own_folder(final.parent, within=self.path)
        except BaseException:
            shutil.rmtree(temporary, ignore_errors=True)
            raise

    def _compare(self, final: Path, files: Mapping[str, bytes]) -> None:
        different = [
            name
            for name in (schema.FEATURES_FILE, schema.SCORES_FILE)
            if name in files and self._content(final / name) != files[name]
        ]
        if different:
            note = f"{final.name} was recorded again after a resume and differs; the first is kept"
            self.note(note)

    def remove_snapshots(self, steps: Iterable[int]) -> None:
        """Remove the snapshots of `steps`, each whole."""
        for step in steps:
            with writing(self.path):
                self.require_own()
                remove_snapshot(self.path, step)

    def _write(self, path: Path, content: bytes) -> None:
        write_own(path, content, within=self.path)

    def _content(self, path: Path) -> bytes | None:
        try:
            return read_own(path, within=self.path)
        except (OSError, StoreError):
            return None

    def write_failure(self, report: str) -> Path:
        """Keep a report of a fault for whoever mends it; return its file."""
        path = self.path / schema.FAILURE_FILE
        with writing(self.path):
            self.require_own()
            self._write(path, report.encode(errors="replace"))
        return path

    def end(
        self,
        status: schema.RecordedStatus,
        *,
        failure: str | None = None,
        ended_at: str | None = None,
    ) -> None:
        """Stop the heartbeat, record the final status and let the run go.

        `ended_at` is now by default; a run that was opened again ended when it did.

        Where the disk is full the reserved bytes take it; a folder that was moved is found again.
        """
        self._ended.set()
        if self._pulse is not None:
            self._pulse.join()
        self._ownership.give_back_reserve()
        changes = {"status": status, "failure": failure, "ended_at": ended_at or schema.utc_now()}
        try:
            self.update(**changes)
        except HeldError:
            raise
        except UnwritableError:
            self._end_where_it_is(changes)
            raise
        finally:
            self._ownership.release()

    def _end_where_it_is(self, changes: Mapping[str, Any]) -> None:
        folder = self._ownership.folder_now()
        if folder is not None and folder != self.path:
            with contextlib.suppress(OSError):
                self._write_info(folder, changes)


@contextlib.contextmanager
def _released_on_error(ownership: RunLock) -> Iterator[None]:
    try:
        yield
    except BaseException:
        ownership.release()
        raise


def _stamp(path: Path) -> tuple[int, int]:
    """Return what tells a file from one that took its place: a file system gives inodes again."""
    found = path.lstat()
    return found.st_ino, found.st_mtime_ns
