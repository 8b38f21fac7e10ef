import pytest

from spcl.store.text import shown


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("Day to dusk", "Day to dusk"),
        ("\ud800", "\ufffd"),
        ("caf\udce9", "caf\ufffd"),
        ("a\tb\nc\r\nd\u2028e", "a b c  d e"),
        ("\x1b[31mred\x00\x7f", "[31mred"),
        ("gpj.\u202egnp\u2066\u200f", "gpj.gnp"),
        ("\u732b \u0645\u06cc\u200c\u062e", "\u732b \u0645\u06cc\u200c\u062e"),
    ],
)  # fmt: skip
def test_a_text_is_one_line_that_any_screen_takes(given: str, expected: str) -> None:
    assert shown(given) == expected
    shown(given).encode()


def test_a_text_of_megabytes_is_cut() -> None:
    assert shown("x" * 10_000_000) == "x" * 399 + "…"
    assert shown("x" * 400) == "x" * 400
