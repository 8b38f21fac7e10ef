"""Open the pair a configuration names: the drawn one, a folder, or two data sets of the field."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from spcl.config import Config
from spcl.config.sections.inputs import DataConfig, NumClasses
from spcl.data.folders import FolderPair
from spcl.data.official.causes import near
from spcl.data.official.layouts import LAYOUTS, Layout
from spcl.data.official.pair import OfficialPair, OfficialSet
from spcl.data.splits import Pair
from spcl.data.streets.pair import cached_streets
from spcl.errors import UserError


def open_pair(data: DataConfig) -> Pair:
    """Open the pair (UserError: a root is not set, or is not what it should be)."""
    if data.kind == "streets":
        return FolderPair.open(cached_streets(size=data.size, look=data.target_look))
    if data.kind == "official":
        sets = {domain: _official(data, domain) for domain in ("source", "target")}
        return OfficialPair(sets, data.classes)
    if data.root is None:
        raise UserError(
            "data.root is not set; add data.root=FOLDER, with source/, target/ and classes.json"
        )
    return FolderPair.open(data.root.expanduser())


def open_folders(roots: Sequence[Path], *, num_classes: NumClasses = 19) -> Pair:
    """Open what lies in one or two folders: a folder pair, a data set alone, or source and target.

    A data set alone is a source if it has labels of train. UserError: a folder is not known.
    """
    if len(roots) == 1 and _is_folder_pair(roots[0]):
        return FolderPair.open(roots[0])
    sets = [OfficialSet(_recognized(root), root) for root in roots]
    if len(sets) == 2:
        return OfficialPair({"source": sets[0], "target": sets[1]}, num_classes)
    domain = "target" if "train" in sets[0].layout.without_labels else "source"
    return OfficialPair({domain: sets[0]}, num_classes)


def _is_folder_pair(root: Path) -> bool:
    """Return whether a folder is one of ours, or none at all: what is missing is said there."""
    names = ("classes.json", "source", "target")
    return any((root / name).exists() for name in names) or near(root) is None


def _recognized(root: Path) -> Layout:
    found = near(root)
    if found is None:
        titles = ", ".join(layout.title for layout in LAYOUTS.values())
        raise UserError(f"{root} is none of {titles}; name the folder that one was unpacked into")
    return found


def _official(data: DataConfig, domain: str) -> OfficialSet:
    name, root = getattr(data, domain), getattr(data, f"{domain}_root")
    if name is None:
        known = ", ".join(LAYOUTS)
        raise UserError(f"data.{domain} is not set; add data.{domain}=NAME, one of {known}")
    layout = LAYOUTS[name]
    if root is None:
        raise UserError(
            f"data.{domain}_root is not set; add data.{domain}_root=FOLDER, the one that "
            f"{layout.title} was unpacked into"
        )
    return OfficialSet(layout, root.expanduser())


def located(config: Config, recorded: Mapping[str, Any] | None) -> Config:
    """Return the configuration of a run with its data where they were when it began.

    Roots may have been given relative to another working folder. Where a recorded place is gone,
    the configured one is tried.
    """
    if config.data.kind == "streets" or not recorded:
        return config
    if config.data.kind == "folder":
        roots = {"root": str(recorded["root"])}
    else:
        roots = {f"{domain}_root": root for domain, root in (recorded.get("roots") or {}).items()}
    there = {key: Path(root) for key, root in roots.items() if Path(root).is_dir()}
    return config.model_copy(update={"data": config.data.model_copy(update=there)})
