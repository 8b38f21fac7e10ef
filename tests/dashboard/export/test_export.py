"""The story of a run in one file: what stands in it, what does not, and what is said instead."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from dashboard.__main__ import main
from dashboard.export.story import export_story, size_text
from spcl.store.errors import UserError
from tests.conftest import Watched
from tests.support.synthetic_run import SyntheticRun, write_synthetic_run


def values(content: bytes) -> dict[str, Any]:
    found = re.search(rb'<script type="application/json" id="data">(.*?)</script>', content, re.S)
    assert found is not None
    read: dict[str, Any] = json.loads(found[1])
    return read


def addresses(value: object) -> list[str]:
    if isinstance(value, dict):
        return [one for item in value.values() for one in addresses(item)]
    if isinstance(value, list):
        return [one for item in value for one in addresses(item)]
    return [value] if isinstance(value, str) and re.match(r"data:|/|https?:", value) else []


def test_everything_is_inside_and_the_same_run_gives_the_same_bytes(analyzed_run: Path) -> None:
    made = export_story(analyzed_run)
    assert made.content == export_story(analyzed_run).content
    assert made.is_analyzed
    found = addresses(values(made.content))
    assert made.num_photographs > 0
    assert made.num_masks > 0
    assert len(found) > made.num_masks
    assert all(one.startswith("data:image/png;base64,") for one in found), found
    assert b"/api/" not in made.content
    assert all(panel["links"] == [] for panel in values(made.content)["panels"])


def test_photographs_may_be_left_out(analyzed_run: Path) -> None:
    bare = export_story(analyzed_run, with_photographs=False)
    assert bare.num_photographs == 0
    assert bare.num_masks == export_story(analyzed_run).num_masks
    for side in values(bare.content)["panels"][0]["picture"]["sides"]:
        assert side["photo"] != side["mask"]
    photographs = {
        side["photo"]
        for content in (bare.content, export_story(analyzed_run).content)
        for side in values(content)["panels"][0]["picture"]["sides"]
    }
    assert len(photographs) == 3  # one grey, two photographs


def test_the_pictures_to_compare_can_be_chosen(analyzed_run: Path) -> None:
    offered = values(export_story(analyzed_run).content)["panels"][2]["picture"]["wipe"]["images"]
    key = offered[-1]["key"]
    wipe = values(export_story(analyzed_run, images=[key]).content)["panels"][2]["picture"]["wipe"]
    assert [image["key"] for image in wipe["images"]] == [key] == [wipe["chosen"]]
    with pytest.raises(UserError, match="names none of the pictures.*choose from target-frame"):
        export_story(analyzed_run, images=["nothing"])


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
    assert len(values(file.read_bytes())["panels"]) == 5


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


@pytest.mark.browser
def test_the_file_opens_from_disk_offline_and_its_wipe_moves(
    analyzed_run: Path, tmp_path: Path, open_browser: Callable[..., Watched]
) -> None:
    file = tmp_path / "story.html"
    file.write_bytes(export_story(analyzed_run).content)
    watched = open_browser(file.as_uri(), offline=True, reduced_motion="reduce")
    page = watched.page
    story = page.locator("[data-chart=story]")
    story.press("End")
    page.locator("[data-chart=story][data-panel='5']").wait_for()
    story.press("ArrowLeft")
    story.press("ArrowLeft")
    page.locator("[data-chart=story][data-panel='3'][data-drawn]").wait_for()
    handle = story.locator("input[type=range]").first
    before = story.screenshot()
    handle.fill("10")
    assert story.screenshot() != before
    assert watched.console == []
    assert {url.partition(":")[0] for url in watched.requests} <= {"file", "data", "blob"}
