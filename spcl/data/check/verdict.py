"""Whether training may begin: the audit that `check` prints, remembered once it was passed."""

import hashlib
import time
from pathlib import Path

import PIL

from spcl.data.check.audit import Audit
from spcl.data.class_counts import remember_counts
from spcl.data.files.decoding import READER_VERSION
from spcl.data.files.fingerprint import Fingerprint
from spcl.data.kept import keep
from spcl.data.splits import LabelUse, OnFile, Pair
from spcl.errors import UserError
from spcl.store.places.user_cache import user_cache

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
    verdict lies in the user's cache folder, and so do the counts of its classes.

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
    audit = Audit(pair, target_labels=labels, looks_for_leaks=False)
    report = audit.run(on_file)
    if report.problems:
        more = len(report.problems) - 1
        others = f"; {more} more: python -m spcl check {pair.check_words}" if more else ""
        raise UserError(report.problems[0] + others)
    if time.monotonic() - began > _REMEMBERED_FROM_SECONDS:
        keep(remembered, b"", most=_REMEMBERED)
        # It has counted what the sampler of rare classes needs; nobody need read those again.
        remember_counts(pair.split("source/train", with_labels=True), audit.source_counts())


def _place(pair: Pair, fingerprint: Fingerprint, *, target_labels: bool) -> Path:
    files = (fingerprint.root, fingerprint.times)
    parts = (READER_VERSION, PIL.__version__, *files, pair.label_space.names, target_labels)
    digest = hashlib.sha256(repr(parts).encode()).hexdigest()[:32]
    return user_cache() / "sound" / digest
