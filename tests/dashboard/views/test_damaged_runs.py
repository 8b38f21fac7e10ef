"""Every page of damaged and hostile runs: a sentence at most, never an exception."""

import json
import os
import shutil
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from benchmarks.stress.damaged_runs import Trial
from dashboard.data import runs_folder

pytestmark = pytest.mark.slow
PAGES = (
    *("live", "map", "separability", "prototypes", "classes.page", "classes.pixels", "masks"),
    "story",
)
HOSTILE = "\ud800 [/path] <b>x</b> $x^2$ **b** `c` \x1b[31m \u202egnp " + "x" * 100_000


def _edit(file: str, **changes: Any) -> Callable[[Path], None]:
    def edit(run: Path) -> None:
        content = json.loads((run / file).read_text())
        (run / file).write_text(json.dumps({**content, **changes}))

    return edit


def _scores(value: Any) -> Callable[[Path], None]:
    scored = {"mean_iou": value, "per_class_iou": [value] * 5, "images": {}}
    return _edit("snapshots/step_0000040/scores.json", source=scored, target=scored)


def _append(file: str, *rows: Any) -> Callable[[Path], None]:
    def append(run: Path) -> None:
        with (run / file).open("a") as stream:
            stream.writelines(json.dumps(row) + "\n" for row in rows)

    return append


def _write(file: str, content: bytes) -> Callable[[Path], None]:
    def write(run: Path) -> None:
        (run / file).write_bytes(content)

    return write


DAMAGES: dict[str, Callable[[Path], None]] = {
    "title": _edit("run.json", title=HOSTILE, notes=[HOSTILE]),
    "failure": _edit("run.json", status="failed", failure=HOSTILE),
    "stage": _edit("run.json", stage=HOSTILE),
    **{f"scores {value!r}": _scores(value) for value in (1e308, float("nan"), "x", True, [1], {})},
    **{f"metrics {value!r}": _append("metrics.jsonl", {"step": 41, "loss/total": value, "time": 3})
       for value in (1e308, float("inf"), "x", True, [1], {})},
    **{f"step {value!r}": _append("metrics.jsonl", {"step": value, "loss/total": 1})
       for value in (1e308, "x", [1], 10**30)},
    **{f"{file} {content[:4]!r}": _write(file, content)
       for file in ("run.json", "metrics.jsonl", "probe/probe.json", "probe/pixels.npz",
                    "snapshots/step_0000040/scores.json", "derived/measures.jsonl")
       for content in (b"", b"[]", b"\x00\xffgarbage\n")},
}  # fmt: skip


def _page(name: str) -> AppTest:
    app = AppTest.from_string(
        f"""
import importlib
from dashboard import sidebar
from dashboard.data.opened_run import open_run
from dashboard.data.selection import arrive, selection
page = importlib.import_module("dashboard.views.{name}")
from dashboard.views.common import problem
from spcl.store.errors import StoreError
arrive()
try:
    opened = open_run(selection())
    sidebar.draw(opened)
    page.render(opened)
except StoreError as error:
    problem("page", str(error))
""",
        default_timeout=30,
    )
    return app.run()


def _texts(app: AppTest) -> str:
    kinds = (app.title, app.caption, app.markdown, app.metric)
    return " ".join(f"{one.value}" for kind in kinds for one in kind)


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_run_is_a_page_without_an_exception(
    tmp_path: Path, analyzed_run: Path, damage: str
) -> None:
    path = Path(shutil.copytree(analyzed_run, tmp_path / "damaged"))
    DAMAGES[damage](path)
    runs_folder.use(tmp_path)
    for name in PAGES:
        began = time.monotonic()
        app = _page(name)
        assert not app.exception, (name, app.exception)
        assert "nan" not in _texts(app).lower().split(), name
        assert "\ud800" not in _texts(app)
        assert time.monotonic() - began < 10, name


def test_a_folder_named_in_latin_1_has_its_pages(tmp_path: Path, analyzed_run: Path) -> None:
    shutil.copytree(analyzed_run, tmp_path / os.fsdecode(b"caf\xe9"))
    runs_folder.use(tmp_path)
    for name in PAGES:
        assert not _page(name).exception, name


@pytest.mark.long
def test_fifteen_damages_at_random_are_a_sentence_each_or_nothing(tmp_path: Path) -> None:
    trial = Trial(tmp_path, seed=4)
    found = [trial.attempt(number) for number in range(15)]
    assert [told for told in found if told[0].startswith("WRONG")] == []
    assert {outcome for outcome, _ in found} == {"named", "clean skip"}
