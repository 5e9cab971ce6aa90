"""Whether the folder of the run folders keeps what is written to it, also when two processes want it."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from oqtopus_experiments.errors import StoreError
from oqtopus_experiments.execution.doctor._finding import Finding, ok, problem, warning
from oqtopus_experiments.storage._lock import is_locked, locked
from oqtopus_experiments.support._directory import Directory

LITTLE, SCARCE = 100_000_000, 1_000_000_000
"""Bytes: a run of a thousand circuits with its figures takes a few million."""
_NETWORK = {"nfs", "nfs4", "cifs", "smb3", "smbfs", "afs", "9p", "ceph", "glusterfs", "lustre", "fuse.sshfs", "beegfs"}


def run_folders(runs: Path, mounts: Path = Path("/proc/mounts")) -> Iterator[Finding]:
    """
    Yield what the file system below a folder of runs can do; leaves nothing behind.

    Args:
        runs: The folder; the nearest one above it that exists, where it does not.
        mounts: What the system says is mounted where.
    """
    place = next(folder for folder in (runs.absolute(), *runs.absolute().parents) if folder.exists())
    try:
        with tempfile.TemporaryDirectory(prefix=".oqx-doctor-", dir=place) as scratch:
            _write_durably(Path(scratch) / "probe")
            yield ok("run folders", f"{place} can be written, and keeps what it says it keeps")
            yield _locks(Path(scratch))
    except (OSError, StoreError) as error:
        step = "choose another folder, --runs or runs = in the run file, or make room and see to its permissions"
        yield problem("run folders", f"{place} cannot be written: {error}", step)
    yield from _space(place)
    kind = file_system(place, mounts)
    if kind in _NETWORK:
        text = f"{place} is on a network file system ({kind}): another machine may not see the lock of a run"
        yield warning("run folders", text, "work on one run from one machine only, or choose a local folder")


def _write_durably(file: Path) -> None:
    """Write, sync, read back, rename: what a journal relies on."""
    content = b"half a line is no line\n" * 64
    handle = os.open(file, os.O_RDWR | os.O_CREAT | os.O_EXCL)
    try:
        os.write(handle, content)
        os.fsync(handle)
    finally:
        os.close(handle)
    if file.replace(file.with_name("renamed")).read_bytes() != content:
        message = "what was written is not what is read"
        raise OSError(0, message)


def _locks(folder: Path) -> Finding:
    """Lock a folder as a run does, and ask whether others would see it."""
    directory = Directory(folder)
    with locked(directory):
        if is_locked(directory):
            return ok("run folders", "a lock keeps others away")
    text = "folders are not locked here: nothing keeps two processes from one run"
    return warning("run folders", text, "see to it that no two processes work on one run, or choose a local folder")


def _space(place: Path) -> Iterator[Finding]:
    free = shutil.disk_usage(place).free
    text = f"{free / 1e9:.1f} GB are free"
    if free < LITTLE:
        yield problem("run folders", text, "make room: a run that cannot write its journal stops")
    elif free < SCARCE:
        yield warning("run folders", text, "make room before a long run")
    else:
        yield ok("run folders", text)


def file_system(place: Path, mounts: Path) -> str:
    """Return the kind of file system a folder is on, as ``ext4``; empty where the system does not say."""
    try:
        lines = [line.split() for line in mounts.read_text(encoding="utf-8", errors="replace").splitlines()]
    except OSError:
        return ""
    folder = place.resolve()
    points = [(Path(words[1].replace("\\040", " ")), words[2]) for words in lines if len(words) > 2]
    above = [(len(point.parts), kind) for point, kind in points if folder.is_relative_to(point)]
    return max(above, default=(0, ""))[1]
