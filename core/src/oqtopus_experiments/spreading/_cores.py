"""
The cores of this computer, and how many threads each of several workers on it may compute with.

A library of threads (OpenMP, and with it Aer and Qulacs; BLAS) takes all cores unless ``OMP_NUM_THREADS`` says how
many. So that is where a worker is told its share, by whoever begins it; no simulator needs to know of workers.
"""

from __future__ import annotations

import os
import sys
from typing import Any

from oqtopus_experiments.contracts.parameters import ge, le, parameter

MOST_WORKERS = 1024
"""More on one computer is a slip of the keyboard."""


def workers_here(help: str) -> Any:
    """
    Declare the option ``workers``: how many there are on this computer; None for as many as it has cores.

    Args:
        help: One phrase for ``oqx show``.
    """
    return parameter(None, ge(1), le(MOST_WORKERS), help=help)


def cores() -> int:
    """Return how many cores this process may use."""
    return len(os.sched_getaffinity(0)) if sys.platform == "linux" else os.cpu_count() or 1


def threads_each(workers: int) -> int:
    """
    Return how many threads each of so many workers on this computer is to compute with, at least 1.

    Never more than the user allows any process (``OMP_NUM_THREADS``).
    """
    share = max(1, cores() // workers)
    allowed = os.environ.get("OMP_NUM_THREADS", "").partition(",")[0].strip()
    return min(share, int(allowed)) if allowed.isdecimal() and int(allowed) else share
