import re

import pytest

from dashboard import colors
from dashboard.charts.common import square
from dashboard.colors import color, ink_on, mark_color, relit
from spcl.store.classes import ClassInfo


def _class(name: str, rgb: tuple[int, int, int], safe: tuple[int, int, int] | None = None):  # type: ignore[no-untyped-def]
    return ClassInfo(0, name, rgb, name, safe_color=safe)


@pytest.mark.parametrize(
    ("given", "light", "dark"),
    [("#DCDC00", "#979709", "#E1E118"), ("#00008E", "#001992", "#3165E5")],
)
def test_relit_colours_are_those_of_the_visual_language(given: str, light: str, dark: str) -> None:
    for wanted, found in ((light, relit(given, dark=False)), (dark, relit(given, dark=True))):
        parts = [int(wanted[i : i + 2], 16) - int(found[i : i + 2], 16) for i in (1, 3, 5)]
        assert max(map(abs, parts)) < 10, (wanted, found)


def test_masks_keep_the_data_sets_colour() -> None:
    assert color(_class("road", (128, 64, 128)), "dataset") == "#804080"


def test_safe_colours_go_by_name_and_by_other_names() -> None:
    assert color(_class("road", (1, 2, 3)), "safe") == "#493435"
    assert color(_class("sign_symbol", (1, 2, 3)), "safe") == "#FFDC3D"
    assert color(_class("bicyclist", (1, 2, 3)), "safe") == "#442296"


def test_a_run_may_bring_its_own_safe_colour() -> None:
    assert color(_class("road", (1, 2, 3), safe=(4, 5, 6)), "safe") == "#040506"


def test_a_class_without_safe_colour_keeps_its_own() -> None:
    assert color(_class("dragon", (1, 2, 3)), "safe") == "#010203"


def test_safe_marks_keep_the_mask_colour() -> None:
    assert mark_color(_class("road", (1, 2, 3)), "safe", dark=True) == "#493435"


def test_ink_is_white_on_dark_and_dark_on_light() -> None:
    assert (ink_on("#1D3FB0"), ink_on("#F4F6FB")) == ("#FFFFFF", "#151A21")


@pytest.mark.parametrize("dark", [False, True])
def test_more_stands_out_more_on_every_scale(dark):
    halves = colors.DIVERGING[dark][4::-1], colors.DIVERGING[dark][5:]
    for scale in (colors.SEQUENTIAL[dark], *halves):
        against = [colors.contrast(one, colors.PAGE[dark]) for one in scale]
        assert against == sorted(against)
        assert against[-1] >= colors.LEAST_CONTRAST


def test_a_square_beside_a_name_has_a_border_that_shows_it_on_a_dark_page() -> None:
    found = re.search(r"stroke:(#[0-9A-F]{6})", square("#00008E", dark=True))
    assert found is not None
    assert colors.contrast(found[1], colors.PAGE[True]) >= 3
    assert "stroke" not in square("#00008E", dark=False), "stroked letters are Type 3 in a PDF"
