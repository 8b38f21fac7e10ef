"""What pages and routes show of a damaged run, drawn in this process: fast enough for thousands."""

import tempfile
from pathlib import Path

from starlette.requests import Request
from streamlit.testing.v1 import AppTest

from dashboard.data import recorded
from dashboard.server import routes
from tests import ROOT

START = "start"
"""The whole application as one arrives: navigation, sidebar and the live page."""
PAGES = (
    *("live", "map", "separability", "prototypes", "classes.page", "classes.pixels", "masks"),
    "story",
)
_OF_CLASSES = ("classes.page", "classes.pixels")
AFFECTED = {
    "metrics.jsonl": ("live",),
    "probe.json": ("map", "masks", "story", *_OF_CLASSES),
    "pixels.npz": ("map", "separability", *_OF_CLASSES),
    "features.npy": ("map", "classes.pixels"),
    "predictions.npz": ("map", "story", *_OF_CLASSES),
    "prototypes.npz": ("map", "prototypes", "classes.pixels"),
    "scores.json": ("live", "masks", "story", "classes.page"),
    ".png": ("masks", "story", *_OF_CLASSES),
    "measures.jsonl": ("live", "separability", "prototypes", "story", "classes.page"),
    "measures.columns.npz": ("live", "separability", "prototypes", "story", "classes.page"),
    "metrics.columns.npz": ("live",),
    "events.jsonl": ("live", "prototypes"),
    "layout.json": ("map", "story"),
    "positions": ("map", "story"),
    "mask report": ("masks", "story", "classes.page"),
}
"""The pages that read a file, by its role; of any other file every page may say something."""

_VIEW = """
import importlib
from dashboard import sidebar
from dashboard.data.opened_run import open_run
from dashboard.data.selection import arrive, selection
page = importlib.import_module("dashboard.views.PAGE")
from dashboard.views.common import problem
from spcl.store.errors import StoreError
arrive()
try:
    opened = open_run(selection())
    sidebar.draw(opened)
    page.render(opened)
except StoreError as error:
    problem("page", str(error))
"""
"""A view without what the application catches around it: whatever it raises is seen here."""


def scripts() -> dict[str, Path]:
    """Return the script that draws each page, by its name."""
    folder = Path(tempfile.mkdtemp(prefix="spcl-pages-"))
    for name in PAGES:
        (folder / f"{name}.py").write_text(_VIEW.replace("PAGE", name))
    views = {name: folder / f"{name}.py" for name in PAGES}
    return {**views, START: ROOT / "dashboard" / "app.py"}


def draw(script: Path, run: str, step: int | None) -> None:
    """Draw a page of a run at a step (RuntimeError with the exception that it shows)."""
    recorded.run_list.clear()  # a second old at most, and this run is younger
    app = AppTest.from_file(script, default_timeout=60)
    app.query_params["run"] = run
    if step is not None:
        app.query_params["step"] = str(step)
    app.run()
    if app.exception:
        raise RuntimeError(f"{script.stem}: {app.exception[0].message}")


def ask(run: str, file: Path) -> None:
    """Ask the route that serves a file of a run, if any does (RuntimeError: it fails)."""
    for endpoint, names in _addresses(file):
        scope = {"type": "http", "method": "GET", "path": "/", "headers": [], "query_string": b""}
        scope["path_params"] = {"run": run, **names}
        answer = routes.answered(endpoint)(Request(scope))
        if answer.status_code >= 500:
            raise RuntimeError(f"{endpoint.__name__}: {answer.status_code}")


def _addresses(file: Path) -> list[tuple[routes.Endpoint, dict[str, str]]]:
    parts = file.parts
    if file.name in ("metrics.jsonl", "metrics.columns.npz"):
        return [(routes.metrics, {})]
    if parts[0] == "probe":
        return [(routes.probe_file, {"name": file.name})]
    if "masks" in parts and file.suffix == ".png":
        step = parts[1].removeprefix("step_")
        return [(routes.mask_file, {"step": step, "name": file.name})]
    if "projections" in parts:
        step = file.stem.removeprefix("step_")
        return [(routes.positions, {"layout": file.parent.name, "step": step})]
    return []
