"""Whether training may begin: the audit that `check` prints, remembered once it was passed."""

import hashlib
import time
from pathlib import Path

import PIL

from spcl.data.audit import Audit, OnFile
from spcl.data.fingerprint import Fingerprint
from spcl.data.splits import LabelUse, Pair
from spcl.errors import UserError
from spcl.store.user_cache import user_cache

READER_VERSION = 1
"""Raised when the reader refuses or reads something else, so that old verdicts are forgotten."""

_REMEMBERED_FROM_SECONDS = 1.0
_REMEMBERED = 200


def require_sound_pair(
    pair: Pair,
    fingerprint: Fingerprint,
    *,
    target_labels: bool,
    on_file: OnFile | None = None,
) -> None:
    """Read every file that a run may open, before it opens any (UserError: the first problem).

    A pair that passed is not read again until a name, a size or a time of change differs; the
    verdict lies in the user's cache folder.

    Args:
        pair: the pair.
        fingerprint: of the files that the run may open.
        target_labels: whether labels of target/train are read, as the oracles do.
        on_file: called after each image.
    """
    remembered = _place(pair, fingerprint, target_labels=target_labels)
    if remembered.is_file():
        return
    began = time.monotonic()
    labels: LabelUse = "need" if target_labels else "skip"
    report = Audit(pair, target_labels=labels, looks_for_leaks=False).run(on_file)
    if report.problems:
        more = len(report.problems) - 1
        others = f"; {more} more: python -m spcl check {pair.check_words}" if more else ""
        raise UserError(report.problems[0] + others)
    if time.monotonic() - began > _REMEMBERED_FROM_SECONDS:
        _remember(remembered)


def _place(pair: Pair, fingerprint: Fingerprint, *, target_labels: bool) -> Path:
    files = (fingerprint.root, fingerprint.times)
    parts = (READER_VERSION, PIL.__version__, *files, pair.label_space.names, target_labels)
    digest = hashlib.sha256(repr(parts).encode()).hexdigest()[:32]
    return user_cache() / "sound" / digest


def _remember(place: Path) -> None:
    """Keep a verdict, and only the latest ones; where that cannot be written, read again."""
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        place.touch()
        known = sorted(place.parent.iterdir(), key=lambda path: path.stat().st_mtime)
        for old in known[:-_REMEMBERED]:
            old.unlink(missing_ok=True)
    except OSError:
        return
