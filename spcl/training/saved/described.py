"""What a run is called, and what every page must say of it."""

from datetime import UTC, datetime

from spcl.config import Config
from spcl.evaluate import Scoring
from spcl.training.prototypes import words_of


def new_run_id(config: Config) -> str:
    """Return an id that sorts by time and reads by name, e.g. 20261123-101500-streets."""
    data = config.data
    name = data.root.name if data.kind == "folder" and data.root is not None else data.kind
    if data.kind == "official":
        name = f"{data.source}_to_{data.target}"
    arm = "" if config.adapt.arm == "spcl" else f"-{config.adapt.arm.replace('_', '-')}"
    return f"{datetime.now(UTC):%Y%m%d-%H%M%S}-{name}{arm}"


def notes_of(config: Config) -> list[str]:
    """Return the sentences every page must show about a run with these settings."""
    scoring = Scoring(config.data.size, config.evaluate)
    notes = [note for note in (words_of(config.prototypes),) if note is not None]
    if config.warmup.adversarial != "off":
        notes.append(
            "The warm-up has seen unlabelled target images: its discriminator learns from them."
        )
    if config.adapt.style != "none" and config.adapt.arm in ("spcl", "source_only"):
        taken = "low frequencies" if config.adapt.style == "fourier" else "colours"
        notes.append(
            f"After the warm-up, source images have the {taken} of unlabelled target images."
        )
    if not scoring.is_observed:
        notes.append(f"Scores and masks: {scoring.words()}.")
    return notes
