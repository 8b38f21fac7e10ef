"""Open the pair a configuration names: the drawn one, or a folder of the user's."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from spcl.config import Config
from spcl.config.sections import DataConfig
from spcl.data.folders import FolderPair
from spcl.data.streets.pair import cached_streets
from spcl.errors import UserError


def open_pair(data: DataConfig) -> FolderPair:
    """Open the pair (UserError: data.root is not set, or is not a folder with classes.json)."""
    if data.kind == "streets":
        return FolderPair.open(cached_streets(size=data.size))
    if data.root is None:
        raise UserError(
            "data.root is not set; add data.root=FOLDER, with source/, target/ and classes.json"
        )
    return FolderPair.open(data.root)


def located(config: Config, recorded: Mapping[str, Any] | None) -> Config:
    """Return the configuration of a run with its data where they were when it began.

    `data.root` may have been given relative to another working folder. Where the recorded place is
    gone, the configured one is tried.
    """
    if config.data.kind != "folder" or not recorded or not Path(str(recorded["root"])).is_dir():
        return config
    data = config.data.model_copy(update={"root": Path(str(recorded["root"]))})
    return config.model_copy(update={"data": data})
