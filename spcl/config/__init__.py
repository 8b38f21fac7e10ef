"""All settings of a run: one frozen tree, read from TOML and `KEY=VALUE` overrides."""

from spcl.config.recorded import recorded_config
from spcl.config.tree import Config, known_keys, load_config, make_config, not_default, plain

__all__ = [
    "Config",
    "known_keys",
    "load_config",
    "make_config",
    "not_default",
    "plain",
    "recorded_config",
]
