"""Which of many differences between alone and together are real."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import ClassVar

import attrs
import numpy as np
from attrs import frozen
from numpy.typing import NDArray

from oqtopus_experiments import (
    Analysis,
    AnalysisError,
    Analyzer,
    Dataset,
    Declaration,
    Estimates,
    Execution,
    Quantity,
    Reason,
    Verdict,
    sweep_panels,
)
from oqtopus_experiments_rb._simultaneous import TOGETHER, AloneAndTogether, SimultaneousRandomizedBenchmarking

# The chance that any target at all is called driven by others when none is.
FAMILY = 0.01


@frozen(kw_only=True)
class Crosstalk(Analyzer):
    """The fit of `curvefit` to each target alone and together, and which of all differences are more than chance."""

    name: ClassVar[str] = "crosstalk"

    def analyze(self, experiment: Declaration, dataset: Dataset) -> Sequence[Analysis]:
        """
        Return one analysis per target.

        Raises:
            AnalysisError: For another experiment than simultaneous benchmarking.
        """
        if not isinstance(experiment, SimultaneousRandomizedBenchmarking):
            message = f"the analyzer {self.name!r} is for simultaneous_rb, not {experiment.name!r}; try curvefit"
            raise AnalysisError(message)
        found = [_of_target(experiment, dataset, number) for number in range(len(dataset.targets))]
        chances = adjusted([_chance(one.quantities[0]) for one in found])
        return [_with_reason(one, chance, len(found)) for one, chance in zip(found, chances, strict=True)]


def _of_target(experiment: SimultaneousRandomizedBenchmarking, dataset: Dataset, number: int) -> Analysis:
    from oqtopus_experiments_curvefit import CurveFit

    target = dataset.targets[number]
    part = AloneAndTogether(whole=experiment, targets=(target,))
    kinds = dataset.sweep.grid()["kind"]
    columns = np.concatenate(
        [np.flatnonzero(kinds == kind) for kind in (f"turn {experiment.turn_of(target)}", TOGETHER)]
    )
    own = Dataset(
        sweep=part.sweep(),
        targets=(target,),
        signal_label=dataset.signal_label,
        points=_chosen(dataset.points, number, columns),
        references=_chosen(dataset.references, number, np.zeros(0, dtype=np.intp)),
        execution=Execution(dataset.positions[columns], dataset.times[columns]),
    )
    (analysis,) = CurveFit().analyze(part, own)
    # Curves and model are those of a part of the sweep, so that figures come with the analysis.
    return attrs.evolve(analysis, panels=sweep_panels(own, 0, analysis), fitted=None, curves=(), axes=())


def _chosen(points: Estimates, number: int, columns: NDArray[np.intp]) -> Estimates:
    at = np.ix_(np.array([number]), columns)
    return Estimates(points.mean[at], points.stderr[at], points.shots[at], points.low[at], points.high[at])


def _chance(difference: Quantity) -> float:
    """Return how likely a difference as large as this is by chance, in either direction; NaN where it is not known."""
    if not (difference.is_known and difference.stderr > 0):
        return math.nan
    return math.erfc(abs(difference.value) / difference.stderr / math.sqrt(2))


def adjusted(chances: Sequence[float]) -> list[float]:
    """
    Return chances that hold for the whole family: a target is told from chance where its own is small (Holm 1979).

    The smallest counts times all of them, the next times all but one, and none less than those before it.
    """
    known = [number for number, chance in enumerate(chances) if math.isfinite(chance)]
    found, largest = list(chances), 0.0
    for rank, number in enumerate(sorted(known, key=lambda number: chances[number])):
        largest = max(largest, min(1.0, (len(known) - rank) * chances[number]))
        found[number] = largest
    return found


def _with_reason(analysis: Analysis, chance: float, family: int) -> Analysis:
    if not math.isfinite(chance):
        return analysis
    among = f"among {family} targets" if family > 1 else "of one target"
    if chance < FAMILY:
        reason = Reason("crosstalk_found", f"a difference like this is chance in {chance:.1g} of cases {among}", "good")
    else:
        reason = Reason("crosstalk_not_found", f"the difference is no more than chance gives {among}", "good")
    return attrs.evolve(analysis, verdict=Verdict([*analysis.verdict.reasons, reason]))
