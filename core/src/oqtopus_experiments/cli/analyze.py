"""``oqx analyze``: the numbers of a run again, from its counts."""

from __future__ import annotations

from pathlib import Path

import click

from oqtopus_experiments.cli.printing import say
from oqtopus_experiments.cli.run_argument import run_folder


@click.command()
@click.argument("run", type=run_folder)
@click.option("--analyzer", metavar="NAME", help="Another analyzer than the run was configured with.")
@click.option("--print-only", is_flag=True, help="Print the numbers and leave the folder as it is.")
def analyze(run: Path, analyzer: str | None, print_only: bool) -> None:
    """
    Analyze the counts in the folder RUN again, and write tables, figures and report anew.

    Needs the plugins of its experiments, not that of its backend; a folder may have been copied from anywhere.
    `latest` is the newest run in the folder runs, `latest~1` the one before.
    """
    from oqtopus_experiments.chapter import Chapter
    from oqtopus_experiments.cli.tables import print_results
    from oqtopus_experiments.errors import AnalysisError
    from oqtopus_experiments.files import finish_run, write_chapter
    from oqtopus_experiments.load import load_run
    from oqtopus_experiments.store import RunFolder

    loaded = load_run(run)
    folder = RunFolder(loaded.path)
    chapters = []
    for label, result in loaded.results.items():
        chosen = analyzer or loaded.analyzer(label)
        if print_only:
            chapters.append(Chapter(label, result, tuple(result.analyses(chosen))))
        else:
            chapters.append(write_chapter(folder, label, result, chosen))
    if not print_only:
        finish_run(folder, chapters)
    print_results([(chapter.label, analysis) for chapter in chapters for analysis in chapter.analyses])
    if not print_only:
        say(f"run folder: {folder.path}")
    problems = [f"{chapter.label}: {chapter.problem}" for chapter in chapters if chapter.problem]
    if problems:
        raise AnalysisError("; ".join(problems))
