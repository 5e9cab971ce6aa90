"""
The style sheet and the scripts of the page, and the policy that lets these scripts run and no others.

uPlot 1.6.32 (MIT, Leon Sorokin, https://github.com/leeoniya/uPlot) is kept in ``assets`` as npm publishes it, with its
licence, which goes into every page. To take a newer one: ``npm pack uplot`` and copy its ``dist/uPlot.iife.min.js``,
``dist/uPlot.min.css`` and ``LICENSE``; a test holds the version named here against the file.
"""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from importlib.resources import files

UPLOT = "1.6.32"
_OURS = ("shared", "scales", "curves", "maps", "figures", "filter")
"""Our own scripts, in the order in which they need each other."""


@cache
def style() -> str:
    """Return the style sheet."""
    return f"{_asset('uPlot.min.css')}\n{_asset('report.css')}"


@cache
def library() -> str:
    """Return the plotting library with its licence, as one script."""
    return f"/* uPlot {UPLOT}\n{_asset('uPlot.LICENSE')}\n*/\n{_asset('uPlot.iife.min.js')}\n"


@cache
def script() -> str:
    """Return our own script."""
    return "(() => {\n" + "\n".join(_asset(f"{name}.js") for name in _OURS) + "\n})();\n"


def policy(*scripts: str) -> str:
    """Return a content security policy under which these scripts run, and nothing else, and nothing is fetched."""
    ours = " ".join(f"'sha256-{_digest(text)}'" for text in scripts) or "'none'"
    return (
        f"default-src 'none'; script-src {ours}; style-src 'unsafe-inline'; img-src data:; "
        "base-uri 'none'; form-action 'none'"
    )


def _digest(text: str) -> str:
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode("ascii")


def _asset(name: str) -> str:
    return (files(__package__) / "assets" / name).read_text(encoding="utf-8")
