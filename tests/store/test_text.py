"""What enters from JSON of a run can be printed, encoded and calculated with."""

import pytest

from spcl.store.formats.text import one_line, parse_json


@pytest.mark.parametrize(
    ("content", "value"),
    [
        (b'{"a": 1, "b": [0.5, true, null]}', {"a": 1, "b": [0.5, True, None]}),
        (b'{"a": NaN, "b": [Infinity, -Infinity]}', {"a": None, "b": [None, None]}),
        (b"[1e999, -1E+999, 1e308, 1e-999]", [None, None, 1e308, 0.0]),
        (b"[" + b"9" * 400 + b"]", [None]),
        (rb'"\ud800"', "\ufffd"),
        (rb'"\ud83d\ude00"', "\U0001f600"),
        (rb'{"\udfff": "\u001b[31m\u202eabc"}', {"\ufffd": "\ufffd[31m\ufffdabc"}),
        ("\ufeff[1]".encode(), [1]),
        (b'"caf\xe9"', "caf\ufffd"),
        ('"café \\t\\n"'.encode(), "café \t\n"),
    ],
)
def test_json_is_read_as_what_can_be_shown(content, value):
    assert parse_json(content) == value


@pytest.mark.parametrize("content", [b"", b"{", b"[" * 100_000, b"1" * 5000 + b"x", b"\x00"])
def test_what_is_not_json_is_said(content):
    with pytest.raises((ValueError, RecursionError)):
        parse_json(content)


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
    assert one_line(given) == expected
    one_line(given).encode()


def test_a_text_of_megabytes_is_cut() -> None:
    assert one_line("x" * 10_000_000) == "x" * 399 + "…"
    assert one_line("x" * 400) == "x" * 400
