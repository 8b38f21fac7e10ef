"""Audit a pair: sizes, ids, class shares, missing labels; exit 2 if it is not usable.

It is named by its folder, by a configuration, or by the folders that one or two data sets of the
field were unpacked into.
"""

import argparse
import sys
from pathlib import Path

from spcl.commands.line.configs import config_file
from spcl.commands.line.progress import reading_progress
from spcl.commands.line.tables import table_console
from spcl.config import Config, load_config, make_config
from spcl.data.check.audit import Audit
from spcl.data.official.pair import OfficialPair
from spcl.data.pairs import open_folders, open_pair
from spcl.data.splits import Pair
from spcl.errors import UserError


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument(
        "words",
        nargs="+",
        metavar="DATA_ROOT [TARGET_ROOT] | CONFIG.toml [KEY=VALUE ...]",
        help="folder of a pair, of one data set of the field or two; or a configuration",
    )
    parser.add_argument(
        "--fast", action="store_true", help="open headers only: no ids, no damage inside files"
    )


def run(arguments: argparse.Namespace) -> int:
    """Print the audit as a table, then warnings, then problems."""
    pair, config = _pair(arguments.words)
    if isinstance(pair, OfficialPair):
        for domain, one in pair.domains.items():
            print(f"{domain}: {one.layout.title} in {one.root}, {pair.num_classes} classes")
    with reading_progress() as on_file:
        report = Audit(pair, headers_only=arguments.fast).run(on_file)
    table_console().print(report.table())
    if arguments.fast:
        print("Only headers were read (--fast); ids, class shares and damage inside were not.")
    if config is not None and config.data.source_images and not report.problems:
        _print_notes(config)
    for warning in report.warnings:
        print(warning)
    for problem in report.problems:
        print(problem, file=sys.stderr)
    return 2 if report.problems else 0


def _print_notes(config: Config) -> None:
    from spcl.data.domains import Domains  # torch, only where there is a choice of images

    for note in Domains.open(config).notes:
        print(note)


def _pair(words: list[str]) -> tuple[Pair, Config | None]:
    """Return the pair that is named, and the configuration that names it, if one does."""
    names = [word for word in words if "=" not in word or Path(word).exists()]
    overrides = [word for word in words if word not in names]
    if not names:
        raise UserError(
            f'"{words[0]}" is no folder and no configuration; name one before KEY=VALUE'
        )
    if names[0].endswith(".toml"):
        config = load_config(config_file(Path(names[0])), [*names[1:], *overrides])
        return open_pair(config.data), config
    if len(names) > 2:
        raise UserError(f"{len(names)} folders are named; give the source's and the target's")
    classes = make_config({}, overrides).data.classes
    return open_folders([Path(name) for name in names], num_classes=classes), None
