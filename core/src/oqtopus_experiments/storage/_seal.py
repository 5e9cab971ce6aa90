"""
The seal of a run that has come to its end: ``SHA256SUMS``, the checksum of every file in its folder.

``sha256sum -c SHA256SUMS`` checks it where this library is not installed. A run that goes on is not sealed: whoever
writes into its folder lifts the seal first, and says what had changed by then.
"""

from __future__ import annotations

import hashlib
import logging
import re
from collections.abc import Iterator
from pathlib import Path

from attrs import frozen

from oqtopus_experiments.errors import StoreError
from oqtopus_experiments.storage._run_folder import RunFolder
from oqtopus_experiments.support._directory import Directory, failed

logger = logging.getLogger(__name__)

FILE = "SHA256SUMS"
_LINE = re.compile(r"([0-9a-f]{64}) [ *](.+)")


@frozen
class Altered:
    """
    A file that is not what was sealed.

    Args:
        file: Its path within the run folder.
        how: ``changed``, ``missing``, ``added``, or why it cannot be read.
    """

    file: str
    how: str

    def __str__(self) -> str:
        return f"{self.file}: {self.how}"


def seal(folder: RunFolder) -> None:
    """
    Write the checksums of all files of a run.

    Raises:
        StoreError: When a file cannot be read, or the seal cannot be written.
    """
    lines = []
    for file in plain_files(folder.path):
        digest = _digest(folder, file)
        if digest is not None:
            lines.append(f"{digest}  {file}\n")
    folder.directory().write(FILE, "".join(lines).encode())


def is_sealed(folder: RunFolder) -> bool:
    """Return whether there is a seal."""
    return folder.directory().size(FILE) is not None


def lift(folder: RunFolder) -> None:
    """
    Take the seal away, if there is one, before the first file is written; what had changed below it is said.

    Raises:
        StoreError: When it cannot be taken away.
    """
    for altered in broken(folder):
        logger.warning("%s was sealed, and since then %s", folder.path, altered)
    folder.directory().remove(FILE)


def broken(folder: RunFolder) -> list[Altered]:
    """
    Return the files that are not what was sealed, by path; none where nothing was sealed.

    Raises:
        StoreError: When the seal cannot be read.
    """
    data = folder.directory().read(FILE)
    if data is None:
        return []
    sealed, odd = _parsed(data)
    found = [Altered(FILE, f"line {number} is not one of a checksum") for number in odd]
    present = set(plain_files(folder.path))
    for file, digest in sealed.items():
        try:
            now = _digest(folder, file) if file in present else None
        except StoreError as error:
            found.append(Altered(file, str(error)))
            continue
        if now != digest:
            found.append(Altered(file, "missing" if now is None else "changed"))
    return sorted([*found, *(Altered(file, "added") for file in present - sealed.keys())], key=lambda one: one.file)


def _parsed(data: bytes) -> tuple[dict[str, str], list[int]]:
    """Return checksums by file, and the numbers of the lines that are none."""
    sealed: dict[str, str] = {}
    odd = []
    for number, line in enumerate(data.decode("utf-8", errors="replace").splitlines(), 1):
        match = _LINE.fullmatch(line)
        if match is None:
            odd.append(number)
        else:
            sealed[match[2]] = match[1]
    return sealed, odd


def plain_files(path: Path) -> Iterator[str]:
    """Yield the files of a run folder and of the folders directly below it, in order; hidden ones belong to nobody."""
    try:
        for entry in sorted(path.iterdir()):
            if entry.name.startswith(".") or entry.is_symlink() or entry.name == FILE:
                continue
            if entry.is_dir():
                yield from (f"{entry.name}/{one.name}" for one in sorted(entry.iterdir()) if _is_plain(one))
            elif entry.is_file():
                yield entry.name
    except OSError as error:
        raise failed("read", path, error) from error


def _is_plain(file: Path) -> bool:
    return not file.name.startswith(".") and not file.is_symlink() and file.is_file()


def _digest(folder: RunFolder, file: str) -> str | None:
    below, _, name = file.rpartition("/")
    data = Directory(folder.path, below).read(name)
    return None if data is None else hashlib.sha256(data).hexdigest()
