"""What a run records of its model, so that it is built again without a connection or a file."""

from typing import Any

from spcl.config import Config
from spcl.models.backbones import complete_architecture, require_weights


def completed(config: Config) -> Config:
    """Return it with every size that the backbone's name stands for elsewhere (UserError: none).

    Only a name on the hub that has not been fetched before needs a connection.
    """
    model = config.model
    return _changed(config, architecture=complete_architecture(model.backbone, model.architecture))


def require_start(config: Config) -> None:
    """Find or fetch the weights that the model begins with (UserError: not there)."""
    model = config.model
    require_weights(model.backbone, weights=model.weights, architecture=model.architecture)


def without_weights(config: Config) -> Config:
    """Return it so that the model begins with random weights, for when a state replaces them."""
    return _changed(config, weights="none")


def _changed(config: Config, **values: Any) -> Config:
    return config.model_copy(update={"model": config.model.model_copy(update=values)})
