"""A map of two runs on disk: a part in each run, one scale, refused where nothing is shared."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from spcl.analysis.formulas.neighbors import nearest_pixels
from spcl.analysis.joint_map import PARTS, kept_by_class, write_joint_map
from spcl.commands import main
from spcl.store.derived.joint import joint_part, joint_recipe, why_apart
from spcl.store.derived.reader import DerivedReader
from spcl.store.errors import UserError
from spcl.store.reader import Run
from tests.support.synthetic_run import CITYSCAPES, write_synthetic_run


@pytest.fixture
def runs(tmp_path: Path) -> list[Run]:
    return [
        Run(write_synthetic_run(tmp_path, run_id=name, target_worsens=name == "two"))
        for name in ("one", "two")
    ]


@pytest.mark.slow
def test_each_run_keeps_its_part_at_one_scale_and_nothing_is_made_twice(runs: list[Run]) -> None:
    told: list[tuple[int, str]] = []
    recipe = write_joint_map(runs, [40, 20], on_part=lambda *said: told.append(said))
    assert [done for done, _ in told] == list(range(PARTS))
    parts = [joint_part(run, recipe, step) for run, step in zip(runs, (40, 20), strict=True)]
    one, other = parts
    assert one is not None
    assert other is not None
    assert one.name == other.name
    assert one.scale == other.scale
    assert one.kept == other.kept
    num = len(runs[0].probe().pixels["image"])
    for run, part, step in zip(runs, (one, other), (40, 20), strict=True):
        positions = DerivedReader(run).positions(part, step)
        assert positions is not None
        assert positions.shape == (num + 5, 2)
        assert DerivedReader(run).layout("umap") is None, "it is no map of one run"
    told.clear()
    assert write_joint_map(runs, [40, 20], on_part=lambda *said: told.append(said)) == recipe
    assert told == []
    infos = [run.info() for run in runs]
    assert len({joint_recipe(infos, steps) for steps in ([40, 20], [20, 40], [40, 40])}) == 3


def test_neighbours_in_both_runs_are_counted_by_class(runs: list[Run]) -> None:
    found = kept_by_class(runs, [40, 40])
    pixels = runs[0].probe().pixels
    every = np.arange(len(pixels["image"]))
    near = [nearest_pixels(run.snapshot(40).features, every, every) for run in runs]
    for info in runs[0].info().label_space.classes:
        mine = np.flatnonzero((pixels["domain"] == 1) & (pixels["class_id"] == info.id))
        shares = [len(set(near[0][i]) & set(near[1][i])) / 10 for i in mine]
        assert found[info.name] == pytest.approx(np.mean(shares), abs=1e-4)
    assert set(kept_by_class([runs[0], runs[0]], [40, 40]).values()) == {1.0}


@pytest.mark.slow
def test_what_cannot_be_put_on_one_map_is_said(
    runs: list[Run], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    fewer = Run(write_synthetic_run(tmp_path, run_id="fewer", pixels_per_class=10))
    others = Run(write_synthetic_run(tmp_path, run_id="others", names=CITYSCAPES))
    assert why_apart(*runs) == ""
    assert "do not observe the same probe pixels" in why_apart(runs[0], fewer)
    assert why_apart(runs[0], others) == "one and others have different classes."
    told = json.loads((runs[1].path / "run.json").read_text())
    (runs[1].path / "run.json").write_text(json.dumps({**told, "absent": ["features"]}))
    assert why_apart(*runs) == "two records no features, so it has no map."
    assert main(["analyse", str(runs[0].path), "--beside", str(runs[0].path)]) == 2
    assert "names the run itself" in capsys.readouterr().err
    assert main(["analyse", str(runs[0].path), "--beside", str(fewer.path)]) == 2
    assert "same probe pixels" in capsys.readouterr().err
    assert main(["analyse", str(runs[0].path), "--step", "4"]) == 2
    assert "give --beside" in capsys.readouterr().err


def test_other_pictures_under_the_same_names_are_refused(runs: list[Run], tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(runs[0].path, copy)
    key = Run(copy).probe().images[0].key
    picture = copy / "probe" / f"{key}.png"
    Image.fromarray(255 - Run(copy).probe().picture(key)).save(picture)
    with pytest.raises(UserError, match="other pictures"):
        write_joint_map([runs[0], Run(copy)], [40, 40], on_part=lambda *_: None)
