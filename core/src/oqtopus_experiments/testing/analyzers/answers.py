"""What an analyzer says of a data set, as arrays over the targets; and whether two answers are the same."""

from __future__ import annotations

import json
from collections.abc import Sequence

import numpy as np
from attrs import field, frozen
from numpy.typing import NDArray

from oqtopus_experiments.contracts.analysis import Analysis
from oqtopus_experiments.contracts.dataset import Dataset
from oqtopus_experiments.contracts.experiment import Declaration
from oqtopus_experiments.contracts.subject import AnalyzerSubject
from oqtopus_experiments.errors import AnalysisError
from oqtopus_experiments.plugins._analyzer_calls import analyses_of
from oqtopus_experiments.storage._analysis_json import converter
from oqtopus_experiments.support._plain import plain
from oqtopus_experiments.testing.check import NotApplicable, NotConforming

SAME = 1e-3
"""Parts of an error bar by which a number may move where only the order of sums is another."""


@frozen(eq=False)
class Numbers:
    """
    One quantity or array of all targets.

    Args:
        name: Of the quantity, or of the array and its part.
        value: Shape (targets,) or (targets, elements); NaN where it is not known.
        stderr: Likewise.
    """

    name: str
    value: NDArray[np.float64] = field(repr=False)
    stderr: NDArray[np.float64] = field(repr=False)

    @property
    def known(self) -> NDArray[np.bool_]:
        """Of which targets there is a number with an error."""
        return np.isfinite(self.value) & np.isfinite(self.stderr)


def answers(subject: AnalyzerSubject, experiment: Declaration, dataset: Dataset) -> tuple[Analysis, ...]:
    """
    Return what the analyzer says of good data.

    Raises:
        NotApplicable: When it does not go with our own experiment.
        NotConforming: When it does not go with the experiment of its subject.
    """
    try:
        return analyses_of(subject.analyzer, experiment, dataset)
    except AnalysisError as error:
        if subject.experiment is None:
            message = f"it cannot be applied to a decay of our own ({error}): give the subject an `experiment`"
            raise NotApplicable(message) from error
        message = f"it cannot be applied to the experiment of its subject, {experiment.name!r}: {error}"
        raise NotConforming(message) from error


def told(analysis: Analysis) -> str:
    """Return all that an analysis says as a text, every number to its last bit."""
    return json.dumps(plain(converter().unstructure(analysis)))


def quantities(analyses: Sequence[Analysis]) -> list[Numbers]:
    """Return the quantities of all targets, each as arrays."""
    return [
        Numbers(
            one.name,
            np.array([analysis[one.name].value for analysis in analyses]),
            np.array([analysis[one.name].stderr for analysis in analyses]),
        )
        for one in analyses[0].quantities
    ]


def arrays(analyses: Sequence[Analysis]) -> list[Numbers]:
    """Return the arrays of all targets, of complex ones both parts, each of shape (targets, elements)."""
    found = []
    for array in analyses[0].arrays:
        parts = [analysis.array(array.name).parts() for analysis in analyses]
        for number, (name, _, _) in enumerate(array.parts()):
            value = np.array([part[number][1].ravel() for part in parts])
            found.append(Numbers(name, value, np.array([part[number][2].ravel() for part in parts])))
    return found


def difference(one: Analysis, other: Analysis) -> str:
    """Return in what two answers differ, beyond the rounding of sums in another order; empty where they agree."""
    pairs = zip(quantities([one]) + _by_labels(one), quantities([other]) + _by_labels(other), strict=False)
    if len(one.quantities) != len(other.quantities) or len(one.arrays) != len(other.arrays):
        return "they have other quantities or arrays"
    for first, second in pairs:
        if first.name != second.name:
            return f"{first.name} stands where {second.name} does"
        if not _agree(first, second):
            return (
                f"{first.name} is {first.value[0]:.6g} ± {first.stderr[0]:.2g} in one and {second.value[0]:.6g} ± "
                f"{second.stderr[0]:.2g} in the other"
            )
    if one.verdict.level != other.verdict.level:
        return f"one is {one.verdict}; the other is {other.verdict}"
    return ""


def _by_labels(analysis: Analysis) -> list[Numbers]:
    """Return the elements of all arrays in the order of their labels, whatever the order of their dimensions."""
    found = []
    for array in analysis.arrays:
        for row in array.rows():
            place = ", ".join(f"{dimension.name} = {row[dimension.name]}" for dimension in array.dimensions)
            for part in ("value", "imaginary") if array.is_complex else ("value",):
                error = row["stderr" if part == "value" else f"{part}_stderr"]
                found.append(Numbers(f"{array.name} at {place} ({part})", np.array([row[part]]), np.array([error])))
    return sorted(found, key=lambda one: one.name)


def _agree(one: Numbers, other: Numbers) -> bool:
    if (one.known != other.known).any():
        return False
    if not one.known.any():
        return True
    shift, scale = abs(one.value - other.value)[0], one.stderr[0] + 1e-9 * abs(one.value[0])
    return bool(shift <= SAME * scale + 1e-15 and abs(one.stderr - other.stderr)[0] <= 10 * SAME * scale + 1e-15)
