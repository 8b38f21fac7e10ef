"""What the five panels show: photographs with masks, maps, squares, bars and the ruler."""

from collections.abc import Mapping
from typing import Any

from dashboard.colors import color
from dashboard.components.story.payload.maps import maps
from dashboard.components.story.payload.wipes import (
    mask,
    offered_pictures,
    photo,
    wipe,
)
from dashboard.data import recorded
from dashboard.data.opened_run import OpenedRun
from dashboard.data.story.facts import StoryRead, alike
from dashboard.text.story import captions
from dashboard.text.story.counted.numbers import StoryNumbers
from dashboard.text.story.counted.parts import Tally, most_harmed, typical
from dashboard.text.story.panel import Key, Panel
from spcl.store.schema import Domain
from spcl.store.scores.counts import Counts

Picture = dict[str, Any]


class Pictures:
    """The pictures of one story."""

    def __init__(
        self, opened: OpenedRun, read: StoryRead, numbers: StoryNumbers, chosen: Mapping[str, str]
    ) -> None:
        """Prepare them; `chosen` says which picture somebody asked for, by the panel's key."""
        self._opened = opened
        self._read = read
        self._numbers = numbers
        self._chosen = chosen
        self._choice = offered_pictures(read, numbers)

    def of(self, panel: Panel) -> Picture:
        """Return the picture of a panel."""
        make = {
            "problem": self._pair,
            "learned": self._maps,
            "better": self._squares,
            "worse": self._weak,
            "sure": self._ruler,
        }[panel.key]
        return make(panel)

    def _pair(self, panel: Panel) -> Picture:
        source, target = self._two_keys()
        if source is None or target is None:
            return {"kind": "weak", "wipe": None, "bars": []}
        return {
            "kind": "pair",
            "sides": [self._side("source", source), self._side("target", target)],
        }  # noqa: E501

    def _two_keys(self) -> tuple[str | None, str | None]:
        """Return a typical target picture and the source picture that shows most nearly the same."""  # noqa: E501
        keys = {
            domain: [one.key for one in recorded.images(self._opened.path) if one.domain == domain]
            for domain in ("source", "target")
        }
        target = next(iter(keys["target"]), None)
        if self._choice:
            target = self._choice[0].key
        known, tables = self._tables("target"), self._tables("source")
        here = {key: tables[key] for key in keys["source"] if key in tables}
        picture = None if target is None else known.get(target)
        source = None if picture is None else alike(picture, here)
        return source or next(iter(keys["source"]), None), target

    def _tables(self, domain: Domain) -> Mapping[str, Counts]:
        """Return the counts of a domain's pictures where adaptation starts."""
        scored = self._read.before.get(domain) or self._read.now.get(domain)
        return {} if scored is None else scored.images

    def _side(self, domain: Domain, key: str) -> dict[str, Any]:
        step = self._opened.compared_step
        table = self._tables(domain).get(key)
        right = None if table is None else Tally(int(table.trace()), int(table.sum()))
        return {
            "label": captions.side_label(self._numbers, domain),
            "photo": photo(self._opened, key),
            "mask": mask(self._opened, key, self._read.step if step is None else step),
            "caption": captions.side_caption(right),
        }

    def _maps(self, panel: Panel) -> Picture:
        return {"kind": "maps", **maps(self._opened, self._read), "caption": panel.caption}

    def _squares(self, panel: Panel) -> Picture:
        numbers = self._numbers
        now, before = numbers.target_now, numbers.target_before
        pictures = self._wipe(panel)
        if now is None or now.is_few or numbers.phase == "learning":
            return {"kind": "weak", "wipe": pictures, "bars": []}
        return {
            "kind": "squares",
            "before": None if before is None else before.of_100,
            "after": now.of_100,
            "wipe": pictures,
        }

    def _weak(self, panel: Panel) -> Picture:
        classes = self._opened.classes
        palette = self._opened.selection.palette
        bars = [
            {
                "name": bar.name,
                "color": color(classes[bar.class_id], palette),
                "value": bar.value,
                "before": bar.before,
                "caption": bar.caption,
            }
            for bar in panel.bars
        ]
        return {"kind": "weak", "wipe": self._wipe(panel), "bars": bars}

    def first_of(self, key: Key) -> str:
        """Return the key of the picture that a panel shows where nobody chose another."""
        if self._numbers.pictures:
            choose = typical if key == "better" else most_harmed
            return choose(self._numbers.pictures).key
        if key == "worse" and len(self._choice) > 1:
            return self._choice[1].key
        return self._choice[0].key if self._choice else ""

    def _wipe(self, panel: Panel) -> dict[str, Any] | None:
        first = self.first_of(panel.key)
        return wipe(self._opened, self._choice, self._chosen.get(panel.key, first))

    def _ruler(self, panel: Panel) -> Picture:
        return {
            "kind": "ruler",
            "marks": [
                {
                    "name": mark.name,
                    "value": round(100 * mark.value, 1),
                    "others": [round(100 * value, 1) for value in mark.others],
                    "is_run": mark.is_run,
                    "so_far": mark.step is not None,
                }
                for mark in self._numbers.marks
            ],
            "facts": [{"label": fact.label, "text": fact.text} for fact in panel.facts],
        }
