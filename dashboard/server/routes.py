"""Read-only routes for our modules and for recorded files.

Names in addresses are looked up in directory listings before they become part of a path.
"""

import logging
from collections.abc import Callable, Sequence
from functools import wraps
from pathlib import Path
from urllib.parse import quote

from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from dashboard.colors import color, rgb_of
from dashboard.data import runs_folder
from dashboard.data.addresses import as_asked
from dashboard.server import metrics_rows
from dashboard.server.png_palette import replace_palette
from dashboard.server.security import Doors, Guard
from spcl.store import schema
from spcl.store.derived.reader import DerivedReader
from spcl.store.errors import StoreError
from spcl.store.formats.own_files import own_entries, own_stat, read_own
from spcl.store.reader import Run

COMPONENTS = Path(__file__).resolve().parents[1] / "components"
_IMMUTABLE = "private, max-age=31536000, immutable"
_REVALIDATE = "private, no-cache"
_MOST_DIGITS = 12
_MOST_SCALARS = 200
"""Names of recorded scalars that a page offers; a head has an end."""
_log = logging.getLogger(__name__)


def routes() -> list[Route]:
    """Return our own routes; everything else is Streamlit's."""
    run = "/api/runs/{run}"
    ours = {
        "/": to_live,
        "/assets/{component}/{name}": asset,
        "/assets/{component}/{room}/{name}": asset,
        run + "/probe/{name}": probe_file,
        run + "/snapshots/{step}/masks/{name}": mask_file,
        run + "/projections/{layout}/{step}.bin": positions,
        run + "/metrics": metrics,
    }
    return [Route(path, answered(endpoint)) for path, endpoint in ours.items()]


def middleware(doors: Doors | None = None) -> list[Middleware]:
    """Return the middleware that every request passes through first."""
    return [Middleware(Guard, doors=doors)]


Endpoint = Callable[[Request], Response]


def answered(endpoint: Endpoint) -> Endpoint:
    """Return `endpoint`, which answers 404 in a sentence where a run makes it raise anything."""
    seen: set[str] = set()

    @wraps(endpoint)
    def answer(request: Request) -> Response:
        try:
            return endpoint(request)
        except Exception as error:  # files of a run can make a decoder raise nearly anything
            if type(error).__name__ not in seen:
                seen.add(type(error).__name__)
                _log.warning("%s could not be served", endpoint.__name__, exc_info=error)
            text = "This part of the run cannot be read; copy the run again."
            return Response(text, status_code=404, media_type="text/plain")

    return answer


def to_live(request: Request) -> Response:
    """Redirect to the live page and keep the query."""
    query = f"?{request.url.query}" if request.url.query else ""
    return RedirectResponse(f"{request.scope.get('root_path', '')}/live{query}", status_code=307)


def asset(request: Request) -> Response:
    """Serve one of our ES modules, of a component or of a room in it."""
    folder = COMPONENTS
    for name in filter(None, map(request.path_params.get, ("component", "room"))):
        found = next((entry for entry in folder.iterdir() if entry.name == name), None)
        if found is None or not found.is_dir():
            return _not_found("component")
        folder = found
    return _file(request, folder, ".js", "text/javascript", within=COMPONENTS)


def probe_file(request: Request) -> Response:
    """Serve an input image or a label."""
    run = _run(request)
    if run is None:
        return _not_found("run")
    folder = run.path / schema.PROBE_FOLDER
    return _file(request, folder, ".png", "image/png", within=run.path)


