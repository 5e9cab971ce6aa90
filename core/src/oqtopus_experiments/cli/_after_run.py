"""What is said once a run has been analyzed: how many targets are good, where the report is, what to type next."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

import click

from oqtopus_experiments.cli._exit_codes import VERDICT
from oqtopus_experiments.cli._printing import console, say
from oqtopus_experiments.cli._run_argument import RUNS
from oqtopus_experiments.contracts.verdict import LEVELS, Level, ReasonCode

if TYPE_CHECKING:
    from oqtopus_experiments.contracts.analyzed import AnalyzedExperiment

Command: TypeAlias = Callable[..., Any]
_PLANNED = frozenset({
    ReasonCode.WINDOW_TOO_SHORT, ReasonCode.WINDOW_TOO_LONG, ReasonCode.UNDERSAMPLED, ReasonCode.TOO_FEW_POINTS,
    ReasonCode.FEW_SHOTS, ReasonCode.UNDETERMINED,
})  # fmt: skip
"""Codes that other points or more shots answer."""


def fail_on(command: Command) -> Command:
    """Add the option by which verdicts decide about the exit code."""
    return click.option(
        "--fail-on",
        type=click.Choice(["bad", "suspect"]),
        help=f"End with exit code {VERDICT} when a target is bad, or suspect or bad.",
    )(command)


def shows_all(what: str) -> Callable[[Command], Command]:
    """Return a decorator that adds the option which shows all of many; what these are is its help."""
    return click.option("--all", "every", is_flag=True, help=what)


every = shows_all("Show every target, also of many.")


def print_outcome(experiments: Sequence[AnalyzedExperiment], folder: Path | None, *, every: bool = False) -> None:
    """
    Print the table, how many targets are good, where everything is, and the commands that make sense now.

    Args:
        experiments: What became of each.
        folder: Where they are; None where nothing was written.
        every: Whether to show every target.
    """
    from oqtopus_experiments.cli._results import print_arrays, print_results

    hidden = print_results([(one.label, analysis) for one in experiments for analysis in one.analyses], every=every)
    print_arrays(experiments)
    counts = counts_of(experiments)
    if sum(counts.values()):
        print_counts(counts)
    if folder is None:
        return
    say(f"run folder: {folder}")
    if (report := folder / "report.html").is_file():
        say(f"report: {report}")
    for why, command in next_steps(folder, experiments, hidden):
        say(f"{why}: {command}")


def counts_of(experiments: Sequence[AnalyzedExperiment]) -> dict[Level, int]:
    """Return how many targets of all experiments have each verdict."""
    from oqtopus_experiments.reporting._summary_of import count

    return count(analysis for one in experiments for analysis in one.analyses)


def print_counts(counts: dict[Level, int]) -> None:
    """Print ``4 good, 0 suspect, 0 bad``, in the colours of the verdicts that there are."""
    from rich.text import Text

    from oqtopus_experiments.cli._tables import COLORS

    words = [Text(f"{counts[level]} {level}", style=COLORS[level] if counts[level] else "") for level in LEVELS]
    console().print(Text(", ").join(words), soft_wrap=True)


def next_steps(folder: Path, experiments: Sequence[AnalyzedExperiment], hidden: int) -> list[tuple[str, str]]:
    """
    Return what a person may want now, each with the command for it.

    Args:
        folder: The run folder.
        experiments: What became of each.
        hidden: How many targets the table left out.
    """
    named = shlex.quote(str(folder))
    steps = []
    if hidden:
        steps.append((f"the other {hidden} targets", f"oqx results {_short(folder)} --all"))
    doubtful = [one for experiment in experiments for one in experiment.analyses if one.verdict.level != "good"]
    planned = [one for one in doubtful if one.quantities and one.verdict.to_act_on[0].code in _PLANNED]
    if planned:
        names = dict.fromkeys(one.quantities[0].name for one in planned)
        asked = " ".join(f"--precision {shlex.quote(name)}=2%" for name in names)
        steps.append(("points and shots that would do", f"oqx plan {named} {asked}"))
    again = {one.verdict.level for one in doubtful if one.verdict.to_act_on[0].code != ReasonCode.MISSING_POINTS}
    if "bad" in again:  # what is only missing is sent again instead
        steps.append(("the bad ones once more", f"oqx run {named} --only bad"))
    elif again:
        steps.append(("the same once more", f"oqx run {named}"))
    before = sorted(one for one in folder.parent.glob("*/run.json") if _alike(one.parent.name, folder.name))
    if before:
        steps.append(("against the run before", f"oqx compare {_short(before[-1].parent)} {_short(folder)}"))
    return steps


def _short(folder: Path) -> str:
    """Return how a command names a run: by how its name ends, where that is enough, else by its path."""
    end = folder.name.rpartition("-")[2]
    here = folder.parent == RUNS and end.isalnum() and len(list(RUNS.glob(f"*{end}"))) == 1
    return end if here else shlex.quote(str(folder))


def _alike(name: str, other: str) -> bool:
    """Whether a folder is an earlier run of the same name: all but time and random end are equal."""
    parts, others = name.split("-"), other.split("-")
    return name < other and len(parts) > 3 and parts[2:-1] == others[2:-1]


def end_by_verdict(experiments: Sequence[AnalyzedExperiment], worst: str | None) -> None:
    """
    End the command with its own exit code when verdicts are as bad as that.

    Raises:
        Exit: With `VERDICT`.
    """
    if worst is None:
        return
    counts = counts_of(experiments)
    found = [level for level in LEVELS[LEVELS.index(worst) :] if counts[level]]
    if found:
        say(f"--fail-on {worst}: {', '.join(f'{counts[level]} {level}' for level in found)}", err=True)
        raise click.exceptions.Exit(VERDICT)
