"""What a panel of the story says; the fields are those that the browser draws."""

from dataclasses import dataclass
from typing import Literal, get_args

Key = Literal["problem", "learned", "better", "worse", "sure"]
KEYS: tuple[Key, ...] = get_args(Key)
Page = Literal["live", "map", "separability", "prototypes", "masks"]


@dataclass(frozen=True)
class Notes:
    """For whoever speaks: 20 seconds, the question that will come, and its answer."""

    say: str
    question: str
    answer: str


@dataclass(frozen=True)
class Link:
    """Where a number comes from; `image` opens the page at that picture."""

    label: str
    page: Page
    image: str | None = None


@dataclass(frozen=True)
class Number:
    """The big number: before and after, or one text."""

    after: str
    before: str | None = None

    def __str__(self) -> str:
        return self.after if self.before is None else f"{self.before} → {self.after}"


@dataclass(frozen=True)
class Fact:
    """A line of what the story rests on."""

    label: str
    text: str


@dataclass(frozen=True)
class Bar:
    """How much is right of a kind, of a hundred; `before` is None where nothing is compared."""

    name: str
    class_id: int
    value: int
    before: int | None
    caption: str


@dataclass(frozen=True)
class Panel:
    """One of the five panels, in words."""

    key: Key
    kicker: str
    number: Number | None
    sentence: str
    text: tuple[str, ...]
    card_number: str
    card_caption: str
    notes: Notes
    links: tuple[Link, ...] = ()
    caption: str = ""
    """Below the picture, where it needs one."""
    facts: tuple[Fact, ...] = ()
    bars: tuple[Bar, ...] = ()

    @property
    def sentences(self) -> tuple[str, ...]:
        """Return everything it says, one text an entry."""
        return (
            self.kicker,
            self.sentence,
            *self.text,
            self.card_number,
            self.card_caption,
            self.caption,
            *(bar.caption for bar in self.bars),
            *(fact.text for fact in self.facts),
            *(link.label for link in self.links),
            self.notes.say,
            self.notes.question,
            self.notes.answer,
            "" if self.number is None else str(self.number),
        )
