"""
A folder of a run, entered without following a link: what is read and written is what the run folder itself holds.

A run folder may come from a stranger, and a link in it may lead to any file of whoever opens it. So every file is
opened from the folder it is in, that folder from the run folder, and neither may be a link; pipes and devices, on
which reading may wait for ever, are refused. The run folder itself may be reached through links: its path was given
by the person who opens it. Where a system cannot open relative to a folder (Windows), each part is looked at first.
"""

from __future__ import annotations

import contextlib
import errno
import os
import stat
import uuid
from collections.abc import Iterator
from pathlib import Path

from attrs import frozen

from oqtopus_experiments.errors import StoreError

_RELATIVE = os.open in os.supports_dir_fd
# Not every system has these.
_NO_LINK: int = getattr(os, "O_NOFOLLOW", 0)
_FOLDER: int = getattr(os, "O_DIRECTORY", 0)
_ODDLY: int = getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOCTTY", 0) | getattr(os, "O_BINARY", 0)

_KINDS = {stat.S_IFLNK: "a link", stat.S_IFDIR: "a folder", stat.S_IFIFO: "a pipe", stat.S_IFSOCK: "a socket"}
_STEPS = {
    errno.ENOSPC: "make room, and go on with `oqx resume RUN`",
    errno.EDQUOT: "make room, and go on with `oqx resume RUN`",
    errno.EIO: "the disk fails: copy the folder to another, and go on there",
    errno.EROFS: "copy the folder to where it can be written, or choose another with `runs`",
    errno.EACCES: "copy the folder to where you may write, or choose another with `runs`",
    errno.EPERM: "copy the folder to where you may write, or choose another with `runs`",
    errno.ENOENT: "was it moved or deleted while it was used? `oqx runs` lists those there are",
    errno.ESTALE: "was it moved or deleted while it was used? `oqx runs` lists those there are",
}


