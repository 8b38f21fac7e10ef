"""The cards of what became of pixels from one run to another: the table, and a cell's images."""

from collections.abc import Callable, Collection, Mapping

import numpy as np
import pandas as pd

from dashboard.charts.classes.images import Thumbnail, thumbnails
from dashboard.charts.clicks import cells_to_click
from dashboard.charts.common import Card, Look
from dashboard.charts.separability.matrix import matrix_figure
from dashboard.colors import WORSE_MARK
from dashboard.data import recorded
from dashboard.data.compared.runs import Contender
from dashboard.data.compared.tables import Transfer, Which, images_of, largest_cell, summed
from dashboard.data.compared.transfer import cell_picture
from dashboard.text.compared import transfer as words
from spcl.store.scores.counts import Counts, row_shares

_IMAGES, _COLUMNS = 9, 3
Names = tuple[str, str]
"""Short names of the two runs."""


def table_card(
    second: Contender, table: Counts, look: Look, names: Names, *, counted: str, which: Which
) -> Card:
    """Return the table of classes with the first run by classes with the second.

    Args:
        second: the other run, whose classes these are.
        table: pixels, (K, K).
        look: names and colours of the classes.
        names: short names of both runs.
        counted: which pixels these are.
        which: of which pixels.
    """
    title, unit = words.title(*names), "% of the row"
    classes = second.info.label_space.names
    there = np.flatnonzero(table.sum(0) + table.sum(1)).tolist()
    cell = largest_cell(table)
    said = f"{counted} {words.agreement(table, which, names)}"
    if not there:
        return Card(title, unit, awaited=said)
    shares = row_shares(table)
    rows = pd.DataFrame(
        [
            (classes[i], classes[j], float(shares[i, j]), int(table[i, j]))
            for i in there
            for j in there
            if table[i].any()
        ],
        columns=["class", "rival", "value", "pixels"],
    )
    figure = matrix_figure(
        rows,
        names=[classes[i] for i in there],
        display=dict(zip(classes, look.displays, strict=True)),
        pixels={classes[i]: int(table[i].sum()) for i in there},
        dark=look.dark,
        way=f"with {names[0]}, with {names[1]}",
    )
    return Card(
        title,
        unit,
        cells_to_click(
            figure,
            names=[classes[i] for i in there],
            displays=[look.displays[i] for i in there],
            way=f"with {names[0]}, with {names[1]}",
        ),
        key=said,
        reading="" if cell is None else words.reading(table, cell, look.displays, names),
        numbers=rows.rename(columns={"class": names[0], "rival": names[1], "value": "share"}),
    )


def images_card(
    pair: tuple[Contender, Contender],
    tables: Mapping[str, Counts],
    cell: tuple[int, int],
    look: Look,
    names: Names,
    *,
    which: Which,
    link: Callable[..., str],
    shows: str,
) -> Card:
    """Return the images that hold most pixels of a cell, each with those pixels painted.

    Args:
        pair: both runs.
        tables: image key -> pixels, (K, K).
        cell: the class with the first run, and with the second.
        look: names and colours of the classes.
        names: short names of both runs.
        which: of which pixels.
        link: makes the address of a page.
        shows: key of the element that shows an image.
    """
    first, second = pair
    counts = images_of(tables, cell)
    title = words.cell_title((look.displays[cell[0]], look.displays[cell[1]]), names)
    said = words.cell_words(list(counts.values()), min(_IMAGES, len(counts)))
    if not counts:
        return Card(title, "pixels", awaited=said)
    called = {image.key: image.name for image in recorded.images(second.path)}
    found = [
        Thumbnail(
            called[key],
            cell_picture(
                (first.path, first.side.step),
                (second.path, second.side.step),
                key,
                cell,
                which,
                color=WORSE_MARK[False],
            ),
            link("compare", image=key),
            f"{count:,}",
            page="compare",
            shows=shows,
        )
        for key, count in list(counts.items())[:_IMAGES]
    ]
    numbers = pd.DataFrame(list(counts.items()), columns=["image", "pixels"])
    html = thumbnails(found, columns=_COLUMNS, dark=look.dark)
    return Card(title, "pixels", html=html, key=said, numbers=numbers)


def counted_tables(
    transfer: Transfer, which: Which, keys: Collection[str] | None, num_classes: int
) -> tuple[Mapping[str, Counts], Counts]:
    """Return the tables of the images that are counted, and their sum."""
    tables = transfer.of(which, keys)
    return tables, summed(tables, num_classes)
