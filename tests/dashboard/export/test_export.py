"""The story of a run in one file: what stands in it, what does not, and what is said instead."""

import json
import re
import shutil
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from dashboard.__main__ import main
from dashboard.export.closer import MOST_STEPS, steps_kept
from dashboard.export.exported import Exported, size_text
from dashboard.export.exported import export as export_opened
from dashboard.export.size import estimated_bytes
from spcl.analysis.worker import analyse
from spcl.store.errors import UserError
from spcl.store.life import arriving
from spcl.store.reader import Run
from tests.support.exporting import opened_runs
from tests.support.synthetic_run import CITYSCAPES, SyntheticRun, write_synthetic_run

pytestmark = pytest.mark.xdist_group("exported file")


def export(paths: list[Path], **options: Any) -> Exported:
    return export_opened(opened_runs(paths), **options)


def values(content: bytes) -> dict[str, Any]:
    found = re.search(rb'<script type="application/json" id="data">(.*?)</script>', content, re.S)
    assert found is not None
    read: dict[str, Any] = json.loads(found[1])
    return read


def panels(content: bytes, run: int = 0) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = values(content)["runs"][run]["story"]["panels"]
    return found


def addresses(value: object) -> set[str]:
    """Return all that looks like the address of a file of a run."""
    if isinstance(value, dict):
        return {one for item in value.values() for one in addresses(item)}
    if isinstance(value, list):
        return {one for item in value for one in addresses(item)}
    return (
        {value} if isinstance(value, str) and re.match(r"data:|/|https?:|run\d/", value) else set()
    )


@pytest.mark.slow
def test_everything_is_inside_and_the_same_run_gives_the_same_bytes(
    analyzed_run: Path, made: Exported
) -> None:
    assert made.content == export([analyzed_run]).content
    assert not made.not_analyzed
    held = values(made.content)
    files = held["files"]
    assert made.num_photographs > 0
    assert made.num_masks > 0
    assert addresses(held["runs"]) <= files.keys()
    assert len(set(files.values())) <= len(files)
    assert all(
        re.match(r"data:(image/png|application/[\w-]+);base64,", one) for one in files.values()
    )
    assert b"/api/" not in made.content
    assert str(analyzed_run.parent).encode() not in made.content
    assert all(panel["links"] == [] for panel in panels(made.content))


def test_map_masks_and_charts_have_what_they_show_at_every_step(made: Exported) -> None:
    held = values(made.content)
    files, closer = held["files"], held["runs"][0]["closer"]
    masks, shown = closer["masks"]["data"], closer["map"]["data"]
    for step in masks["steps"]:
        at = closer["masks"]["steps"][str(step)]
        for image in at["images"]:
            address = f"run0/snapshots/{step}/masks/{image['key']}.png?v={masks['version']}"
            assert address in files
            assert at["details"][image["key"]]["key"] == image["key"]
    assert {
        f"run0/projections/{shown['layout']}/{step}.bin" for step in shown["steps"]
    } <= files.keys()
    looks = {"dataset light", "dataset dark", "safe light", "safe dark"}
    assert set(closer["map"]["looks"]) == looks
    assert closer["map"]["looks"]["safe light"] != closer["map"]["looks"]["dataset light"]
    assert len(closer["map"]["points"]["class_id"]) == len(closer["map"]["points"]["shown"]) > 0
    assert [card["title"] for card in closer["cards"]][-1] == "Domain gap"
    assert all(set(card["figures"]) == looks for card in closer["cards"])
    assert held["charts"] in files


@pytest.mark.slow
def test_photographs_may_be_left_out(analyzed_run: Path, made: Exported) -> None:
    bare = export([analyzed_run], with_photographs=False)
    assert bare.num_photographs == 0
    assert bare.num_masks == made.num_masks
    for one in (bare, made):
        files = values(one.content)["files"]
        photographs = {files[side["photo"]] for side in panels(one.content)[0]["picture"]["sides"]}
        assert len(photographs) == (1 if one is bare else 2)  # one grey, or two photographs


@pytest.mark.slow
def test_the_pictures_to_show_can_be_chosen(analyzed_run: Path, made: Exported) -> None:
    offered = panels(made.content)[2]["picture"]["wipe"]["images"]
    key = offered[-1]["key"]
    chosen = export([analyzed_run], images=[key]).content
    wipe = panels(chosen)[2]["picture"]["wipe"]
    assert [image["key"] for image in wipe["images"]] == [key] == [wipe["chosen"]]
    steps = values(chosen)["runs"][0]["closer"]["masks"]["steps"]
    assert all([image["key"] for image in at["images"]] == [key] for at in steps.values())
    with pytest.raises(UserError, match="from target-frame_0, .* and 1 more in probe"):
        export([analyzed_run], images=["nothing"])


@pytest.mark.slow
def test_several_runs_stand_in_one_file_with_files_of_their_own(
    analyzed_run: Path, tmp_path: Path
) -> None:
    other = write_synthetic_run(tmp_path, run_id=analyzed_run.name, target_labels=False)
    made = export([analyzed_run, other])
    held = values(made.content)
    assert made.not_analyzed == (other,)
    assert len(held["runs"]) == 2
    assert {address[:5] for address in held["files"]} == {"run0/", "run1/", "chart"}
    assert addresses(held["runs"]) <= held["files"].keys()


