"""``oqx audit``, ``oqx pack``, ``oqx unpack``: a run that can be checked, and handed to somebody else."""

from __future__ import annotations

from pathlib import Path

import click

from oqtopus_experiments.cli._exit_codes import FAILED
from oqtopus_experiments.cli._printing import say
from oqtopus_experiments.cli._run_argument import RUN, RUN_MEANS
from oqtopus_experiments.cli._written_files import WrittenFile


@click.command(epilog=RUN_MEANS)
@RUN
def audit(run: Path) -> None:
    """
    Check RUN: its files against their checksums, and every number again from its counts.

    Nothing is changed, and no backend is asked. Of a sweep or a watch each run that has begun is checked. Ends with 1
    where something differs or could not be checked.
    """
    from oqtopus_experiments.storage._parent import member_paths

    paths = member_paths(run)
    sound = []
    for path in paths:
        if path != run:
            say(path.name, bold=True)
        sound.append(_is_sound(path))
    if paths != [run]:
        say(f"{sum(sound)} of {len(sound)} runs are what they say; oqx analyze {run} makes anew what compares them")
    if not (sound and all(sound)):
        raise click.exceptions.Exit(FAILED)


def _is_sound(run: Path) -> bool:
    """Say what an audit of one run found, and return whether it is what it says."""
    from oqtopus_experiments.execution._audit import audit as audited

    found = audited(run)
    for one in found.altered:
        say(f"{one}")
    if not found.sealed:
        say("no checksums: the run has not come to its end, or is of a version that wrote none")
    elif not found.altered:
        say("every file is as it was written")
    for note in found.notes:
        say(note)
    for difference in found.differences:
        say(difference)
    for reason in found.unchecked:
        say(f"not checked: {reason}")
    if not found.differences:
        say(f"{found.recomputed} numbers computed again from their counts, none differs")
    return found.is_sound


@click.command(epilog=RUN_MEANS)
@RUN
@click.option(
    "--output", "-o", type=WrittenFile(".zip"), help="The file to write (default: the name of the run, .zip)."
)
def pack(run: Path, output: Path | None) -> None:
    """Write RUN into one ZIP file: report, numbers, counts and checksums, for somebody else to open and check."""
    from oqtopus_experiments.__about__ import __version__
    from oqtopus_experiments.storage._pack import pack as packed
    from oqtopus_experiments.storage._run_folder import RunFolder

    file = output or Path(f"{run.resolve().name}.zip")
    number = packed(RunFolder.open(run), file, __version__)
    say(f"{file}: {number} files; oqx unpack {file} makes a run folder of it")


@click.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, exists=True))
@click.option(
    "--runs", type=click.Path(path_type=Path, file_okay=False), default=Path("runs"), help="Folder for run folders."
)
def unpack(file: Path, runs: Path) -> None:
    """Make a run folder of FILE, which ``oqx pack`` wrote."""
    from oqtopus_experiments.storage._pack import unpack as unpacked

    folder = unpacked(file, runs)
    say(f"run folder: {folder.path}")
    say(f"check it with: oqx audit {folder.path}")
