"""Files that a command writes where it is told: of the right kind, in a folder that is there, nothing lost unasked."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    _OfPaths = click.ParamType[Path]
else:  # the oldest click that is allowed knows no types of types
    _OfPaths = click.ParamType


class WrittenFile(_OfPaths):
    """
    A file to write, by a name that says what will be in it, so that a run file is never replaced by a picture.

    Args:
        endings: How its name may end; the first is suggested.
    """

    name = "file"

    def __init__(self, *endings: str) -> None:
        self.endings = endings

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Path:
        """Return its path; `click.BadParameter` where it cannot be written, or would be called what it is not."""
        if problem := problem_of(Path(value), self.endings):
            self.fail(problem, param, ctx)
        return Path(value)


def problem_of(file: Path, endings: tuple[str, ...], *, is_folder: bool = False) -> str:
    """
    Return why a file is not written there, with the next step; empty where it may be.

    Args:
        file: Its path.
        endings: How its name may end.
        is_folder: Whether it is a folder that is written.
    """
    if not file.parent.is_dir():
        return f"{file}: there is no folder {file.parent}: make it, or name another"
    if is_folder:
        return f"{file} is a file, and a folder is written: name another" if file.is_file() else ""
    if file.suffix.lower() not in endings:
        known = " or ".join(ending for ending in endings if ending)
        return f"{file} is not what would be in it ({known}): name another, such as {file.with_suffix(endings[0])}"
    return f"{file} is a folder: name a file in it, such as {file / f'out{endings[0]}'}" if file.is_dir() else ""


def unasked(file: Path, option: str) -> Path:
    """
    Return the path of a file that nobody named.

    Raises:
        UsageError: When there is one already: it may be another's.
    """
    if file.exists():
        message = f"{file} is there already: {option} {file} writes over it, another name beside it"
        raise click.UsageError(message)
    return file
