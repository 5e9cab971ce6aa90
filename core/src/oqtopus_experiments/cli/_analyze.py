"""``oqx analyze``: the numbers of a run again from its counts, or those of counts that were taken elsewhere."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click
from attrs import field, frozen

from oqtopus_experiments.cli import _names as names
from oqtopus_experiments.cli._after_run import end_by_verdict, every, fail_on, print_outcome
from oqtopus_experiments.cli._printing import say
from oqtopus_experiments.cli._run_argument import RUN_MEANS, run_folder

if TYPE_CHECKING:
    from concurrent.futures import Executor

    from oqtopus_experiments.contracts.analyzed import AnalyzedExperiment
    from oqtopus_experiments.contracts.experiment import Declaration
    from oqtopus_experiments.execution._result import ExperimentResult
    from oqtopus_experiments.storage._parent import ParentFolder

_FOLDER = click.Path(path_type=Path, file_okay=False, readable=False)


@click.command(epilog=RUN_MEANS)
@click.argument("source", metavar="RUN", shell_complete=names.run_names)
@click.option("--analyzer", metavar="NAME", help="Another analyzer than the run was configured with.",
              shell_complete=names.installed("analyzer"))  # fmt: skip
@click.option("--print-only", is_flag=True, help="Print the numbers and leave the folder as it is, or make none.")
@click.option("--as", "use", metavar="EXPERIMENT", help="RUN is a CSV file of counts of this experiment.",
              shell_complete=names.installed("experiment"))  # fmt: skip
@click.option(
    "--set", "settings", multiple=True, metavar="PATH=VALUE",
    help="Of a run: t1.fit.fixed.offset=0, t1.analyzer.OPTION=VALUE, executor.OPTION=VALUE; of counts: a parameter.",
)  # fmt: skip
@click.option("--executor", metavar="NAME", help="Where pieces of the targets are analyzed; see `oqx list`.",
              shell_complete=names.installed("executor"))  # fmt: skip
@click.option("--name", metavar="LABEL", help="Its name in the run folder.")
@click.option("--runs", type=_FOLDER, default=Path("runs"), help="Folder for run folders (default: runs).")
@click.option("--device", default="", metavar="NAME", help="What was measured; histories are kept apart by it.")
@click.option(
    "--first-bit", type=click.Choice(["right", "left"]), default="right", help="Where bit 0 of an outcome is."
)
@fail_on
@every
def analyze(
    source: str,
    analyzer: str | None,
    print_only: bool,
    use: str | None,
    settings: tuple[str, ...],
    executor: str | None,
    name: str | None,
    runs: Path,
    device: str,
    first_bit: str,
    every: bool,
    fail_on: str | None,
) -> None:
    """
    Analyze the counts in the folder RUN again, and write tables, figures and report anew.

    Needs the plugins of its experiments, not that of its backend; a folder may have been copied from anywhere. A
    folder that another process works on, or that cannot be written, is left as it is: the numbers of what has arrived
    are printed.

    With --executor the targets are analyzed in pieces, in the workers of an executor (`oqx list` has their names);
    --set executor.OPTION=VALUE sets an option of it. The numbers are those without it.

    With --as, RUN is a CSV file of counts that were taken elsewhere: a column for each axis of the experiment, and
    target, outcome, count. A run folder is made of them, in which no backend has a part.
    """
    if use is not None:
        if executor is not None:
            raise click.UsageError("--executor is for runs; analyze the run that is made of the counts again with it")
        from oqtopus_experiments.execution._import import result_from

        file, kept = Path(source), None if print_only else runs
        experiment = _experiment(file, use, settings)
        result, folder = result_from(
            experiment, file, name=name, runs=kept, first_bit=first_bit, device=device, analyzer=analyzer
        )
        imported = [_imported(result, analyzer)]
        _print(imported, folder, every=every)
        end_by_verdict(imported, fail_on)
        return
    if Path(source).is_file() and Path(source).suffix != ".toml":
        raise click.UsageError(f"{source} is a file; say of which experiment its counts are: --as t1")
    if name is not None or device:
        raise click.UsageError("--name and --device are for counts taken elsewhere, with --as")
    run = run_folder(source)
    with _workers(executor, settings) as (workers, others):
        how = _How(analyzer, others, workers, print_only=print_only, every=every)
        found = _analyze_folder(run, how)
    end_by_verdict(found, fail_on)


@frozen(eq=False)
class _How:
    """How runs are analyzed, as the command line says."""

    analyzer: str | None
    settings: Sequence[str]
    executor: Executor | None
    print_only: bool = field(kw_only=True)
    every: bool = field(kw_only=True)


@contextlib.contextmanager
def _workers(executor: str | None, settings: Sequence[str]) -> Iterator[tuple[Executor | None, Sequence[str]]]:
    """Yield the executor of a name, opened, and the settings that are not options of it."""
    own = [setting for setting in settings if setting.startswith("executor.")]
    if executor is None:
        if own:
            message = f"--set {own[0]} is an option of an executor, and none is named: add --executor NAME"
            raise click.UsageError(message)
        yield None, settings
        return
    from oqtopus_experiments.execution._executors import opened
    from oqtopus_experiments.support._toml_lines import TomlSource

    source = TomlSource.of(Path("--set"), {"executor": {}}, own)
    with opened(executor, source.data["executor"]) as workers:
        yield workers, [setting for setting in settings if setting not in own]


def _experiment(file: Path, use: str, settings: Sequence[str]) -> Declaration:
    """
    Return an experiment with parameters as a run file would name them.

    Raises:
        ConfigError: For a parameter that it does not have, or refuses.
        PluginError: When there is no such experiment.
    """
    from oqtopus_experiments.plugins._options import construct
    from oqtopus_experiments.plugins._registry import registry
    from oqtopus_experiments.support._toml_lines import TomlSource

    made: Declaration = construct(registry().get("experiment", use), TomlSource.of(file, {}, settings).data)
    return made


def _imported(result: ExperimentResult, analyzer: str | None) -> AnalyzedExperiment:
    from oqtopus_experiments.execution._analyzing import analyzed

    return analyzed(result.label, partial(result.analyses, analyzer), result.notes)


def _analyze_folder(run: Path, how: _How) -> Sequence[AnalyzedExperiment]:
    from oqtopus_experiments.execution._reanalysis import reanalyze
    from oqtopus_experiments.storage._parent import ParentFolder

    if (parent := ParentFolder.open(run)) is not None:
        return _analyze_several(parent, how)
    done = reanalyze(run, how.analyzer, settings=how.settings, write=not how.print_only, executor=how.executor)
    if done.left_alone:
        say(f"{done.left_alone}; the folder is left as it is, only the numbers are printed", err=True)
    _print(done.experiments, None if how.print_only or done.left_alone else done.path, every=how.every)
    return done.experiments


def _analyze_several(parent: ParentFolder, how: _How) -> Sequence[AnalyzedExperiment]:
    """Analyze each of several runs, and compare them anew."""
    from oqtopus_experiments.cli._several import print_siblings
    from oqtopus_experiments.execution._parent_outputs import write_parent

    found: list[AnalyzedExperiment] = []
    for member in parent.begun():
        say(member.folder, bold=True)
        found += _analyze_folder(parent.member(member), how)
    if not how.print_only:
        write_parent(parent)
        print_siblings(parent.path)
    return found


def _print(experiments: Sequence[AnalyzedExperiment], folder: Path | None, *, every: bool) -> None:
    """
    Print what experiments came to.

    Raises:
        AnalysisError: When one has no analysis; the others are printed.
    """
    from oqtopus_experiments.errors import AnalysisError

    for one in experiments:
        for note in one.notes:
            say(f"{one.label}: {note}")
    print_outcome(experiments, folder, every=every)
    if problems := [f"{one.label}: {one.problem}" for one in experiments if one.problem]:
        raise AnalysisError("; ".join(problems))
