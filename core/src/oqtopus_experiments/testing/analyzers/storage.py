"""What a run folder keeps of an analysis is all of it; and the options of an analyzer come back from its file."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

import attrs

from oqtopus_experiments.contracts.analysis import Analysis
from oqtopus_experiments.contracts.subject import AnalyzerSubject
from oqtopus_experiments.plugins._options import construct
from oqtopus_experiments.reporting._arrays import array_frame, has_arrays
from oqtopus_experiments.reporting._table import to_frame
from oqtopus_experiments.storage._analysis_json import converter, read_analyses, write_analyses
from oqtopus_experiments.support._directory import Directory
from oqtopus_experiments.support._plain import plain
from oqtopus_experiments.testing.analyzers.answers import answers, told
from oqtopus_experiments.testing.analyzers.data import source_of
from oqtopus_experiments.testing.analyzers.poor_data import TARGETS, answers_to_poor_data
from oqtopus_experiments.testing.check import NotApplicable, NotConforming

CURVES = ("fitted", "curves", "panels")
"""What stands in a file of its own."""


def results_survive_the_run_folder(subject: AnalyzerSubject) -> None:
    """Numbers, arrays, verdicts and figures come back from the files of a run to the last bit, of poor data too."""
    source = source_of(subject)
    good = source.dataset(TARGETS, subject.shots, 24)
    told_of_good = ("good data", good, answers(subject, source.on(TARGETS), good))
    for what, dataset, analyses in (told_of_good, *answers_to_poor_data(subject, source)):
        with tempfile.TemporaryDirectory() as folder:
            directory = Directory(Path(folder))
            write_analyses(directory, {"use": subject.analyzer.name, "options": {}}, analyses)
            stored = read_analyses(directory)
            drawn = read_analyses(directory, curves=True)
        if stored is None or [_numbers(one) for one in analyses] != [_numbers(one) for one in stored.analyses]:
            message = f"the analysis of {what} comes back from its file as another"
            raise NotConforming(message)
        if drawn is None or list(map(_drawn, drawn.analyses)) != list(map(_drawn, analyses)):
            message = f"curves or panels of {what} come back from their file as others"
            raise NotConforming(message)
        to_frame(dataset, analyses)
        if has_arrays(analyses):
            array_frame(analyses)


def its_options_survive_the_run_folder(subject: AnalyzerSubject) -> None:
    """An analyzer that is made of the options in a run folder equals the one that was used."""
    options = attrs.asdict(subject.analyzer)
    if not options:
        message = "it has no options"
        raise NotApplicable(message)
    made = construct(type(subject.analyzer), json.loads(json.dumps(plain(options))))
    if made != subject.analyzer:
        message = f"its options {options} come back from a run folder as {made!r}"
        raise NotConforming(message)


def _numbers(analysis: Analysis) -> dict[str, object]:
    return {name: value for name, value in json.loads(told(analysis)).items() if name not in CURVES}


def _drawn(analysis: Analysis) -> dict[str, object]:
    written = converter().unstructure(analysis)
    return {name: plain(written[name]) for name in CURVES}
