"""The classes of a data set: how to read `classes.json`, and the id of unlabelled pixels."""

import json
from pathlib import Path

from spcl.errors import UserError
from spcl.store.schema import IGNORE_INDEX, ClassInfo, LabelSpace

__all__ = ["IGNORE_INDEX", "ClassInfo", "LabelSpace", "load_label_space"]


def load_label_space(path: Path) -> LabelSpace:
    """Read a `classes.json`: class names and colours, the ignored id, and the domains' names."""
    try:
        raw = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise UserError(f"{path} does not exist; a data root needs a classes.json") from None
    except (UnicodeDecodeError, json.JSONDecodeError) as error:
        raise UserError(f"{path} is not valid JSON ({error}); correct it there") from None
    try:
        return LabelSpace.from_json(raw)
    except (KeyError, TypeError, ValueError) as error:
        raise UserError(
            f"{path}: {error}; each class needs an id, a name and a color [r, g, b]"
        ) from None
