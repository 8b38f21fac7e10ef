"""Rows of pictures for print: typical, best and worst images, and what changed in one of them."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from dashboard.charts.common import Card, Look
from dashboard.charts.paper.panels import PanelRow, class_key, key_of, panel_rows
from dashboard.colors import BETTER, INK_2, WORSE_MARK, rgb_of
from dashboard.data import recorded
from dashboard.data.crops import address_of, colored
from dashboard.data.masks.changes import mask_change
from dashboard.data.opened_run import OpenedRun
from dashboard.text.masks import orders
from dashboard.text.paper import masks as words
from dashboard.text.paper.masks import Scored
from spcl.store.classes import IGNORE_INDEX

_MOST = 3
_CHANGED = (("fixed", BETTER[False]), ("broken", WORSE_MARK[False]), ("still wrong", INK_2[False]))


def mask_cards(
    opened: OpenedRun, look: Look, *, with_photographs: bool
) -> Iterator[tuple[str, Card]]:
    """Yield name and card of the grid of images, and of one image before and after."""
    chosen = chosen_images(opened)
    if not chosen:
        yield "qualitative", Card(words.GRID, awaited="The run records no image of the target.")
        return
    pictures = Pictures(opened, look, with_photographs)
    heads = pictures.heads()
    rows = [PanelRow(one.role, words.scored_text(one), pictures.row(one.key)) for one in chosen]
    found = class_key(look, sorted(pictures.seen), marks=False)
    yield (
        "qualitative",
        Card(
            words.GRID,
            words.grid_unit(chosen),
            html=panel_rows(rows, heads) + found,
            reading=words.grid_reading(chosen, opened.compared_step, opened.step or 0),
        ),
    )
    if opened.compared_step is not None:
        yield "before-after", _before_after(opened, look, chosen[0], with_photographs)


def chosen_images(opened: OpenedRun) -> list[Scored]:
    """Return the typical, best and worst image of the target; the first ones without labels."""
    frame = recorded.image_frame(opened.path, opened.step or 0, opened.compared_step)
    target = frame[frame["domain"] == "target"]
    by_key = {row["key"]: row for row in target.to_dict("records")}
    tabs = orders(target)
    roles: dict[str, str] = {}
    for role, keys in words.roles(tabs, _MOST).items():
        key = next((key for key in keys if key not in roles), None)
        if key is not None:
            roles[key] = role
    return [
        Scored(key, by_key[key]["name"], role, by_key[key]["before"], by_key[key]["after"])
        for key, role in roles.items()
    ]


class Pictures:
    """Photographs and masks of probe images as addresses; remembers which classes occur."""

    def __init__(self, opened: OpenedRun, look: Look, with_photographs: bool) -> None:
        """Look at the run at its step."""
        self._opened = opened
        self._colors = look.swatches
        self._with_photographs = with_photographs
        self._probe = opened.run.probe()
        self.seen: set[int] = set()

    def heads(self) -> list[str]:
        """Return what stands above the pictures of a row."""
        before, step = self._opened.compared_step, self._opened.step or 0
        first = [] if before is None else [f"Before, step {before:,}"]
        now = f"After, step {step:,}" if first else f"Now, step {step:,}"
        photo = ["Input"] if self._with_photographs else []
        truth = ["Truth"] if self._has_truth() else []
        return [*photo, *truth, *first, now]

    def row(self, key: str) -> tuple[str, ...]:
        """Return the pictures of an image, as many as there are heads."""
        before, step = self._opened.compared_step, self._opened.step or 0
        photo = [self.photograph(key)] if self._with_photographs else []
        truth = [self.truth(key)] if self._has_truth() else []
        first = [] if before is None else [self.mask(key, before)]
        return (*photo, *truth, *first, self.mask(key, step))

    def photograph(self, key: str) -> str:
        """Return an image as the network saw it."""
        return address_of(self._probe.picture(key))

    def truth(self, key: str) -> str:
        """Return the true mask of an image; "" where there is none."""
        ids = self._probe.label(key)
        return "" if ids is None else self._colored(ids)

    def mask(self, key: str, step: int) -> str:
        """Return what was predicted for an image at a step."""
        return self._colored(self._opened.run.snapshot(step).mask(key))

    def _has_truth(self) -> bool:
        images = recorded.images(self._opened.path)
        return any(one.has_label for one in images if one.domain == "target")

    def _colored(self, ids: NDArray[np.uint8]) -> str:
        self.seen |= {int(one) for one in np.unique(ids) if one < len(self._colors)}
        return address_of(colored(ids, self._colors))


def _before_after(opened: OpenedRun, look: Look, image: Scored, with_photographs: bool) -> Card:
    before, step = opened.compared_step or 0, opened.step or 0
    pictures = Pictures(opened, look, with_photographs)
    truth = opened.run.probe().label(image.key)
    heads = [f"Before, step {before:,}", f"After, step {step:,}"]
    shown = [pictures.mask(image.key, before), pictures.mask(image.key, step)]
    if with_photographs:
        heads.insert(0, "Input")
        shown.insert(0, pictures.photograph(image.key))
    key = class_key(look, sorted(pictures.seen), marks=False)
    change = mask_change(opened.path, before, step, image.key, len(opened.classes))
    if truth is not None and change is not None:
        masks = [opened.run.snapshot(at).mask(image.key) for at in (before, step)]
        heads.append("What changed")
        shown.append(address_of(change_picture(truth, *masks)))
        key += key_of(_CHANGED)
    row = PanelRow("", words.scored_text(image), tuple(shown))
    return Card(
        words.BEFORE_AFTER,
        html=panel_rows([row], heads) + key,
        reading=words.change_reading(image, change),
    )


def change_picture(
    truth: NDArray[np.uint8], before: NDArray[np.uint8], after: NDArray[np.uint8]
) -> NDArray[np.uint8]:
    """Return fixed pixels blue, broken ones orange, those wrong twice dark, others white.

    Args:
        truth: class ids, (H, W); pixels without label are grey.
        before: predicted ids, (H, W).
        after: predicted ids, (H, W).
    """
    right_before, right_after = before == truth, after == truth
    kinds = np.select([right_before & right_after, right_after, right_before], [0, 1, 2], default=3)
    fixed, broken, wrong = (color for _, color in _CHANGED)
    picture = colored(kinds.astype(np.uint8), ["#FFFFFF", fixed, broken, wrong])
    picture[truth == IGNORE_INDEX] = rgb_of("#ECEEF2")
    return picture
