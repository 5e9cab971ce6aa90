"""
Whether qubits are read independently of each other, tested for all pairs at once; pure.

Two things can go wrong. The *crosstalk* of a neighbour: a qubit that is prepared in v is read wrongly more often when
its neighbour is in 1 than when it is in 0. *Correlation*: in the same shot both are wrong more or less often than
chance has it. Rates are compared by their arcsines, whose error does not depend on the rate, and rare coincidences by
the roots of their numbers; so small numbers of errors do not look like much. A finding is what chance shows in
one of a thousand data sets, over all pairs that were tested.
"""

from __future__ import annotations

import math
from statistics import NormalDist

import numpy as np
from attrs import frozen
from numpy.typing import NDArray

from oqtopus_experiments_readout._tallies import Array, Shots

CHANCE = 1e-3
"""Of a finding anywhere, where there is nothing."""


@frozen(eq=False)
class Pairs:
    """
    What is known of each pair of qubits, shape (qubits, qubits) each.

    Args:
        crosstalk: How much more often the first is wrong when the second is in 1; the larger of its two states.
        depends: Significance of that, standard errors.
        correlation: Of being wrong in the same shot, beyond what the prepared states make of it: -1 to 1.
        correlation_stderr: Its standard error.
        together: Significance of the correlation, standard errors.
        tests: How many significances there are in all.
    """

    crosstalk: Array
    depends: Array
    correlation: Array
    correlation_stderr: Array
    together: Array
    tests: int

    def findings(self, significance: Array) -> NDArray[np.bool_]:
        """Return where a significance is no chance, given how many were looked at."""
        limit = -NormalDist().inv_cdf(CHANCE / max(1, self.tests) / 2)
        found: NDArray[np.bool_] = np.abs(np.nan_to_num(significance)) > limit
        return found


def pairs(shots: Shots) -> Pairs:
    """Test all pairs of qubits that were read together."""
    number, wrong, both = shots.number, shots.wrong(), shots.both_wrong()
    one = shots.prepared.astype(float)
    qubits = one.shape[1]
    sides = (1 - one, one)
    excess, depends = np.zeros((qubits, qubits)), np.zeros((qubits, qubits))
    expected, variance = np.zeros((qubits, qubits)), np.zeros((qubits, qubits))
    for own in sides:  # the state of the first
        trials = [(own * number[:, None]).T @ other for other in sides]
        errors = [(own * wrong).T @ other for other in sides]
        rates = [_rate(k, n) for k, n in zip(errors, trials, strict=True)]
        z = _difference_of_rates(errors[1], trials[1], errors[0], trials[0])
        larger = np.abs(z) > np.abs(depends)
        depends, excess = np.where(larger, z, depends), np.where(larger, rates[1] - rates[0], excess)
        for other, n, rate in zip(sides, trials, rates, strict=True):
            back = _rate((own.T @ (other * wrong)), n)  # of the second, where both are in these states
            expected += np.nan_to_num(n * rate * back)
            variance += np.nan_to_num(n * rate * (1 - rate) * back * (1 - back))
    observed = both.sum(axis=0)
    together = 2 * (np.sqrt(observed + 3 / 8) - np.sqrt(expected + 3 / 8))
    # Of one qubit with itself: how much it varies. Half a count more, as for fractions: no pair is known to be
    # independent because no error was seen.
    scale = np.sqrt(np.outer(*[np.diagonal(observed - expected) + 0.5] * 2))
    correlation, stderr = (observed - expected) / scale, np.sqrt(variance + 0.25) / scale
    for table, empty in ((together, 0.0), (depends, 0.0), (excess, 0.0), (correlation, math.nan), (stderr, math.nan)):
        np.fill_diagonal(table, empty)
    return Pairs(excess, depends, correlation, stderr, together, 3 * qubits * (qubits - 1) // 2)


def _rate(errors: Array, trials: Array) -> Array:
    rate: Array = np.divide(errors, trials, out=np.full_like(trials, math.nan), where=trials > 0)
    return rate


def _difference_of_rates(errors: Array, trials: Array, others: Array, of: Array) -> Array:
    """Return by how many standard errors two rates differ; 0 where one of them was not seen."""
    angles = [np.arcsin(np.sqrt((k + 3 / 8) / (n + 3 / 4))) for k, n in ((errors, trials), (others, of))]
    seen = (trials > 0) & (of > 0)
    width = np.sqrt(1 / np.maximum(trials, 1) + 1 / np.maximum(of, 1)) / 2
    z: Array = np.where(seen, (angles[0] - angles[1]) / width, 0.0)
    return z


def unsteady(shots: Shots) -> Array:
    """
    Return how little one rate of errors does for all circuits that prepare the same, in standard errors, shape (n, 2).

    Of each qubit prepared in 0 and in 1: chi-square of circuits in which the whole target is in one state, as a normal
    deviate (Wilson and Hilferty). 0 where there are not two such circuits.
    """
    number, wrong, one = shots.number, shots.wrong(), shots.prepared
    deviance, freedom = np.zeros((one.shape[1], 2)), np.zeros((one.shape[1], 2))
    for state in np.unique(one, axis=0):
        own = (one == state).all(axis=1)
        n, k = number[own][:, None], wrong[own]
        rate = (k.sum(axis=0) + 0.5) / (n.sum() + 1)
        places = np.arange(len(state)), state.astype(int)
        deviance[places] += ((k - n * rate) ** 2 / (n * rate * (1 - rate) + 0.5)).sum(axis=0)
        freedom[places] += own.sum() - 1
    several = freedom > 0
    ratio, narrow = deviance[several] / freedom[several], 2 / (9 * freedom[several])
    found = np.zeros(freedom.shape)
    found[several] = (np.cbrt(ratio) - (1 - narrow)) / np.sqrt(narrow)
    return found
