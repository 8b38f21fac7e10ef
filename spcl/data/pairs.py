"""Open the pair a configuration names: the drawn one, or a folder of the user's."""

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