@frozen
class Directory:
    """
    A run folder, or a folder directly below it.

    Args:
        root: The run folder.
        name: Name of the folder below it; empty for the run folder itself.
    """

    root: Path
    name: str = ""

    @property
    def path(self) -> Path:
        """Where it is."""
        return self.root / self.name if self.name else self.root

    def make(self) -> None:
        """
        Make it when it is missing; its name would survive a power cut.

        Raises:
            StoreError: When it cannot be made, or something else has its name.
        """
        with contextlib.suppress(OSError):
            if self.path.is_dir():  # a link to a folder is refused by whoever enters it
                return
        with Directory(self.root).entered() as above:
            try:
                os.mkdir(self._from(above), dir_fd=above)
            except FileExistsError:
                return
            except OSError as error:
                raise failed("write", self.path, error) from error
            _sync(above)

    def read(self, name: str) -> bytes | None:
        """
        Return the content of a file, or None when there is none, or no folder either.

        Raises:
            StoreError: When it cannot be read, or is not a plain file.
        """
        try:
            with self.opened(name, os.O_RDONLY) as handle, os.fdopen(handle, "rb", closefd=False) as file:
                return file.read()
        except FileNotFoundError:
            return None
        except (OSError, ValueError) as error:
            raise failed("read", self.path / name, error) from error

    def size(self, name: str) -> int | None:
        """Return the size of a plain file in bytes, or None when there is none."""
        try:
            with self.opened(name, os.O_RDONLY) as handle:
                return os.fstat(handle).st_size
        except FileNotFoundError:
            return None
        except OSError as error:
            raise failed("read", self.path / name, error) from error

    def write(self, name: str, data: bytes) -> None:
        """
        Write a file whole or not at all: to a neighbour first, which then takes its place.

        Raises:
            StoreError: When it cannot be written.
        """
        neighbour = f".{name[:200]}.{uuid.uuid4().hex[:8]}"
        with self.entered() as folder:
            try:
                handle = self._open(folder, neighbour, os.O_WRONLY | os.O_CREAT | os.O_EXCL)
                try:
                    with os.fdopen(handle, "wb") as file:
                        file.write(data)
                        file.flush()
                        os.fsync(file.fileno())
                    os.replace(  # pathlib cannot start from an opened folder
                        self._at(folder, neighbour), self._at(folder, name), src_dir_fd=folder, dst_dir_fd=folder
                    )
                except BaseException:
                    with contextlib.suppress(OSError):
                        os.unlink(self._at(folder, neighbour), dir_fd=folder)
                    raise
            except OSError as error:
                raise failed("write", self.path / name, error) from error

    def remove(self, name: str) -> None:
        """
        Remove a file that may be there.

        Raises:
            StoreError: When it cannot be removed.
        """
        with self.entered() as folder:
            try:
                os.unlink(self._at(folder, name), dir_fd=folder)
            except FileNotFoundError:
                return
            except OSError as error:
                raise failed("remove", self.path / name, error) from error

    @contextlib.contextmanager
    def opened(self, name: str, flags: int) -> Iterator[int]:
        """
        Open a plain file; yields its descriptor.

        Raises:
            OSError: When it, or this folder, cannot be opened.
            StoreError: When it is a link, a pipe, a device or a folder.
        """
        with self._entered() as folder:
            handle = self._open(folder, name, flags)
        try:
            yield handle
        finally:
            os.close(handle)

    @contextlib.contextmanager
    def entered(self) -> Iterator[int | None]:
        """
        Open the folder itself; yields its descriptor, None where a system has none for folders.

        Raises:
            StoreError: When it is missing, a link, or no folder.
        """
        with contextlib.ExitStack() as stack:
            try:
                folder = stack.enter_context(self._entered())
            except OSError as error:
                raise failed("open", self.path, error) from error
            yield folder

    def sync(self) -> None:
        """Make new names in it survive a power cut, on systems where folders can be synced."""
        with self.entered() as folder:
            _sync(folder)

    @contextlib.contextmanager
    def _entered(self) -> Iterator[int | None]:
        if not _RELATIVE:
            if self.name:
                _refuse(self.path, os.lstat(self.path).st_mode, stat.S_IFDIR)
            yield None
            return
        with contextlib.ExitStack() as stack:
            folder = os.open(self.root, os.O_RDONLY | _FOLDER)
            stack.callback(os.close, folder)
            if self.name:
                above = folder
                try:
                    folder = os.open(self.name, os.O_RDONLY | _FOLDER | _NO_LINK, dir_fd=above)
                except NotADirectoryError:
                    _refuse(self.path, os.lstat(self.name, dir_fd=above).st_mode, stat.S_IFDIR)
                    raise
                stack.callback(os.close, folder)
            yield folder

    def _open(self, folder: int | None, name: str, flags: int) -> int:
        place = self._at(folder, name)
        if not _NO_LINK:
            with contextlib.suppress(FileNotFoundError):
                _refuse(self.path / name, os.lstat(place).st_mode, stat.S_IFREG)
        try:
            handle = os.open(place, flags | _NO_LINK | _ODDLY, 0o666, dir_fd=folder)
        except OSError as error:
            if error.errno in (errno.ELOOP, errno.EMLINK, errno.ENXIO, errno.EISDIR):
                _refuse(self.path / name, os.lstat(place, dir_fd=folder).st_mode, stat.S_IFREG)
            raise
        try:
            _refuse(self.path / name, os.fstat(handle).st_mode, stat.S_IFREG)
        except BaseException:
            os.close(handle)
            raise
        return handle

    def _at(self, folder: int | None, name: str) -> str:
        return name if folder is not None else str(self.path / name)

    def _from(self, above: int | None) -> str:
        return self.name if above is not None else str(self.path)


def failed(action: str, path: Path, error: OSError | ValueError) -> StoreError:
    """Return the error that says what could not be done with a file or folder, and what to do about it."""
    if not isinstance(error, OSError):
        return StoreError(f"cannot {action} {path}: {error}")
    step = _STEPS.get(error.errno or 0, "")
    return StoreError(f"cannot {action} {path}: {error.strerror or error}" + (f"; {step}" if step else ""))


def _refuse(path: Path, mode: int, wanted: int) -> None:
    if stat.S_IFMT(mode) == wanted:
        return
    kind = _KINDS.get(stat.S_IFMT(mode), "a plain file" if stat.S_ISREG(mode) else "a device")
    message = f"{path} is {kind}; nothing is read or written through links and pipes in a run folder: replace it by "
    raise StoreError(message + ("a plain file, or remove it" if wanted == stat.S_IFREG else "a folder"))


def _sync(folder: int | None) -> None:
    if folder is not None:
        with contextlib.suppress(OSError):
            os.fsync(folder)
