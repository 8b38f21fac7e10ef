"""Small pictures of images that lead to their masks, each with a number below."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from dashboard import colors


@dataclass(frozen=True)
class Thumbnail:
    """An image.

    Attributes:
        name: of the image.
        picture: its address.
        href: address of its masks.
        text: below it.
        better: whether the text is good news; None where it is neither.
        page: the page that `href` leads to.
        shows: what of the page comes into view, by its key; "" for its top.
    """

    name: str
    picture: str
    href: str
    text: str
    better: bool | None = None
    page: str = "masks"
    shows: str = ""


def thumbnails(images: Sequence[Thumbnail], *, columns: int, dark: bool) -> str:
    """Return pictures in rows of `columns`, each a link to the masks of its image."""
    inside = "".join(_thumbnail(one, dark) for one in images)
    grid = f"grid-template-columns:repeat({columns},minmax(0,1fr))"
    return f'{_STYLE}<div class="spcl-images" style="{grid}">{inside}</div>'


def _thumbnail(one: Thumbnail, dark: bool) -> str:
    ink = {None: colors.INK_2, True: colors.BETTER, False: colors.WORSE}[one.better][dark]
    arrow = {None: "", True: "▲ ", False: "▼ "}[one.better]
    name = escape(one.name)
    shows = f' data-shows="{escape(one.shows)}"' if one.shows else ""
    return (
        f'<a data-page="{one.page}"{shows} href="{escape(one.href)}" '
        f'title="{name}: open its masks">'
        f'<img src="{escape(one.picture)}" alt="{name}">'
        f'<span><i>{name}</i><b style="color:{ink}">{arrow}{escape(one.text)}</b></span></a>'
    )


def key_of(entries: Sequence[tuple[str, str]]) -> str:
    """Return what the colours of the pictures mean, as HTML: (colour, words) each."""
    inside = "".join(
        f'<span><i style="background:{color}"></i>{escape(text)}</span>' for color, text in entries
    )
    return f'{_KEY_STYLE}<div class="spcl-image-key">{inside}</div>'


_STYLE = """<style>
.spcl-images { display: grid; gap: 8px 12px; font-size: 12px; line-height: 16px; }
.spcl-images a { color: inherit; text-decoration: none; min-width: 0; border-radius: 2px; }
.spcl-images a:hover i { text-decoration: underline; }
.spcl-images a:focus-visible { outline: 2px solid var(--st-primary-color); outline-offset: 2px; }
.spcl-images img { width: 100%; display: block; image-rendering: pixelated; border-radius: 2px; }
.spcl-images span { display: flex; justify-content: space-between; gap: 4px; }
.spcl-images i { font-style: normal; overflow: hidden; text-overflow: ellipsis;
  white-space: nowrap; }
.spcl-images b { font-weight: 600; white-space: nowrap; }
</style>"""
_KEY_STYLE = """<style>
.spcl-image-key { display: flex; flex-wrap: wrap; gap: 0 12px; font-size: 12px; line-height: 18px;
  opacity: .86; }
.spcl-image-key i { display: inline-block; width: 10px; height: 10px; border-radius: 2px;
  margin-right: 5px; border: 1px solid #8888; vertical-align: -1px; }
</style>"""
