"""What appends to a journal: whole lines, on disk, by one process at a time."""

from __future__ import annotations

import contextlib
import os
import threading
from collections.abc import Iterator
from pathlib import Path

from oqtopus_experiments.errors import StoreError
from oqtopus_experiments.storage._lock import locked
from oqtopus_experiments.support._directory import Directory, failed


@contextlib.contextmanager
def writing(directory: Directory, name: str, patience: float) -> Iterator[JournalWriter]:
    """
    Lock a folder and open a journal in it for appending; there is no other way to get a writer.

    Args:
        directory: The folder.
        name: Name of the journal in it, made when missing.
        patience: Seconds to wait for who holds the folder.

    Raises:
        StoreError: When another process holds the folder, or the journal is not a plain file of its own.
    """
    with locked(directory, patience):
        path = directory.path / name
        is_new = directory.size(name) is None
        try:
            with directory.opened(name, os.O_RDWR | os.O_APPEND | os.O_CREAT) as handle:
                if os.fstat(handle).st_nlink > 1:
                    message = f"{path} has a second name (a hard link), and would change there too: work on a copy"
                    raise StoreError(message)
                if is_new:
                    directory.sync()
                writer = JournalWriter(handle, path)
                try:
                    yield writer
                finally:
                    writer.close()
        except OSError as error:
            raise failed("write", path, error) from error


class JournalWriter:
    """
    Appends to an opened and locked journal, for one thread at a time.

    After an append that fails, on a full disk for example, the journal ends again where it ended before: nothing is
    ever built upon half a line. When not even that succeeds, nothing more is appended.

    Args:
        handle: Descriptor of the journal, opened for reading and appending.
        path: Where it is, for messages.
    """

    def __init__(self, handle: int, path: Path) -> None:
        self._handle = handle
        self._path = path
        self._lock = threading.Lock()
        self._closed = ""

    def text(self) -> bytes:
        """Return all that is written."""
        os.lseek(self._handle, 0, os.SEEK_SET)
        with os.fdopen(self._handle, "rb", closefd=False) as file:
            return file.read()

    def cut(self, size: int) -> None:
        """Shorten the journal to its first so many bytes, so that half a line of a crash is not built upon."""
        with self._lock:
            os.ftruncate(self._handle, size)
            os.fsync(self._handle)

    def append(self, lines: bytes) -> None:
        """
        Append whole lines; on disk when this returns.

        Raises:
            StoreError: When they are not; then nothing of them is left.
        """
        with self._lock:
            if self._closed:
                message = f"nothing more is written to {self._path}: {self._closed}"
                raise StoreError(message)
            before = os.fstat(self._handle)
            if not before.st_nlink:
                message = f"{self._path} was deleted while it was used: nothing more can be kept in it"
                raise StoreError(message)
            try:
                _write(self._handle, lines)
                os.fsync(self._handle)
            except OSError as error:
                self._go_back(before.st_size)
                raise failed("write", self._path, error) from error
            except BaseException:
                self._go_back(before.st_size)
                raise

    def close(self) -> None:
        """Append nothing more: the lock is about to be given back."""
        with self._lock:
            self._closed = self._closed or "this process does not hold it any more"

    def _go_back(self, size: int) -> None:
        try:
            os.ftruncate(self._handle, size)
            os.fsync(self._handle)
        except OSError as error:
            self._closed = f"half a line could not be taken back ({error.strerror}); go on with `oqx resume RUN`"


def _write(handle: int, data: bytes) -> None:
    """Write all of it: one call may write a part only, on a disk that is nearly full."""
    view = memoryview(data)
    while view:
        view = view[os.write(handle, view) :]
