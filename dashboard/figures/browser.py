"""Chromium without a window, which draws the pictures: the pages' own charts, by their own code.

Everything it asks for is answered here; nothing is fetched from the network.
"""

import io
import shutil
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any

from PIL import Image

from dashboard.charts.common import library_code
from dashboard.figures.sheet import SCALE, Sheet, shell
from spcl.store.errors import UserError

if TYPE_CHECKING:
    from playwright.sync_api import Page, Route

_COMPONENTS = Path(__file__).resolve().parents[1] / "components"
_ADDRESS = "http://localhost/"
NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
_FLAGS = ("--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-sync")
_INCH = 96
"""CSS pixels in an inch, at which a browser prints."""
_DENSITY = 2
_MISSING = (
    "The pictures are drawn by Chromium, which is not installed; install it (on Debian: apt-get "
    "install chromium) and type the command again"
)
_CALL = """async ([name, value]) => {{
  const paper = await import("{address}paper/index.js");
  return paper[name](value);
}}"""


class Browser:
    """An open browser; use it as a context."""

    def __init__(self) -> None:
        """Nothing is started yet."""
        self._page: Page

    def __enter__(self) -> "Browser":
        """Start it (UserError: there is none)."""
        path = next((found for name in NAMES if (found := shutil.which(name))), None)
        try:
            from playwright.sync_api import Error, sync_playwright
        except ImportError:
            raise UserError(
                'The pictures need the package playwright; type pip install "spcl[figures]"'
            ) from None
        if path is None:
            raise UserError(_MISSING)
        self._playwright = sync_playwright().start()
        try:
            browser = self._playwright.chromium.launch(executable_path=path, args=list(_FLAGS))
        except Error as error:
            self._playwright.stop()
            reason = str(error).strip().splitlines()[0]
            raise UserError(f"{path} does not start ({reason}); try it by itself") from None
        self._page = browser.new_page(device_scale_factor=_DENSITY)
        self._page.route("**", _answer)
        self._page.goto(_ADDRESS)
        self._page.emulate_media(media="screen", color_scheme="light")
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close it."""
        self._playwright.stop()

    def show(self, sheet: Sheet) -> None:
        """Draw a sheet; the others ask for it in a format."""
        self._sheet = sheet
        self._page.set_viewport_size({"width": sheet.pixels, "height": 600})
        shown = {"html": sheet.html, "figures": sheet.figures}
        self._width, self._height = self._call("show", shown)

    def png(self) -> Image.Image:
        """Return it as pixels, two for each one of the layout."""
        content = self._page.locator("main").screenshot(scale="device", animations="disabled")
        with Image.open(io.BytesIO(content)) as image:
            return image.convert("RGB")

    def svg(self) -> str:
        """Return it as SVG whose texts are texts."""
        return str(self._call("svgText", self._sheet.inches))

    def pdf(self) -> bytes:
        """Return it as a PDF page exactly as large as the picture."""
        return self._page.pdf(
            width=f"{self._sheet.inches}in",
            height=f"{(self._height + 1) * SCALE / _INCH:.4f}in",
            scale=SCALE,
            print_background=True,
            page_ranges="1",
        )

    def _call(self, name: str, value: object) -> Any:
        return self._page.evaluate(_CALL.format(address=_ADDRESS), [name, value])


def _answer(route: "Route") -> None:
    path = route.request.url.removeprefix(_ADDRESS)
    if path == "":
        route.fulfill(body=shell(), content_type="text/html; charset=utf-8")
    elif path == "plotly.js":
        route.fulfill(body=library_code(), content_type="text/javascript; charset=utf-8")
    elif path.endswith(".js") and (_COMPONENTS / path).is_file():
        route.fulfill(path=_COMPONENTS / path, content_type="text/javascript; charset=utf-8")
    else:
        route.abort()
