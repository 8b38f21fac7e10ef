"""Which pair a configuration means: the drawn one, or a folder of the user's."""

from spcl.config.sections import DataConfig
from spcl.data.folders import FolderPair
from spcl.data.streets.pair import cached_streets
from spcl.errors import UserError


def open_pair(data: DataConfig) -> FolderPair:
    """Open the pair (UserError: no root, missing folder, domain without images)."""
    if data.kind == "streets":
        return FolderPair.open(cached_streets(seed=data.seed, size=data.size))
    if data.root is None:
        raise UserError(
            "data.root is not set; add data.root=FOLDER, a folder with source/, target/"
        )
    return FolderPair.open(data.root)
