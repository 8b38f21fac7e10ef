"""Write the pictures of a run, their numbers, tables, captions and animations into a folder."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from PIL import Image

from dashboard.charts.common import Card
from dashboard.data import recorded
from dashboard.data.opened_run import OpenedRun
from dashboard.figures import animation
from dashboard.figures.browser import Browser
from dashboard.figures.pictures import Picture, look_for_print, pictures
from dashboard.figures.sheet import PIXELS_PER_INCH, sheet_of
from dashboard.text.common import csv_bytes
from dashboard.text.paper.captions import (
    Caption,
    caption,
    captions_latex,
    captions_text,
    provenance,
)
from dashboard.text.paper.tables import iou_caption, iou_latex, iou_table
from spcl.store.errors import UserError
from spcl.store.schema import DOMAINS


@dataclass
class Written:
    """What was written: names of pictures, animations and tables, and what was left out, why."""

    pictures: list[str] = field(default_factory=list)
    animations: list[str] = field(default_factory=list)
    tables: list[str] = field(default_factory=list)
    left_out: dict[str, str] = field(default_factory=dict)


class FiguresFolder:
    """Writes the figures of one run."""

    def __init__(self, folder: Path, opened: OpenedRun, browser: Browser) -> None:
        """Write into `folder`, which is there."""
        self._folder = folder
        self._opened = opened
        self._browser = browser
        self._from = provenance(opened.info, opened.step or 0)
        self._captions: list[Caption] = []
        self.written = Written()

    def write(self, *, inches: float, with_photographs: bool) -> Written:
        """Write everything (UserError: a file cannot be written)."""
        for one in pictures(self._opened, inches=inches, with_photographs=with_photographs):
            self._picture(one)
        self._table()
        look = look_for_print(self._opened, animation.INCHES)
        self._animation("map-over-steps", animation.frames_of_map(self._opened, look))
        self._animation("mask-over-steps", animation.frames_of_mask(self._opened, look))
        self._text("captions.txt", captions_text(self._captions))
        self._text("captions.tex", captions_latex(self._captions))
        return self.written

    def _picture(self, one: Picture) -> None:
        if not one.card.is_drawn:
            self.written.left_out[one.name] = one.card.awaited
            return
        self._browser.show(sheet_of(one.card, inches=one.inches, provenance=self._from))
        self._png(f"{one.name}.png", self._browser.png())
        self._bytes(f"{one.name}.pdf", self._browser.pdf())
        if one.is_vector:
            self._text(f"{one.name}.svg", self._browser.svg())
        if one.card.numbers is not None:
            self._bytes(f"{one.name}.csv", csv_bytes(one.card.numbers))
        card = one.card
        text = caption(_with_unit(card), card.key, card.reading, self._from)
        self._captions.append(Caption(one.name, one.inches, text))
        self.written.pictures.append(one.name)

    def _table(self) -> None:
        opened, step = self._opened, self._opened.step or 0
        then = opened.compared_step
        now = recorded.scores(opened.path, step)
        before = None if then is None else recorded.scores_like(opened.path, then, now)
        for domain in DOMAINS:
            scored, first = now.get(domain), (before or {}).get(domain)
            if not scored:
                self.written.left_out[f"iou-{domain}"] = (
                    f"{opened.info.domain_name(domain)} has no labels here."
                )
                continue
            table = iou_table(list(opened.displays.values()), first, scored)
            name = f"iou-{domain}"
            text = iou_caption(opened.info.domain_name(domain), scored["num_images"], then, step)
            text = caption(text, self._from)
            self._bytes(f"{name}.csv", csv_bytes(table))
            self._text(f"{name}.tex", iou_latex(table, caption=text, label=f"tab:{name}"))
            self.written.tables.append(name)

    def _animation(self, name: str, cards: Iterable[Card]) -> None:
        frames: list[Image.Image] = []
        for card in cards:
            sheet = sheet_of(card, inches=animation.INCHES, provenance=self._from)
            self._browser.show(sheet)
            frames.append(self._browser.png())
        if not frames:
            self.written.left_out[name] = "It needs two snapshots at least, and the map of each."
            return
        self._bytes(f"{name}.gif", animation.gif(frames))
        self.written.animations.append(name)

    def _png(self, name: str, picture: Image.Image) -> None:
        density = 2 * PIXELS_PER_INCH
        try:
            picture.save(self._folder / name, dpi=(density, density), optimize=True)
        except OSError as error:
            raise self._unwritable(name, error) from None

    def _text(self, name: str, text: str) -> None:
        self._bytes(name, text.encode("utf-8", "replace"))

    def _bytes(self, name: str, content: bytes) -> None:
        try:
            (self._folder / name).write_bytes(content)
        except OSError as error:
            raise self._unwritable(name, error) from None

    def _unwritable(self, name: str, error: OSError) -> UserError:
        return UserError(
            f"{self._folder / name} cannot be written ({error.strerror}); give another folder "
            "with -o"
        )


def _with_unit(card: Card) -> str:
    return f"{card.title} ({card.unit})" if card.unit else card.title
