"""The gate of one experiment of a run folder, between processes."""

from __future__ import annotations

import contextlib
import errno
import os
import sys
import time
from collections.abc import Iterator

from oqtopus_experiments.contracts.gate import PATIENCE, Gate
from oqtopus_experiments.support._directory import Directory, failed

_GATE = "gate"
_MARK = "cancelled"
_TEXT = b"Cancelled: nothing more is submitted from here until `oqx resume RUN --failed`.\n"
_NO_LOCKS = {errno.ENOLCK, errno.EOPNOTSUPP, errno.ENOSYS, errno.EBADF, errno.EINVAL}


class FolderGate(Gate):
    """
    A gate between processes: a mark, and a file that is locked by those who pass.

    Args:
        directory: The folder of the journal, made when it is missing.
    """

    def __init__(self, directory: Directory) -> None:
        self._directory = directory

    @property
    def closed(self) -> bool:
        """Whether it is closed now, by any process."""
        return self._directory.size(_MARK) is not None

    @contextlib.contextmanager
    def passing(self) -> Iterator[bool]:
        """Hold the gate for one request."""
        self._directory.make()
        with self._lock_file() as handle:
            # The mark is there before anybody waits for those who pass, so that nobody waits here for long.
            while not (self.closed or _locked(handle, exclusive=False)):
                time.sleep(0.01)
            yield not self.closed

    def close(self, patience: float = PATIENCE) -> bool:
        """Let nothing more pass, and wait for those who are passing; the mark survives a power cut."""
        self._directory.make()
        if not self.closed:
            self._directory.write(_MARK, _TEXT)
            self._directory.sync()
        until = time.monotonic() + patience
        with self._lock_file() as handle:
            while not _locked(handle, exclusive=True):
                if time.monotonic() >= until:
                    return False
                time.sleep(0.01)
        return True

    def reopen(self) -> None:
        """Let submissions pass again."""
        self._directory.remove(_MARK)
        self._directory.sync()

    @contextlib.contextmanager
    def _lock_file(self) -> Iterator[int]:
        with contextlib.ExitStack() as stack:
            try:
                handle = stack.enter_context(self._directory.opened(_GATE, os.O_RDWR | os.O_CREAT))
            except OSError as error:
                raise failed("write", self._directory.path / _GATE, error) from error
            yield handle


def _locked(handle: int, *, exclusive: bool) -> bool:
    """Try to lock a file for as long as it stays open; where there are no locks, nobody can be waited for."""
    if sys.platform == "win32":
        return True
    import fcntl

    try:
        fcntl.flock(handle, (fcntl.LOCK_EX if exclusive else fcntl.LOCK_SH) | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError as error:
        if error.errno not in _NO_LOCKS:
            raise
    return True
