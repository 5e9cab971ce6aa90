"""
Python's collector of cyclic garbage, while the process is ours.

It walks through all there is, again and again, as there comes to be more: a seventh of a run that imports libraries,
of which nothing is ever garbage. And once more when the process ends, where all memory is given back anyway.
"""

from __future__ import annotations

import gc

SELDOM = (50_000, 10, 10)
"""New objects before a look at those, and so many looks before one at older ones. Python's 700 are of smaller days."""


def collect_seldom() -> None:
    """Look for garbage seldom: what is found later takes some megabytes until then."""
    gc.set_threshold(*SELDOM)


def collect_no_more() -> None:
    """Leave at the end what is there: what holds a file or a process open is closed by whoever opened it."""
    gc.freeze()
