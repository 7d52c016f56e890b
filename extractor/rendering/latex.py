r"""
Rows -> a LaTeX table (booktabs), in which a text is only a text.

Every character that TeX acts on is written by its name; `[` and `*`, which the `\\` before them would take,
stand in braces. It needs \usepackage{booktabs}; scripts and symbols beyond Latin need XeLaTeX or
LuaLaTeX and a font that has them.
"""

import re
from collections.abc import Iterable, Iterator

from extractor.rendering.cells import plain
from extractor.rendering.tables import Rows, is_number, numeric_columns

NAMED = {
    "\\": r"\textbackslash{}",
    "^": r"\textasciicircum{}",
    "~": r"\textasciitilde{}",
    "%": r"\%",
    "&": r"\&",
    "#": r"\#",
    "_": r"\_",
    "$": r"\$",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "|": r"\textbar{}",
    "`": r"\textasciigrave{}",
}
"""Characters that TeX acts on, and their names; braces are named as what reads them wants."""

_NAMED = str.maketrans(
    NAMED | {"{": r"\{", "}": r"\}", '"': r"\symbol{34}", "[": "{[}", "]": "{]}", "*": "{*}"}
)
_JOINED = re.compile(r"([-',])(?=\1)")  # Fonts make one sign of two: -- '' ,,


def latex_lines(rows: Rows, title: str | None = None) -> Iterator[str]:
    """Yield a table, a line at a time, numbers to the right; with a title it floats, under its caption."""
    if title is not None:
        yield f"\\begin{{table}}\n\\centering\n\\caption{{{escaped_latex(title)}}}\n"
    columns = "".join("r" if is_numeric else "l" for is_numeric in numeric_columns(rows))
    yield f"\\begin{{tabular}}{{{columns}}}\n\\toprule\n"
    yield _line(map(escaped_latex, rows.columns))
    yield "\\midrule\n"
    for row in rows:
        yield _line(map(_cell, row))
    yield "\\bottomrule\n\\end{tabular}\n"
    if title is not None:
        yield "\\end{table}\n"


def escaped_latex(value: object) -> str:
    """Return a value as one line that LaTeX prints as it is."""
    apart = _JOINED.sub("\\1\0", plain(value))  # No text holds a null by now.
    return apart.translate(_NAMED).replace("\0", r"\/")


def _cell(value: object) -> str:
    text = escaped_latex(value)
    return f"${text}$" if is_number(value) and text.startswith("-") else text


def _line(cells: Iterable[str]) -> str:
    return " & ".join(cells) + " \\\\\n"
