"""What the page says of a target and of an experiment in one sentence: captions, and texts in place of pictures."""

from __future__ import annotations

from collections.abc import Sequence

from oqtopus_experiments.contracts.analysis import Analysis
from oqtopus_experiments.contracts.targets import label
from oqtopus_experiments.reporting._summary_of import counted, summary_of
from oqtopus_experiments.reporting._written import equation

SINGLY = 6
"""Of so many targets each is told in a sentence; of more what is typical, and which are the worst."""


def who(analysis: Analysis) -> str:
    """Return ``qubit 0``, or ``qubits 0-1``."""
    return f"{'qubits' if len(analysis.target) > 1 else 'qubit'} {label(analysis.target)}"


def result(analysis: Analysis) -> str:
    """Return the headline of a target: ``T₁ = 24.9(4) µs``; empty where nothing was measured as a number."""
    first = next(iter(analysis.quantities), None)
    return "" if first is None else equation(first)


def caption(analysis: Analysis) -> str:
    """Return ``qubit 0: T₁ = 24.9(4) µs,``, behind which the verdict stands."""
    return ": ".join(filter(None, [who(analysis), result(analysis)]))


def sentence(analysis: Analysis) -> str:
    """Return ``qubit 0: T₁ = 24.9(4) µs, good``."""
    return f"{caption(analysis)}, {analysis.verdict.level}"


def in_place_of(experiment: str, analyses: Sequence[Analysis], problem: str = "") -> str:
    """Return what a picture of an experiment shows, for who does not see it: its result."""
    if not analyses:
        return f"{experiment}: points without a result" + (f", because {problem}" if problem else "")
    if len(analyses) <= SINGLY:
        return f"{experiment}: {'; '.join(map(sentence, analyses))}"
    found = summary_of(analyses)
    typical = f"; median {found.typical.name} of the good {found.typical}" if found.typical else ""
    worst = f"; worst: {'; '.join(map(sentence, found.worst))}" if found.worst else ""
    return f"{experiment}: {len(analyses)} targets, {counted(found.counts)}{typical}{worst}"
