"""The prototypes as configured: one direction a class, and what the contrast keeps beside it."""

from spcl.config import Config
from spcl.config.sections.losses import PrototypesConfig
from spcl.errors import UserError
from spcl.method.classes.memory import ClassMemory
from spcl.method.classes.recent import RecentMeans
from spcl.method.classes.several import SeveralPrototypes
from spcl.method.classes.spread import ClassSpread
from spcl.method.prototypes import PrototypeBank


def require_one_memory(config: Config) -> None:
    """Refuse several prototypes a class beside a bank or a distribution (UserError)."""
    settings = config.prototypes
    if settings.per_class > 1 and settings.kind != "mean":
        raise UserError(
            f"prototypes.per_class is {settings.per_class} and prototypes.kind is {settings.kind}; "
            'several prototypes a class are of kind "mean", so set one of the two back'
        )


def prototype_bank(
    settings: PrototypesConfig, num_classes: int, num_channels: int
) -> PrototypeBank:
    """Build the prototypes of K classes in C channels, with nothing seen."""
    return PrototypeBank(
        num_classes,
        num_channels,
        momentum=settings.momentum,
        absent=settings.absent,
        normalize=settings.normalize,
        min_pixels=settings.min_pixels,
        memory=_memory(settings, num_classes, num_channels),
    )


def _memory(settings: PrototypesConfig, num_classes: int, num_channels: int) -> ClassMemory | None:
    if settings.kind == "bank":
        return RecentMeans(num_classes, num_channels, size=settings.bank_size)
    if settings.kind == "distribution":
        return ClassSpread(num_classes, num_channels)
    if settings.per_class > 1:
        return SeveralPrototypes(num_classes, num_channels, per_class=settings.per_class)
    return None


def words_of(settings: PrototypesConfig) -> str | None:
    """Say what the contrast held pixels against where that is not the prototypes on the pages."""
    if settings.kind == "mean" and settings.per_class == 1:
        return None
    against = {
        "mean": f"the nearest of {settings.per_class} prototypes a class",
        "bank": f"up to {settings.bank_size} means of single images a class",
        "distribution": "a normal distribution a class",
    }[settings.kind]
    return (
        f"The contrast held pixels against {against}; the prototypes shown are the mean direction "
        "of each class."
    )
