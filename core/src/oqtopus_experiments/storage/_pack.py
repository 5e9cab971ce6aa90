"""A run in one file: a ZIP archive of its folder, which a stranger can open, check and analyze."""

from __future__ import annotations

import contextlib
import shutil
import uuid
import zipfile
import zlib
from pathlib import Path, PurePosixPath

from oqtopus_experiments.errors import NotStoredError
from oqtopus_experiments.storage._run_folder import RunFolder
from oqtopus_experiments.storage._seal import FILE as SEAL, plain_files
from oqtopus_experiments.support._directory import Directory, failed

README = "README.txt"
LARGEST = 4 << 30
"""Bytes that a packed run may hold: nobody's run, and less than a disk, whatever a stranger packed."""
_MOST = 100_000
_EPOCH = (1980, 1, 1, 0, 0, 0)
"""Time of every file in a pack: equal runs give equal packs."""
_ABOUT = """A run of oqtopus-experiments, version {version}.

report.html       opens in any browser, without a network
table.csv         every number with its error and verdict
*/points.csv      the points of each experiment
*/journal.jsonl   its counts
SHA256SUMS        checksums: sha256sum -c SHA256SUMS (a run that has not come to its end has none)

With oqtopus-experiments installed:
oqx unpack FILE   makes a run folder of it in ./runs
oqx audit RUN     checks its files, and computes every number again from its counts
oqx analyze RUN   analyzes its counts anew
"""


def pack(folder: RunFolder, file: Path, version: str) -> int:
    """
    Write a run folder into one file.

    Args:
        folder: The run.
        file: The archive to write; it must not be there yet.
        version: Of this library, for who reads it.

    Returns:
        How many files it holds.

    Raises:
        StoreError: When something cannot be read or written, or the file is there already.
    """
    names = [*plain_files(folder.path), *([SEAL] if folder.directory().size(SEAL) is not None else [])]
    root = PurePosixPath(folder.path.resolve().name)
    if file.exists():
        message = f"{file} is there already; name another with --output"
        raise NotStoredError(message)
    # A pack appears only once all of it is there.
    hidden = file.with_name(f".{file.name}.{uuid.uuid4().hex[:8]}")
    try:
        with zipfile.ZipFile(hidden, "x", zipfile.ZIP_DEFLATED) as archive:
            _add(archive, root / README, _ABOUT.format(version=version).encode())
            for name in names:
                below, _, last = name.rpartition("/")
                data = Directory(folder.path, below).read(last)
                if data is not None:
                    _add(archive, root / name, data)
        hidden.rename(file)
    except BaseException as error:
        with contextlib.suppress(OSError):
            hidden.unlink()
        if isinstance(error, OSError):
            raise failed("write", file, error) from error
        raise
    return len(names)


def unpack(file: Path, runs: Path) -> RunFolder:
    """
    Make a run folder of a packed run.

    Raises:
        StoreError: When it is not one, is damaged, or holds what a run folder does not; nothing is left behind then.
    """
    try:
        with zipfile.ZipFile(file) as archive:
            name, members = _checked(archive, file)
            target = runs / name
            if target.exists():
                message = f"{target} is there already; name another folder with --runs"
                raise NotStoredError(message)
            return _unpacked(archive, members, runs, target)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
        message = f"{file} is not a packed run, or is damaged: {error}"
        raise NotStoredError(message) from error
    except OSError as error:
        raise failed("read", file, error) from error


def _unpacked(archive: zipfile.ZipFile, members: dict[str, zipfile.ZipInfo], runs: Path, target: Path) -> RunFolder:
    # A folder appears only once all of it is there.
    hidden = runs / f".{target.name}"
    try:
        shutil.rmtree(hidden, ignore_errors=True)  # what a killed process left of it
        hidden.mkdir(parents=True)
    except OSError as error:
        raise failed("write", runs, error) from error
    try:
        for path, info in members.items():
            below, _, last = path.rpartition("/")
            directory = Directory(hidden, below)
            directory.make() if below else None
            directory.write(last, archive.read(info))
        RunFolder.open(hidden)
        hidden.rename(target)
    except BaseException:
        shutil.rmtree(hidden, ignore_errors=True)
        raise
    return RunFolder(target)


def _checked(archive: zipfile.ZipFile, file: Path) -> tuple[str, dict[str, zipfile.ZipInfo]]:
    """Return the name of the run folder and its files by path; refuse what no run folder has."""
    infos = archive.infolist()
    roots = {PurePosixPath(info.filename).parts[:1] for info in infos}
    problem = ""
    if len(roots) != 1 or len(infos) > _MOST:
        problem = "it does not hold one run folder"
    elif sum(info.file_size for info in infos) > LARGEST:
        problem = f"it holds more than {LARGEST >> 30} GB"
    members = {}
    for info in infos:
        parts = PurePosixPath(info.filename).parts
        if any(part.startswith((".", "/")) or "\\" in part or ":" in part for part in parts):
            problem = f"it holds {info.filename!r}, which is no file of a run folder"
        elif not 2 <= len(parts) <= 3 or info.is_dir():
            problem = problem or f"it holds {info.filename!r}, which is no file of a run folder"
        elif parts[1:] != (README,):
            members["/".join(parts[1:])] = info
    if not problem and "run.json" not in members:
        problem = "it has no run.json"
    if problem:
        message = f"{file} is not a packed run: {problem}"
        raise NotStoredError(message)
    return next(iter(roots))[0], members


def _add(archive: zipfile.ZipFile, name: PurePosixPath, data: bytes) -> None:
    info = zipfile.ZipInfo(str(name), _EPOCH)
    info.compress_type = zipfile.ZIP_DEFLATED
    info.external_attr = 0o644 << 16
    archive.writestr(info, data)
