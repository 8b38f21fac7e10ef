"""The server: Streamlit's pages, read-only routes for recorded files, and what keeps both private.

Names in addresses are looked up in directory listings, never joined into paths unseen.
"""

from pathlib import Path

import numpy as np
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from dashboard.colors import color, rgb_of
from dashboard.data import runs_folder
from dashboard.server import metrics_rows
from dashboard.server.png_palette import with_palette
from dashboard.server.security import Guard
from spcl.store import schema
from spcl.store.derived_reader import DerivedReader
from spcl.store.errors import StoreError
from spcl.store.reader import Run

COMPONENTS = Path(__file__).resolve().parents[1] / "components"
_KEPT = "private, max-age=31536000, immutable"
_ASKED_AGAIN = "private, no-cache"


def routes() -> list[Route]:
    """Return our own addresses; everything else is Streamlit's."""
    run = "/api/runs/{run}"
    return [
        Route("/", to_live),
        Route("/assets/{component}/{name}", asset),
        Route(run + "/probe/{name}", probe_file),
        Route(run + "/snapshots/{step:int}/masks/{name}", mask_file),
        Route(run + "/projections/{layout}/{step:int}.bin", positions),
        Route(run + "/metrics", metrics),
    ]


def middleware() -> list[Middleware]:
    """Return what every request passes first."""
    return [Middleware(Guard)]


def to_live(request: Request) -> Response:
    """Lead to the live page and keep the query."""
    query = f"?{request.url.query}" if request.url.query else ""
    return RedirectResponse(f"{request.scope.get('root_path', '')}/live{query}", status_code=307)


def asset(request: Request) -> Response:
    """Give one of our ES modules."""
    wanted = request.path_params["component"]
    folder = next((found for found in COMPONENTS.iterdir() if found.name == wanted), None)
    if folder is None or not folder.is_dir():
        return _missing("component")
    return _file(request, folder, request.path_params["name"], ".js", "text/javascript")


def probe_file(request: Request) -> Response:
    """Give an input picture or a label."""
    run = _run(request)
    if run is None:
        return _missing("run")
    folder = run.path / schema.PROBE_FOLDER
    return _file(request, folder, request.path_params["name"], ".png", "image/png")


def mask_file(request: Request) -> Response:
    """Give the predicted ids or the confidence of a probe image; `?palette=safe` recolours."""
    run = _run(request)
    if run is None:
        return _missing("run")
    step = schema.step_folder(request.path_params["step"])
    folder = run.path / schema.SNAPSHOTS_FOLDER / step / schema.MASKS_FOLDER
    answer = _file(request, folder, request.path_params["name"], ".png", "image/png")
    if request.query_params.get("palette") != "safe" or answer.status_code != 200:
        return answer
    return _recolored(answer, run)


def _recolored(answer: Response, run: Run) -> Response:
    try:
        classes = run.info().label_space
    except StoreError:
        return answer
    colors = [rgb_of(color(found, "safe")) for found in classes]
    headers = {key: answer.headers[key] for key in ("ETag", "Cache-Control", "Content-Encoding")}
    return Response(
        with_palette(bytes(answer.body), colors), media_type="image/png", headers=headers
    )


def positions(request: Request) -> Response:
    """Give the int16 positions of a step, little-endian, (N + K, 2), without a header."""
    run = _run(request)
    if run is None:
        return _missing("run")
    derived = DerivedReader(run)
    wanted = request.path_params["layout"]
    layout = next((found for found in derived.layouts() if found.name == wanted), None)
    if layout is None:
        return _missing("projection")
    path = derived.positions_path(layout, request.path_params["step"])
    tag = _tag(path)
    if tag is None:
        return _missing("step")
    if request.headers.get("if-none-match") == tag:
        return Response(status_code=304, headers=_headers(request, tag))
    try:
        stored = np.load(path, allow_pickle=False)
    except (OSError, ValueError, EOFError):
        return _missing("step")
    return Response(
        stored.astype("<i2").tobytes(),
        media_type="application/octet-stream",
        headers=_headers(request, tag),
    )


def metrics(request: Request) -> Response:
    """Give what came after `since`: float32 rows, columns named in X-Columns; 204 if nothing."""
    run = _run(request)
    if run is None:
        return _missing("run")
    try:
        since = int(request.query_params.get("since", "-1"))
    except ValueError:
        return Response("since is a step, a whole number", status_code=400)
    columns, content = metrics_rows.after(run, since)
    headers = {"Cache-Control": "no-store", "Content-Encoding": "identity"}
    if not content:
        return Response(status_code=204, headers=headers)
    headers["X-Columns"] = ",".join(columns)
    return Response(content, media_type="application/octet-stream", headers=headers)


def _run(request: Request) -> Run | None:
    wanted = request.path_params["run"]
    listed = _names(runs_folder.runs_dir())
    if wanted not in listed or wanted.startswith("."):
        return None
    return Run(runs_folder.runs_dir() / wanted)


def _names(folder: Path) -> set[str]:
    try:
        return {entry.name for entry in folder.iterdir()}
    except OSError:
        return set()


def _file(request: Request, folder: Path, name: str, suffix: str, media_type: str) -> Response:
    path = folder / name
    if not name.endswith(suffix) or name.startswith(".") or name not in _names(folder):
        return _missing("file")
    tag = _tag(path)
    if tag is None or path.is_symlink():
        return _missing("file")
    headers = _headers(request, tag)
    if request.headers.get("if-none-match") == tag:
        return Response(status_code=304, headers=headers)
    try:
        return Response(path.read_bytes(), media_type=media_type, headers=headers)
    except OSError:
        return _missing("file")


def _tag(path: Path) -> str | None:
    try:
        stat = path.stat()
    except OSError:
        return None
    return f'"{stat.st_mtime_ns:x}-{stat.st_size:x}"'


def _headers(request: Request, tag: str) -> dict[str, str]:
    """Return headers for a file that never changes (`?v=` given) or may be asked for again."""
    return {
        "ETag": tag,
        "Cache-Control": _KEPT if "v" in request.query_params else _ASKED_AGAIN,
        "Content-Encoding": "identity",
    }


def _missing(what: str) -> Response:
    return Response(f"there is no such {what}", status_code=404, media_type="text/plain")
