"""The words that `docs/benchmarks.md` tells for each backbone, in every shipped configuration."""

import re
import shlex

import numpy as np
import pytest

from spcl import launch
from spcl.config import load_config
from spcl.store.reader import Run
from tests import ROOT
from tests.support.official_sets import official
from tests.support.small_backbones import named, small
from tests.training.test_official_runs import CONFIGS

TEXT = (ROOT / "docs" / "benchmarks.md").read_text(encoding="utf-8")
SHRUNKEN = {"resnet101": "resnet101", "vgg16": "vgg16", "segformer_b5": "segformer_b0"}
TINY = [
    *("data.size=[32, 64]", "evaluate.size=[32, 64]", "threads=1"),
    *("record.probe_images=2", "record.probe_pixels=100", "record.pixels_per_class=5"),
    *("evaluate.window=[32, 32]", "evaluate.stride=[16, 16]"),
]


def told() -> dict[tuple[str, str], list[str]]:
    """Return the words of each row of the table, by backbone and preset."""
    table = TEXT.split("| backbone | preset | words |")[1].split("\n\n")[0]
    rows = {}
    for row in table.splitlines()[2:]:
        _, preset, words = re.fullmatch(r"\| (.+) \| `(\w+)` \| `(.+)` \|", row).groups()
        found = shlex.split(words)
        backbone = next(w for w in found if w.startswith("model.backbone=")).split("=")[1]
        assert (f"preset={preset}" in found) == (preset != "spcl")
        rows[backbone, preset] = found
    return rows


def test_three_backbones_are_told_for_both_presets():
    assert set(told()) == {(name, preset) for name in SHRUNKEN for preset in ("spcl", "released")}


@pytest.mark.long
@pytest.mark.parametrize("preset", ["spcl", "released"])
@pytest.mark.parametrize("backbone", named(SHRUNKEN))
@pytest.mark.parametrize(
    "name",
    [n if n.startswith("gta5") else pytest.param(n, marks=pytest.mark.slow) for n in CONFIGS],
)
def test_a_configuration_takes_its_first_step_with_each_backbone(tmp_path, name, backbone, preset):
    """With the network, crops and probes made small, and nothing else changed."""
    words = [w for w in official(*CONFIGS[name], tmp_path) if "root" in w]
    shrunken = [w for w in small(SHRUNKEN[backbone]) if not w.startswith("model.backbone")]
    path = ROOT / "configs" / f"{name}.toml"
    config = load_config(path, [*told()[backbone, preset], *shrunken, *TINY, *words])
    assert config.model.backbone == backbone
    assert config.preset == preset
    adaptation = launch.start(config, runs_dir=tmp_path / "runs", run_id="run")
    try:
        warmup = adaptation.plan[0]
        warmup.begin()
        report = warmup.update(0)
    finally:
        adaptation.batches.close()
        adaptation.recorder.end("stopped")
    assert all(np.isfinite(value) for value in report.values() if isinstance(value, float))
    assert adaptation.step == 1
    assert Run.open(tmp_path / "runs" / "run").steps() == [0]


def test_no_number_of_ours_is_claimed_before_it_was_run():
    """The columns "ours" are the last of each table of published numbers, and empty."""
    published = TEXT.split("## What others published")[1]
    rows = [line for line in published.splitlines() if line.startswith("| ")]
    heads = [row for row in rows if "| ours" in row]
    assert len(heads) == 3
    for table in re.findall(r"(?m)^\| method.*\n(?:\|.*\n)+", published):
        head, _, *body = table.splitlines()
        columns = [cell.strip() for cell in head.strip("|").split("|")]
        number = sum(cell.startswith("ours") for cell in columns)
        for row in body:
            cells = [
                cell.strip() for cell in row.strip().removeprefix("|").removesuffix("|").split("|")
            ]
            assert len(cells) == len(columns), row
            assert cells[-number:] == [""] * number
            source = cells[columns.index("source")]
            assert re.search(r"README|arXiv|doi|the same table|row", source), row
