"""Whether figures can be drawn here: the one place that asks for matplotlib before it is needed."""

from __future__ import annotations

import importlib
import importlib.util
import os

from oqtopus_experiments.support.text import bounded

_NEEDED = ("matplotlib.figure", "matplotlib.backends.backend_agg", "matplotlib.backends.backend_svg")


def why_not() -> str:
    """Return why no figure can be drawn, in one clause; an empty text when figures can be drawn."""
    if importlib.util.find_spec("matplotlib") is None:
        return "matplotlib is missing; try: pip install 'oqtopus-experiments[plot]'"
    try:
        for module in _NEEDED:
            importlib.import_module(module)
    except Exception as error:  # noqa: BLE001  # a broken installation or backend may raise anything; numbers matter more
        variable = os.environ.get("MPLBACKEND", "")
        hint = f" (MPLBACKEND is set to {variable!r:.40})" if variable else ""
        text = " ".join(bounded(str(error), 200).split())
        return f"matplotlib cannot be loaded{hint}: {type(error).__name__}: {text}"
    return ""
