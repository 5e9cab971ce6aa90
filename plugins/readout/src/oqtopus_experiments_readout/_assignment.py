"""The analysis of a readout: the assignment matrix of each target, its errors, and what speaks against it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import ClassVar

import numpy as np
from attrs import frozen

from oqtopus_experiments import (
    Analysis,
    AnalysisError,
    Analyzer,
    Dataset,
    Declaration,
    Dimension,
    Quantity,
    QuantityArray,
    Target,
    Verdict,
)
from oqtopus_experiments_readout._correlations import pairs
from oqtopus_experiments_readout._experiment import Readout
from oqtopus_experiments_readout._findings import Neighbours, of_target as reasons_of
from oqtopus_experiments_readout._panels import wrong_readings
from oqtopus_experiments_readout._preparation import states
from oqtopus_experiments_readout._tallies import Array, Shots, fractions, of_all, of_target

ONE_SIDED = 1.645
"""Standard errors of a one-sided bound at 95 %."""


@frozen(kw_only=True)
class Assignment(Analyzer):
    """P(read | prepared) of each target with multinomial errors; all pairs of qubits tested for independence."""

    name: ClassVar[str] = "assignment"
    reads_counts: ClassVar[bool] = True

    def analyze(self, experiment: Declaration, dataset: Dataset) -> Sequence[Analysis]:
        """Return the matrix of each target, its fidelity, and whether qubits were read independently."""
        if not isinstance(experiment, Readout):
            message = (
                f"the analyzer {self.name!r} is that of 'readout'; {experiment.name!r} does not say what it prepares"
            )
            raise AnalysisError(message)
        points = dataset.sweep.points()
        prepared = [[experiment.prepared(target=target, **point) for point in points] for target in dataset.targets]
        everything = of_all(dataset, prepared)
        qubits = [qubit for target in dataset.targets for qubit in target]
        neighbours = Neighbours(None if everything is None else pairs(everything), qubits)
        return [
            _analysis(of_target(dataset, index, own), target, len(points), neighbours)
            for index, (own, target) in enumerate(zip(prepared, dataset.targets, strict=True))
        ]


def _analysis(shots: Shots, target: Target, points: int, neighbours: Neighbours) -> Analysis:
    labels, qubits = states(len(target)), tuple(map(str, target))
    number = shots.matrix()
    matrix, stderr = fractions(number, number.sum(axis=0))
    errors, uncertain = fractions(*shots.wrong_by_state())
    arrays = [
        QuantityArray("assignment_matrix", matrix, stderr, (Dimension("read", labels), Dimension("prepared", labels)))
    ]
    if len(target) > 1:
        tested = pairs(shots)
        states_of_each = (Dimension("qubit", qubits), Dimension("state", ("0", "1")))
        between = (Dimension("qubit", qubits), Dimension("other", qubits))
        arrays += [
            QuantityArray("readout_errors", errors, uncertain, states_of_each),
            QuantityArray("error_correlation", tested.correlation, tested.correlation_stderr, between),
        ]
    fidelity = float(matrix.diagonal().mean())
    error = float(np.sqrt((stderr.diagonal() ** 2).sum()) / len(labels))
    quantities = [Quantity("assignment_fidelity", fidelity, error, symbol="F")]
    if len(target) == 1:
        quantities += [Quantity(f"readout_error_{s}", float(errors[0, s]), float(uncertain[0, s])) for s in (0, 1)]
        quantities.append(thermal_population(errors[0], uncertain[0]))
    found = reasons_of(shots, errors, uncertain, quantities[0], points)
    verdict = Verdict([*found, *neighbours.reasons(target)])
    panels = [wrong_readings(shots, target)]
    return Analysis(target, quantities, verdict, arrays=arrays, panels=panels)


def thermal_population(errors: Array, stderr: Array) -> Quantity:
    """
    Return the bound on how often a qubit was excited before anything was done to it.

    A preparation cannot be told from a readout: with a thermal population p, readout errors e0 and e1 give
    P(1|0) = (1 - p) e0 + p (1 - e1) and P(0|1) = (1 - p) e1 + p (1 - e0). So p has no value here, but it is largest
    where one of e0, e1 is zero.
    """
    low, high = np.minimum(errors + ONE_SIDED * stderr, 1.0)
    bounds = [low / (low + 1 - errors[1]), high / (high + 1 - errors[0])]
    return Quantity("thermal_population", math.nan, math.nan, at_most=float(min(bounds)))
