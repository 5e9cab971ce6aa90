"""``oqx run``, ``oqx check``: a run file, all the way or without running."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from oqtopus_experiments.cli import _names as names
from oqtopus_experiments.cli._after_run import end_by_verdict, every, fail_on
from oqtopus_experiments.cli._printing import say
from oqtopus_experiments.cli._run_argument import parsed_file
from oqtopus_experiments.cli._whole import Whole

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from oqtopus_experiments.contracts.devices import DeviceInfo
    from oqtopus_experiments.runfile._config import ConfiguredExperiment, RunConfig, SeveralRuns

FILE = click.argument("file", type=click.Path(), callback=parsed_file)


def changes(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options that change what a run file says."""
    for option in (
        click.option(
            "--set",
            "overrides",
            multiple=True,
            metavar="PATH=VALUE",
            help="Change a value of the file; repeatable.",
            shell_complete=names.settings,
        ),
        click.option("--qubits", metavar='"0-4"', help="Only targets among these qubits."),
        click.option(
            "--only",
            multiple=True,
            metavar="NAME",
            help="Only this one; `bad`: what was bad last time; repeatable.",
            shell_complete=names.labels,
        ),
        click.option("--shots", type=Whole(1, 10_000_000), help="Shots of every experiment."),
        click.option(
            "--backend", metavar="NAME", help="Another backend than the file's.", shell_complete=names.backends
        ),
    ):
        command = option(command)
    return command


def load_any(
    file: Path,
    backend: str | None,
    shots: int | None,
    overrides: tuple[str, ...],
    only: tuple[str, ...] = (),
    qubits: str | None = None,
    runs: Path | None = None,
) -> RunConfig | SeveralRuns:
    """Return a checked run file with what the options change, and say what of it is left out."""
    from oqtopus_experiments.runfile._config import SeveralRuns
    from oqtopus_experiments.runfile._reading import Changes, load_runs

    found = load_runs(file, Changes(backend, shots, overrides, only, qubits, runs))
    for note in (found.first if isinstance(found, SeveralRuns) else found).notes:
        say(note, err=True)
    return found


@click.command()
@FILE
@changes
@fail_on
@every
@click.option("--runs", type=click.Path(path_type=Path, file_okay=False), help="Folder for run folders.")
@click.option("--compare-with-twin", is_flag=True, help="Simulate the device first, and show both in one figure.")
@click.option("--timeout", type=click.FloatRange(min=0), metavar="SECONDS", help="Stop waiting then; jobs go on.")
def run(
    file: Path,
    backend: str | None,
    shots: int | None,
    overrides: tuple[str, ...],
    only: tuple[str, ...],
    qubits: str | None,
    runs: Path | None,
    timeout: float | None,
    compare_with_twin: bool,
    every: bool,
    fail_on: str | None,
) -> None:
    """Run all experiments of FILE and write a run folder; of a run (its path, or latest), run the same again."""
    from oqtopus_experiments.cli._several import run_and_watch
    from oqtopus_experiments.cli._watching import watched
    from oqtopus_experiments.execution import _pipeline as pipeline
    from oqtopus_experiments.execution._prospect import device_of
    from oqtopus_experiments.runfile._config import SeveralRuns

    config = load_any(file, backend, shots, overrides, only, qubits, runs)
    first = config.members[0].config if isinstance(config, SeveralRuns) else config
    # Who sets a limit to waiting does not wait for a calibration that nothing depends on.
    ask_about_windows(first, device_of(first.backend)[0] if timeout is None else None)
    if isinstance(config, SeveralRuns):
        if compare_with_twin:
            raise click.UsageError(f"--compare-with-twin is for one run; this is a {config.kind}")
        end_by_verdict(run_and_watch(config, timeout), fail_on)
        return
    with watched() as observer:
        done = pipeline.run(config, observer, timeout=timeout, with_twin=compare_with_twin)
    observer.finished(done, every=every)
    end_by_verdict(done.experiments, fail_on)


@click.command()
@FILE
@changes
def check(
    file: Path,
    backend: str | None,
    shots: int | None,
    overrides: tuple[str, ...],
    only: tuple[str, ...],
    qubits: str | None,
) -> None:
    """Rehearse FILE on made-up counts without running anything, and say what is odd about it and its device."""
    from oqtopus_experiments.errors import BackendError
    from oqtopus_experiments.execution._driven import notes as drive_notes
    from oqtopus_experiments.execution._prospect import device_of
    from oqtopus_experiments.execution._second_look import check_qubits
    from oqtopus_experiments.plugins import _backend_calls as backend_calls
    from oqtopus_experiments.runfile._config import SeveralRuns

    found = load_any(file, backend, shots, overrides, only, qubits)
    configs = [member.config for member in found.members] if isinstance(found, SeveralRuns) else [found]
    config = configs[0]
    device, unanswered = device_of(config.backend)
    check_qubits(config, device)
    told = _rehearsed(_different(configs))
    count = len(config.experiments)
    what = f"; {found.told}" if isinstance(found, SeveralRuns) else ""
    say(f"{file} is fine: {count} experiment{'s' * (count > 1)} on {config.backend.name}{what}")
    for line in told:
        say(line)
    try:
        # Who has not answered one question is not waited for with the next.
        notes = (unanswered,) if unanswered else (*drive_notes(config), *backend_calls.notes(config.backend))
    except BackendError as error:
        notes = (f"its device was not asked: {error}",)
    for note in notes:
        say(f"{config.backend.name}: {note}", err=True)
    ask_about_windows(config, device)


def ask_about_windows(config: RunConfig, device: DeviceInfo | None) -> None:
    """Say what a second look at the windows of a run makes one ask, given what is known of its device."""
    from oqtopus_experiments.execution._second_look import questions

    for question in questions(config, device):
        say(question, err=True)


def _different(configs: Sequence[RunConfig]) -> list[ConfiguredExperiment]:
    """Return the experiments of some runs, those that are the same in several once."""
    found = {str(entry.recorded().to_json()): entry for config in configs for entry in config.experiments}
    return list(found.values())


def _rehearsed(experiments: Sequence[ConfiguredExperiment]) -> list[str]:
    """
    Return a line about the rehearsal of each experiment, and one for each note.

    Raises:
        PluginFault: When some cannot be run as they are; why is said first, of each of them.
    """
    from oqtopus_experiments.errors import AnalysisError, PluginFault
    from oqtopus_experiments.execution._rehearsal import rehearse

    lines: list[str] = []
    faults: list[AnalysisError | PluginFault] = []
    for entry in experiments:
        try:
            done = rehearse(entry.experiment, entry.analyzer)
        except (AnalysisError, PluginFault) as error:
            say(f"{entry.label}: {error}", err=True)
            faults.append(error)
        else:
            lines += [f"{entry.label}: {done}", *(f"{entry.label}: note: {note}" for note in done.notes)]
    if faults:
        message = f"{len(faults)} of {len(experiments)} experiments cannot be run as they are"
        raise PluginFault(message) from faults[0]
    return lines
