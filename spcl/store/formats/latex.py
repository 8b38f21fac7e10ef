"""Text from files as LaTeX that shows it letter by letter."""

import re
from collections.abc import Sequence

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


def latex_table(
    header: Sequence[str],
    rows: Sequence[Sequence[str]],
    *,
    caption: str,
    label: str,
    last_apart: bool = False,
) -> str:
    """Return plain text as a LaTeX table that needs `booktabs`; the first column is of words.

    Args:
        header: what stands above the columns.
        rows: cells, as many in each as in the header.
        caption: below the table.
        label: what it is referred to by, behind `tab:`.
        last_apart: whether a line stands above the last row.
    """
    lines = [f"    {_row(row)}" for row in rows]
    apart = ["    \\midrule"] if last_apart else []
    return "\n".join(
        [
            "\\begin{table}",
            "  \\centering",
            f"  \\caption{{{latex(caption)}}}",
            f"  \\label{{tab:{label}}}",
            f"  \\begin{{tabular}}{{l{'r' * (len(header) - 1)}}}",
            "    \\toprule",
            f"    {_row(header)}",
            "    \\midrule",
            *lines[:-1],
            *apart,
            *lines[-1:],
            "    \\bottomrule",
            "  \\end{tabular}",
            "\\end{table}\n",
        ]
    )


def _row(cells: Sequence[str]) -> str:
    return " & ".join(map(latex, cells)) + r" \\"
