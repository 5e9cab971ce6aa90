"""A run named on the command line: its folder, or the name of one below ``runs``, or how that name begins or ends."""

from __future__ import annotations

from pathlib import Path

import click


def find_run(context: click.Context, parameter: click.Parameter, value: str) -> Path:
    """
    Return the folder of a run.

    Raises:
        BadParameter: When several fit, or none; the message lists what there is.
    """
    given = Path(value)
    if (given / "run.json").is_file():
        return given
    known = sorted(folder.parent for folder in Path("runs").glob("*/run.json"))
    found = [folder for folder in known if folder.name.startswith(value) or folder.name.endswith(value)]
    if len(found) == 1:
        return found[0]
    listed = ", ".join(str(folder) for folder in (found or known)[-8:]) or "none in ./runs"
    message = f"{value!r} is {'several runs' if found else 'no run folder'} (runs: {listed})"
    raise click.BadParameter(message, context, parameter)


RUN = click.argument("run", callback=find_run, metavar="RUN")