def mask_file(request: Request) -> Response:
    """Serve the predicted ids or the confidence of a probe image; `?palette=safe` recolours."""
    run = _run(request)
    if run is None:
        return _not_found("run")
    step = whole_number(request.path_params["step"])
    if step is None:
        return _not_found("step")
    folder = run.path / schema.SNAPSHOTS_FOLDER / schema.step_folder(step) / schema.MASKS_FOLDER
    response = _file(request, folder, ".png", "image/png", within=run.path)
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
    step = whole_number(request.path_params["step"])
    if layout is None:
        return _not_found("projection")
    if step is None:
        return _not_found("step")
    path = derived.positions_path(layout, step)
    tag = _etag(path, derived.within)
    if tag is None:
        return _not_found("step")
    if request.headers.get("if-none-match") == tag:
        return Response(status_code=304, headers=_headers(request, tag))
    stored = derived.stored_positions(layout, step)
    if stored is None:
        return _not_found("step")
    return Response(
        stored.astype("<i2").tobytes(),
        media_type="application/octet-stream",
        headers=_headers(request, tag),
    )


def metrics(request: Request) -> Response:
    """Serve losses, and the scalar `of`, after step `since`: float32 rows; 204 if there are none.

    X-Columns names the columns, X-Scalars everything that could be asked for.
    """
    run = _run(request)
    if run is None:
        return _not_found("run")
    asked = request.query_params.get("since", "-1")
    since = -1 if asked == "-1" else whole_number(asked)
    if since is None:
        text = f"since must be a step, a whole number; it is {asked[:40]!r}"
        return Response(text, status_code=400, media_type="text/plain")
    chosen = [request.query_params.get("of", "")]
    columns, content, known = metrics_rows.scalars_since(run, since, chosen)
    headers = {"Cache-Control": "no-store", "Content-Encoding": "identity"}
    if not content:
        return Response(status_code=204, headers=headers)
    headers["X-Columns"] = _listed(columns)
    headers["X-Scalars"] = _listed(known[:_MOST_SCALARS])
    return Response(content, media_type="application/octet-stream", headers=headers)


def _listed(names: Sequence[str]) -> str:
    return ",".join(quote(name, safe="/_", errors="replace") for name in names)


def whole_number(text: str) -> int | None:
    """Return a step as it stands in an address; None for anything else, however long."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= _MOST_DIGITS else None


def _run(request: Request) -> Run | None:
    folder = runs_folder.runs_dir()
    name = _named(request.path_params["run"], _names(folder))
    return None if name is None or name.startswith(".") else Run(folder / name)


def _named(asked: str, names: set[str]) -> str | None:
    """Return the name on disk that an address asks for; None where there is none, or two."""
    found = [name for name in names if as_asked(name) == asked]
    return found[0] if len(found) == 1 else None


def _names(folder: Path) -> set[str]:
    try:
        return {entry.name for entry in folder.iterdir()}
    except OSError:
        return set()


def _file(
    request: Request, folder: Path, suffix: str, media_type: str, *, within: Path
) -> Response:
    """Serve the named file of `folder`; nothing behind a link or outside `within` is served."""
    name = _named(request.path_params["name"], set(own_entries(folder, within=within)))
    if name is None or not name.endswith(suffix) or name.startswith("."):
        return _not_found("file")
    tag = _etag(folder / name, within)
    if tag is None:
        return _not_found("file")
    headers = _headers(request, tag)
    if request.headers.get("if-none-match") == tag:
        return Response(status_code=304, headers=headers)
    try:
        content = read_own(folder / name, within=within)
    except (OSError, StoreError):
        return _not_found("file")
    return Response(content, media_type=media_type, headers=headers)


def _etag(path: Path, within: Path) -> str | None:
    found = own_stat(path, within=within)
    return None if found is None else f'"{found.st_mtime_ns:x}-{found.st_size:x}"'


def _headers(request: Request, tag: str) -> dict[str, str]:
    """Return headers of a file that never changes (`?v=` is given) or that is revalidated."""
    return {
        "ETag": tag,
        "Cache-Control": _IMMUTABLE if "v" in request.query_params else _REVALIDATE,
        "Content-Encoding": "identity",
    }


def _not_found(what: str) -> Response:
    return Response(f"There is no such {what}.", status_code=404, media_type="text/plain")
