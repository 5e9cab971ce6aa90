"""One process at a time: a lock on a folder that ends with the process, however that ends."""

from __future__ import annotations

import contextlib
import errno
import functools
import logging
import sys
import time
from collections.abc import Iterator

from oqtopus_experiments.errors import StoreError
from oqtopus_experiments.support._directory import Directory, failed

logger = logging.getLogger(__name__)

PATIENCE = 0.5
"""Seconds to wait for a lock: some are held for a moment only, by `is_locked` or to note a stop."""
_NO_LOCKS = {errno.ENOLCK, errno.EOPNOTSUPP, errno.ENOSYS, errno.EBADF, errno.EINVAL}


@contextlib.contextmanager
def locked(directory: Directory, patience: float = PATIENCE) -> Iterator[None]:
    """
    Hold a folder against other processes: two that submit from one journal would submit twice.

    On a file system without locks a warning is said once, and the folder is not held.

    Args:
        directory: The folder.
        patience: Seconds to wait for who holds it.

    Raises:
        StoreError: When another process holds it.
    """
    # The folder itself is locked: a file for it would become part of the run.
    with directory.entered() as handle:
        if not _locked(directory, handle, exclusive=True, patience=patience):
            message = f"another process is working on {directory.path}; wait for it, or end it first"
            raise StoreError(message)
        yield


def is_locked(directory: Directory) -> bool:
    """Return whether another process, or another part of this one, holds a folder now."""
    with directory.entered() as handle:
        return not _locked(directory, handle, exclusive=False, patience=0.0)


def _locked(directory: Directory, handle: int | None, *, exclusive: bool, patience: float) -> bool:
    """Lock an opened folder for as long as it stays open; False when another holds it."""
    if sys.platform == "win32" or handle is None:  # no flock there; the journal itself is as safe
        return True
    import fcntl

    kind = (fcntl.LOCK_EX if exclusive else fcntl.LOCK_SH) | fcntl.LOCK_NB
    until = time.monotonic() + patience
    while True:
        try:
            fcntl.flock(handle, kind)
        except BlockingIOError:
            if time.monotonic() >= until:
                return False
            time.sleep(0.02)
        except OSError as error:
            if error.errno not in _NO_LOCKS:
                raise failed("lock", directory.path, error) from error
            _warn(error.strerror)
            return True
        else:
            return True


@functools.cache
def _warn(reason: str) -> None:
    """Say once in a process that nothing keeps others away."""
    logger.warning("this file system has no locks (%s): see to it that no two processes work on one run", reason)
