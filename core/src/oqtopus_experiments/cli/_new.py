"""``oqx new``: a distribution for a plugin of one's own, and its template's changes later."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from oqtopus_experiments.cli._printing import say

if TYPE_CHECKING:
    from oqtopus_experiments.plugins._plugin import Kind


@click.command()
@click.argument("kind", type=click.Choice(["experiment", "backend", "analyzer"]), required=False)
@click.argument("name", required=False)
@click.option("--into", type=click.Path(path_type=Path, file_okay=False), default=Path(), metavar="FOLDER",
              help="Where the folder of the distribution is made (default: here).")  # fmt: skip
@click.option("--distribution", default="", help="Its name for pip (default: oqtopus-experiments-NAME).")
@click.option("--update", "updated", type=click.Path(path_type=Path, file_okay=False, exists=True), metavar="FOLDER",
              help="Bring the distribution in FOLDER to the newest template instead.")  # fmt: skip
def new(kind: Kind | None, name: str | None, into: Path, distribution: str, updated: Path | None) -> None:
    """
    Make a distribution for a plugin of your own, called NAME in run files.

    It is complete and works: change it into yours.
    """
    if updated is not None:
        if kind or distribution:
            raise click.UsageError("--update takes the folder of a distribution, and nothing else")
        _update(updated)
        return
    if kind is None or name is None:
        raise click.UsageError("say what to make: oqx new experiment NAME, or backend, or analyzer")
    from oqtopus_experiments.scaffold._distribution import make
    from oqtopus_experiments.scaffold._names import names_of

    folder = make(names_of(kind, name, distribution), into)
    say(f"made {folder}; next:")
    for line in (f"cd {folder}", "uv run pytest", f"uv run oqx verify {name}"):
        say(f"    {line}")
    say(f"{folder / 'README.md'} says how to go on")


def _update(folder: Path) -> None:
    from oqtopus_experiments.scaffold._distribution import update

    done = update(folder)
    if done.before == done.after:
        say(f"{folder} is of the newest template, {done.after}")
        return
    say(f"{folder}: template {done.before} -> {done.after}; look at it with git diff, run the tests, and commit")
    for file in done.conflicts:
        say(f"    conflict: {file}; keep one of the two sides that are marked there")
