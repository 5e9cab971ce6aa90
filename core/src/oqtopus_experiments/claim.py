"""One process at a time: a claim on a folder that ends with the process, however that ends."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterator
from pathlib import Path

from oqtopus_experiments.errors import StoreError


@contextlib.contextmanager
def claimed(folder: Path) -> Iterator[None]:
    """
    Hold a folder against other processes: two that submit from one journal would submit twice.

    Raises:
        StoreError: When another process holds it.
    """
    if sys.platform == "win32":  # no flock there; the journal itself is as safe
        yield
        return
    import fcntl

    # The folder itself is locked: a file for it would become part of the run.
    handle = os.open(folder, os.O_RDONLY)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            message = f"another process is working on {folder}; wait for it, or end it first"
            raise StoreError(message) from None
        yield
    finally:
        os.close(handle)
