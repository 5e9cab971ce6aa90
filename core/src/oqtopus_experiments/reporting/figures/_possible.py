"""Whether figures can be drawn here: the one place that asks for matplotlib before it is needed."""

from __future__ import annotations

import importlib
import importlib.util
import os

from oqtopus_experiments.support._text import bounded

_BROKEN = (ImportError, OSError, ValueError, RuntimeError, AttributeError, TypeError, LookupError, SyntaxError)
"""
What an installation that does not work raises while it is imported: parts that are missing or cannot be read, a setting
or an ``MPLBACKEND`` it does not know, parts built for other versions of each other. Numbers matter more than figures.
"""
_NEEDED = ("matplotlib.figure", "matplotlib.backends.backend_agg", "matplotlib.backends.backend_svg")


def why_not() -> str:
    """Return why no figure can be drawn, in one clause; an empty text when figures can be drawn."""
    if importlib.util.find_spec("matplotlib") is None:
        return "matplotlib is missing; try: pip install 'oqtopus-experiments[plot]'"
    try:
        for module in _NEEDED:
            importlib.import_module(module)
    except _BROKEN as error:
        variable = os.environ.get("MPLBACKEND", "")
        hint = f" (MPLBACKEND is set to {variable!r:.40})" if variable else ""
        text = " ".join(bounded(str(error), 200).split())
        return f"matplotlib cannot be loaded{hint}: {type(error).__name__}: {text}"
    return ""
