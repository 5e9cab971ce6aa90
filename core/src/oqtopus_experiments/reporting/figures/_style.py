"""Colours, fonts and words of the figures. The colours are told apart by colour-blind eyes (Okabe and Ito, 2008)."""

from __future__ import annotations

import contextlib
import re
import warnings
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, TypeAlias

FIT = "#D55E00"
FAINT = "#9DB9CC"
GREY = "#666666"
INK = "#222222"
BAND = "#EFEFEF"
VERDICTS = {"good": "#00795A", "suspect": "#8F5A00", "bad": "#A3123A"}
MARKS = {"good": "\N{HEAVY CHECK MARK}", "suspect": "!", "bad": "\N{MULTIPLICATION X}"}
"""A verdict is told by its mark as well as by its colour."""
LINES = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#8F5A00", "#56B4E9", "#000000", "#7A5FB5")
MARKERS: dict[str, Any] = {"good": "o", "suspect": "^", "bad": "X", "at_least": 10, "at_most": 11}
"""Shapes of points; that of a bound stands on it and points to where the value is (matplotlib's carets)."""
LOOKS = VERDICTS | {"at_least": GREY, "at_most": GREY}
"""Colours of points that have a look."""
SHAPES = ("o", "s", "^", "D")
"""Of points beyond the eight colours, which then come again."""
_FONT_SIZE = 10.0
# For text in scripts that matplotlib's own font lacks: the first of these that is installed.
_WIDE_FONTS = ("Noto Sans CJK JP", "IPAexGothic", "Hiragino Sans", "Yu Gothic", "MS Gothic", "WenQuanYi Zen Hei")


STYLES = {"screen": 1.0, "talk": 1.35, "paper": 0.8}
"""Sizes of letters by what a figure is for: a screen, a slide that is read from afar, a column of print."""
Style: TypeAlias = str | Mapping[str, Any]
"""Name of a style, or settings of matplotlib on top of that for a screen."""


@contextlib.contextmanager
def styled(style: Style = "screen") -> Iterator[None]:
    """
    Draw in the house style, whatever the user's matplotlib is set to.

    Raises:
        ValueError: When there is no such style, or matplotlib has no such setting.
    """
    import matplotlib as mpl

    if isinstance(style, str) and style not in STYLES:
        message = f"no style {style!r}; there are {', '.join(STYLES)}, or give settings of matplotlib in a dictionary"
        raise ValueError(message)
    size, more = (STYLES[style], {}) if isinstance(style, str) else (1.0, dict(style))

    with mpl.rc_context(), warnings.catch_warnings():
        mpl.rcdefaults()
        settings: Any = mpl.rcParams  # its keys are literals to the type checker, ours are a table
        settings.update(_settings(size))
        try:
            settings.update(more)
        except KeyError as error:
            message = f"a style that matplotlib does not take: {' '.join(str(error.args[0]).split())}"
            raise ValueError(message) from error
        # A label in a script no installed font has is drawn as boxes; the report has it in letters.
        warnings.filterwarnings("ignore", message=r"Glyph .* missing from", category=UserWarning)
        # Panels of strangers may hold more text than their figure has room for: drawn all the same, only not well.
        warnings.filterwarnings("ignore", message="constrained_layout not applied", category=UserWarning)
        yield


def scale() -> float:
    """Return by how much letters are larger than on a screen, in the style that is drawn in."""
    import matplotlib as mpl

    return float(mpl.rcParams["font.size"]) / _FONT_SIZE


@cache
def _settings(size: float) -> dict[str, Any]:
    from matplotlib import font_manager

    installed = set(font_manager.get_font_names())
    wide = [name for name in _WIDE_FONTS if name in installed][:1]
    return {
        "font.family": ["DejaVu Sans", *wide],
        "font.size": _FONT_SIZE * size,
        "axes.titlesize": 10.5 * size,
        "axes.labelsize": 10.5 * size,
        "legend.fontsize": 10 * size,
        "xtick.labelsize": 9.5 * size,
        "ytick.labelsize": 9.5 * size,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.edgecolor": "#444444",
        "axes.axisbelow": True,
        "axes.grid": True,
        "grid.color": "#E6E6E6",
        "grid.linewidth": 0.7,
        "lines.linewidth": 1.8,
        "legend.frameon": False,
        "text.parse_math": False,  # names are the user's: a dollar sign is a dollar sign
        "svg.hashsalt": "oqtopus-experiments",
        "svg.fonttype": "path",
    }


_MICROSECONDS = re.compile(r" us\b")


def short(text: str, most: int) -> str:
    """Return a text of at most so many letters in one line: a figure has room for a name, not for a page."""
    line = " ".join(text.split())
    return line if len(line) <= most else f"{line[: most - 1]}…"


def value_text(text: str) -> str:
    """Return a quantity as print has it."""
    return _MICROSECONDS.sub(" µs", text)
