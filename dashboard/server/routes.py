"""Read-only routes for our modules and for recorded files.

Names in addresses are looked up in directory listings before they become part of a path.
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
from dashboard.server.png_palette import replace_palette
from dashboard.server.security import Guard
from spcl.store import schema
from spcl.store.derived.reader import DerivedReader
from spcl.store.errors import StoreError
from spcl.store.reader import Run

COMPONENTS = Path(__file__).resolve().parents[1] / "components"
_IMMUTABLE = "private, max-age=31536000, immutable"
_REVALIDATE = "private, no-cache"


def routes() -> list[Route]:
    """Return our own routes; everything else is Streamlit's."""
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
    """Return the middleware that every request passes through first."""
    return [Middleware(Guard)]


def to_live(request: Request) -> Response:
    """Redirect to the live page and keep the query."""
    query = f"?{request.url.query}" if request.url.query else ""
    return RedirectResponse(f"{request.scope.get('root_path', '')}/live{query}", status_code=307)


def asset(request: Request) -> Response:
    """Serve one of our ES modules."""
    name = request.path_params["component"]
    folder = next((entry for entry in COMPONENTS.iterdir() if entry.name == name), None)
    if folder is None or not folder.is_dir():
        return _not_found("component")
    return _file(request, folder, request.path_params["name"], ".js", "text/javascript")


def probe_file(request: Request) -> Response:
    """Serve an input image or a label."""
    run = _run(request)
    if run is None:
        return _not_found("run")
    folder = run.path / schema.PROBE_FOLDER
    return _file(request, folder, request.path_params["name"], ".png", "image/png")


def mask_file(request: Request) -> Response:
    """Serve the predicted ids or the confidence of a probe image; `?palette=safe` recolours."""
    run = _run(request)
    if run is None:
        return _not_found("run")
    step = schema.step_folder(request.path_params["step"])
    folder = run.path / schema.SNAPSHOTS_FOLDER / step / schema.MASKS_FOLDER
    response = _file(request, folder, request.path_params["name"], ".png", "image/png")
    if request.query_params.get("palette") != "safe" or response.status_code != 200:
        return response
    return _recolored(response, run)


def _recolored(response: Response, run: Run) -> Response:
    try:
        classes = run.info().label_space
    except StoreError:
        return response
    colors = [rgb_of(color(info, "safe")) for info in classes]
    headers = {key: response.headers[key] for key in ("ETag", "Cache-Control", "Content-Encoding")}
    return Response(
        replace_palette(bytes(response.body), colors), media_type="image/png", headers=headers
    )


def positions(request: Request) -> Response:
    """Serve the positions of a step: int16, little-endian, (N + K, 2), without a header."""
    run = _run(request)
    if run is None:
        return _not_found("run")
    derived = DerivedReader(run)
    name = request.path_params["layout"]
    layout = next((one for one in derived.layouts() if one.name == name), None)
    if layout is None:
        return _not_found("projection")
    path = derived.positions_path(layout, request.path_params["step"])
    tag = _etag(path)
    if tag is None:
        return _not_found("step")
    if request.headers.get("if-none-match") == tag:
        return Response(status_code=304, headers=_headers(request, tag))
    try:
        stored = np.load(path, allow_pickle=False)
    except (OSError, ValueError, EOFError):
        return _not_found("step")
    return Response(
        stored.astype("<i2").tobytes(),
        media_type="application/octet-stream",
        headers=_headers(request, tag),
    )


def metrics(request: Request) -> Response:
    """Serve the losses after step `since`: float32 rows, columns in X-Columns; 204 if none."""
    run = _run(request)
    if run is None:
        return _not_found("run")
    try:
        since = int(request.query_params.get("since", "-1"))
    except ValueError:
        text = f"since must be a step, a whole number; it is {request.query_params['since']!r}"
        return Response(text, status_code=400, media_type="text/plain")
    columns, content = metrics_rows.losses_since(run, since)
    headers = {"Cache-Control": "no-store", "Content-Encoding": "identity"}
    if not content:
        return Response(status_code=204, headers=headers)
    headers["X-Columns"] = ",".join(columns)
    return Response(content, media_type="application/octet-stream", headers=headers)


def _run(request: Request) -> Run | None:
    name, folder = request.path_params["run"], runs_folder.runs_dir()
    if name not in _names(folder) or name.startswith("."):
        return None
    return Run(folder / name)


def _names(folder: Path) -> set[str]:
    try:
        return {entry.name for entry in folder.iterdir()}
    except OSError:
        return set()


def _file(request: Request, folder: Path, name: str, suffix: str, media_type: str) -> Response:
    path = folder / name
    if not name.endswith(suffix) or name.startswith(".") or name not in _names(folder):
        return _not_found("file")
    tag = _etag(path)
    if tag is None or path.is_symlink():
        return _not_found("file")
    headers = _headers(request, tag)
    if request.headers.get("if-none-match") == tag:
        return Response(status_code=304, headers=headers)
    try:
        return Response(path.read_bytes(), media_type=media_type, headers=headers)
    except OSError:
        return _not_found("file")


def _etag(path: Path) -> str | None:
    try:
        stat = path.stat()
    except OSError:
        return None
    return f'"{stat.st_mtime_ns:x}-{stat.st_size:x}"'


def _headers(request: Request, tag: str) -> dict[str, str]:
    """Return headers of a file that never changes (`?v=` is given) or that is revalidated."""
    return {
        "ETag": tag,
        "Cache-Control": _IMMUTABLE if "v" in request.query_params else _REVALIDATE,
        "Content-Encoding": "identity",
    }


def _not_found(what: str) -> Response:
    return Response(f"There is no such {what}.", status_code=404, media_type="text/plain")
