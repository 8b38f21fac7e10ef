"""A card as a PNG, made in the browser from what is shown, and its numbers as a CSV."""

import pandas as pd

from dashboard.components.loader import component
from dashboard.text.common import csv_bytes

_mount = component("card_files")


def card_files(numbers: pd.DataFrame, *, title: str, name: str, key: str) -> None:
    """Draw the buttons.

    Args:
        numbers: what the chart draws, one row a mark.
        title: of the card, for people who do not see it.
        name: of the files, without suffix.
        key: identity on the page.
    """
    data = {"csv": csv_bytes(numbers).decode(), "title": title, "name": name}
    _mount(key=key, data=data, width="content")