@pytest.mark.slow
@pytest.mark.parametrize("with_photographs", [True, False])
def test_the_size_is_known_before_it_is_made(
    analyzed_run: Path, made: Exported, with_photographs: bool
) -> None:
    (opened,) = opened_runs([analyzed_run])
    held = values(made.content)["runs"][0]["closer"]["masks"]["data"]
    images = [image["key"] for image in held["images"]]
    expected = estimated_bytes(opened, images=images, with_photographs=with_photographs)
    content = made.content
    if not with_photographs:
        content = export([analyzed_run], with_photographs=False).content
    assert expected == pytest.approx(len(content), rel=0.1)


def test_of_many_snapshots_twenty_stand_in_it_and_those_that_are_compared() -> None:
    steps = list(range(0, 3000, 10))
    kept = steps_kept(steps, (730, None))
    assert len(kept) == MOST_STEPS
    assert {0, 730, 2990} <= set(kept)
    assert max(later - earlier for earlier, later in pairwise(kept)) <= 360
    assert steps_kept(steps[:20], (70,)) == steps[:20]


@pytest.mark.slow
def test_where_it_comes_from_and_the_rights_in_the_images_stand_at_its_foot(
    analyzed_run: Path, tmp_path: Path
) -> None:
    def facts(path: Path) -> dict[str, str]:
        found = values(export([path]).content)["runs"][0]["provenance"]
        return {fact["label"]: fact["text"] for fact in found}

    found = facts(analyzed_run)
    assert found["Run"].startswith(f"{analyzed_run.name}, seed ")
    assert re.fullmatch(r"digest [0-9a-f]{12}", found["Configuration"])
    assert found["Images"].endswith("of the val splits")
    assert "Rights in the images" not in found
    own = write_synthetic_run(tmp_path, run_id="own")
    raw = json.loads((own / "run.json").read_text())
    raw["config"].setdefault("data", {})["license"] = "CC BY 4.0, <b>The Authors</b>"
    (own / "run.json").write_text(json.dumps(raw))
    assert facts(own)["Rights in the images"] == "CC BY 4.0, <b>The Authors</b>"


@pytest.mark.slow
@pytest.mark.parametrize("target_labels", [True, False])
def test_a_run_without_labels_or_analysis_is_a_file_too(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], target_labels: bool
) -> None:
    run = write_synthetic_run(tmp_path, run_id="run", target_labels=target_labels)
    file = tmp_path / "story.html"
    assert main(["export", str(run), "-o", str(file)]) == 0
    said = capsys.readouterr()
    assert said.out.startswith(f"{file}: ")
    assert "opens in a browser without network" in said.out
    assert f"python -m spcl analyse {run} and export again" in said.err
    assert len(panels(file.read_bytes())) == 5


@pytest.mark.long
def test_with_19_classes_and_with_one_snapshot_it_says_what_there_is(tmp_path: Path) -> None:
    many = write_synthetic_run(tmp_path / "many", run_id="run", names=CITYSCAPES)
    analyse(Run(many))
    held = values(export([many]).content)["runs"][0]
    assert len(held["story"]["classes"]) == 19
    assert len(held["closer"]["map"]["data"]["prototypes"]) == 19
    assert all(len(card["figures"]) == 4 for card in held["closer"]["cards"])

    one = SyntheticRun(tmp_path / "one", run_id="run")
    one.write_probe()
    one.write_snapshot(0)
    one.finish()
    analyse(Run(one.path))
    held = values(export([one.path]).content)["runs"][0]
    assert held["closer"]["masks"]["data"]["steps"] == [0]
    assert len(held["story"]["panels"]) == 5
    assert "0 of 40; this file holds its only snapshot" in str(held["provenance"])


@pytest.mark.slow
def test_a_story_of_an_earlier_step_holds_nothing_later_and_needs_no_confidence(
    tmp_path: Path, analyzed_run: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(arriving, "QUIET_SECONDS", 0)  # removed, and not on their way
    run = Path(shutil.copytree(analyzed_run, tmp_path / "run"))
    for file in run.glob("snapshots/*/masks/*.confidence.png"):
        file.unlink()
    (latest,) = opened_runs([run])
    chosen = replace(latest.selection, classes=latest.names[:1])
    made = export_opened([replace(latest, step=30, selection=chosen)])
    held = values(made.content)["runs"][0]
    closer = held["closer"]
    assert closer["masks"]["data"]["steps"] == closer["map"]["data"]["steps"] == [0, 10, 20, 30]
    assert closer["masks"]["data"]["step"] == closer["map"]["data"]["step"] == 30
    assert all(one["shown"] for one in closer["map"]["data"]["prototypes"]), "no hidden choice"
    assert "this file holds 4 of its 5 snapshots" in str(held["provenance"])


@pytest.mark.slow
def test_what_cannot_be_exported_is_a_sentence(
    tmp_path: Path, analyzed_run: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def refused(*words: object) -> str:
        assert main(["export", *map(str, words)]) == 2
        said = capsys.readouterr().err.strip()
        assert said.count("\n") == 0
        return said

    assert "is no run; give the folder that holds its run.json" in refused(tmp_path)
    assert "cannot be written" in refused(analyzed_run, "-o", tmp_path / "no" / "where.html")
    assert "see python -m dashboard" in refused()
    run = SyntheticRun(tmp_path, run_id="new")
    run.write_probe()
    assert "has no snapshot yet" in refused(run.path)
    run.finish()


def test_sizes_are_said_as_people_say_them() -> None:
    assert [size_text(size) for size in (3, 840_400, 2_440_000)] == ["1 kB", "840 kB", "2.4 MB"]
