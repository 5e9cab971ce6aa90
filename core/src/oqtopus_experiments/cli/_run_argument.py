"""A run named on the command line: what RUN means is said once, and every command that takes one says it."""

from __future__ import annotations

import re
from pathlib import Path

import click

from oqtopus_experiments.cli._names import run_names

_NEWEST = re.compile(r"latest(?:~(\d{1,6}))?")
_MEANT = re.compile(r"latest\W?(\d{1,6})")
RUNS = Path("runs")
RUN_MEANS = (
    "RUN is the path of a run folder; or, of those in ./runs, `latest`, `latest~1` for the one before, or how the name "
    "of one begins or ends."
)
"""What every command that takes a run says of it."""
_OF_FILES = {
    ".toml": "a run file, not a run: `oqx run {}` makes one; name its folder, or latest",
    ".zip": "a packed run: `oqx unpack {}` first, and name the folder that it makes",
}
_OTHER_FILE = "a file, not a run: name the folder of a run, or latest"


def run_folder(text: str) -> Path:
    """
    Return the path of a run folder.

    Raises:
        BadParameter: When several fit, or none; the message lists what there is.
    """
    given = Path(text)
    if given.is_file():
        message = f"{text} is {_OF_FILES.get(given.suffix.lower(), _OTHER_FILE).format(text)}"
        raise click.BadParameter(message)
    if given.exists():
        return given
    if newest := _NEWEST.fullmatch(text):
        return _latest(text, int(newest.group(1) or 0))
    found = _called(text)
    if len(found) == 1:
        return found[0]
    if (back := _MEANT.fullmatch(text)) and not found:
        message = f"{text!r} is not a run folder; did you mean latest~{back.group(1)}?"
        raise click.BadParameter(message)
    listed = ", ".join(str(folder) for folder in (found or _known())[-8:]) or f"none in ./{RUNS}"
    message = f"{text!r} is {'several runs' if found else 'not a run folder'} (runs: {listed})"
    raise click.BadParameter(message)


def file_or_run(text: str) -> Path:
    """
    Return the path of a run file, or that of the run folder which is called so where no such file is there.

    Raises:
        BadParameter: When it is how a run is called, and there is none, or are several. Of any other name the reader
            of run files says that it is not there.
    """
    given = Path(text)
    if given.exists() or not (_NEWEST.fullmatch(text) or _MEANT.fullmatch(text) or _called(text)):
        return given
    return run_folder(text)


def _called(text: str) -> list[Path]:
    """Return the folders of ./runs whose names begin or end so."""
    return [folder for folder in _known() if folder.name.startswith(text) or folder.name.endswith(text)]


def _known() -> list[Path]:
    return sorted(folder.parent for folder in RUNS.glob("*/run.json"))


def _latest(text: str, back: int) -> Path:
    from oqtopus_experiments.storage._archive import READABLE, find

    if not RUNS.is_dir():
        message = f"there are no runs in ./{RUNS} yet: `oqx run FILE` makes one; or name a run folder by its path"
        raise click.BadParameter(message)
    runs, number = find(RUNS, READABLE, newest=back + 1)
    if back >= number:
        message = f"there are {number} runs in {RUNS}; {text} is not among them"
        raise click.BadParameter(message)
    return runs[0].path


def _parsed(_: click.Context, __: click.Parameter, value: str) -> Path:
    return run_folder(value)


def parsed_file(_: click.Context, __: click.Parameter, value: str | None) -> Path | None:
    """Return what `file_or_run` makes of an argument; None where it was left out."""
    return None if value is None else file_or_run(value)


RUN = click.argument("run", callback=_parsed, metavar="RUN", shell_complete=run_names)
