"""Text from files as LaTeX that shows it letter by letter."""

import re

SPECIAL = {
    "\\": r"\textbackslash{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "|": r"\textbar{}",
    '"': "''",
    "[": "{[}",  # after the end of a row it would be read as a distance
    "*": "{*}",  # and this as part of the end
    "−": r"$-$",
    "–": "--",
    "→": r"$\rightarrow$",
    "▲": r"$\uparrow$",
    "▼": r"$\downarrow$",
    "○": r"$\circ$",
    "●": r"$\bullet$",
    "◆": r"$\diamond$",
    "·": r"$\cdot$",
    "×": r"$\times$",
    "┃": r"\textbar{}",
    "━": "--",
    "╌": "-",
    "╱": "/",
    "…": r"\ldots{}",
    **{letter: f"\\{letter}" for letter in "&%$#_{}"},
}
_LETTERS = re.compile("|".join(map(re.escape, SPECIAL)))


def latex(text: str) -> str:
    r"""Return `text` with everything escaped that LaTeX reads as a command: `a_b` as `a\_b`."""
    return _LETTERS.sub(lambda letter: SPECIAL[letter[0]], text)
