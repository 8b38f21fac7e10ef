"""Text from files as LaTeX that shows it letter by letter."""

import re

_SPECIAL = {
    "\\": r"\textbackslash{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "|": r"\textbar{}",
    '"': r"\textquotedbl{}",
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
_LETTERS = re.compile("|".join(map(re.escape, _SPECIAL)))


def latex(text: str) -> str:
    r"""Return `text` with everything escaped that LaTeX reads as a command: `a_b` as `a\_b`."""
    return _LETTERS.sub(lambda letter: _SPECIAL[letter[0]], text)
