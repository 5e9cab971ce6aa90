"""What an analyzer calls its numbers and its findings: programs look for these names."""

from __future__ import annotations

import re

from oqtopus_experiments.contracts.analysis import Analysis
from oqtopus_experiments.contracts.subject import AnalyzerSubject
from oqtopus_experiments.testing.analyzers.answers import answers
from oqtopus_experiments.testing.analyzers.data import source_of
from oqtopus_experiments.testing.analyzers.poor_data import TARGETS, answers_to_poor_data
from oqtopus_experiments.testing.check import NotConforming

CODE = re.compile(r"[a-z][a-z0-9_]*")


def a_number_keeps_its_name_and_its_unit(subject: AnalyzerSubject) -> None:
    """Quantities, arrays and their units are the same for all targets and of all data, poor data too."""
    source = source_of(subject)
    experiment = source.on(TARGETS)
    good = answers(subject, experiment, source.dataset(TARGETS, subject.shots, 21))
    many = answers(subject, experiment, source.dataset(TARGETS, 100 * subject.shots, 22))
    due = _declared(good[0])
    for what, analyses in (("good data", good), ("a hundred times the shots", many)):
        for analysis in analyses:
            if _declared(analysis) != due:
                message = f"of {what} it gives {_declared(analysis)}, and {due} of others: a column has one unit"
                raise NotConforming(message)
    # Where data are poor an array may be left out, a number not: its column would be empty without a reason.
    for what, _, analyses in answers_to_poor_data(subject, source):
        for analysis in analyses:
            found = [(quantity.name, quantity.unit) for quantity in analysis.quantities]
            if found != due[0]:
                message = f"of data with {what} its quantities are {found}, and {due[0]} of good ones"
                raise NotConforming(message)


def reasons_have_codes_and_sentences(subject: AnalyzerSubject) -> None:
    """Every reason has a code for programs, lower case without numbers that vary, and a sentence for people."""
    source = source_of(subject)
    good = answers(subject, source.on(TARGETS), source.dataset(TARGETS, subject.shots, 23))
    said = [("good data", good), *((what, found) for what, _, found in answers_to_poor_data(subject, source))]
    for what, analyses in said:
        for reason in (reason for one in analyses for reason in one.verdict.reasons):
            if not CODE.fullmatch(reason.code):
                message = f"of {what} a reason has the code {reason.code!r}: write it as in 'no_signal'"
                raise NotConforming(message)
            if len(reason.message.split()) < 2:
                message = f"of {what} the reason {reason.code!r} says {reason.message!r}: tell people what was found"
                raise NotConforming(message)


def _declared(analysis: Analysis) -> tuple[list[tuple[str, str]], list[tuple[str, str, tuple[str, ...]]]]:
    numbers = [(quantity.name, quantity.unit) for quantity in analysis.quantities]
    return numbers, [(one.name, one.unit, tuple(d.name for d in one.dimensions)) for one in analysis.arrays]
