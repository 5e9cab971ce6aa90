"""
How likely data are in a state: counts, whose likelihood is multinomial, and mitigated probabilities, a Gaussian's.

Mitigated probabilities have left what counts can be, 0 to 1, and those of all settings share the error of one
calibration. So their likelihood is that of the normal distribution with their covariance, of shots and calibration
together: a state is not asked to follow them where the calibration may have moved them.
"""

from __future__ import annotations

import numpy as np
from attrs import frozen
from numpy.typing import NDArray

from oqtopus_experiments import OutcomeProbabilities
from oqtopus_experiments_tomography._climb import Likelihood, climbed
from oqtopus_experiments_tomography._estimates import TINY, Real, inverted, nearest, probabilities
from oqtopus_experiments_tomography._settings import Complex, projectors


@frozen(eq=False)
class Multinomial(Likelihood):
    """That of counts: `seen` is how often each outcome of each setting was read, as a part of all shots."""

    def height(self, expected: Real) -> Real:
        """Return what each outcome seen adds: its number times the logarithm of its chance."""
        found: Real = (self.seen * np.log(np.where(self.seen > 0, np.maximum(expected, TINY), 1))).sum(axis=1)
        return found

    def weights(self, expected: Real) -> Real:
        """Return how often each outcome was seen by how often it should have been."""
        found: Real = self.seen / np.maximum(expected, TINY)
        return found

    def impossible(self, expected: Real) -> NDArray[np.bool_]:
        """Return where something was seen that has no chance."""
        found: NDArray[np.bool_] = np.any((expected <= 0) & (self.seen > 0), axis=1)
        return found


@frozen(eq=False)
class Gaussian(Likelihood):
    """That of numbers which are independent and of equal variance: 1 of all shots together."""

    def height(self, expected: Real) -> Real:
        """Return half the sum of squares, below 0."""
        found: Real = -((self.seen - expected) ** 2).sum(axis=1) / 2
        return found

    def weights(self, expected: Real) -> Real:
        """Return how much more was seen than expected."""
        return self.seen - expected


def likeliest(frequencies: Real, shots: Real, qubits: int) -> Complex:
    """Return the states of maximum likelihood, shape (n, d, d), for frequencies of shape (n, settings, outcomes)."""
    total = float(shots.sum())
    seen = (frequencies * (shots / total)[:, None]).reshape(len(frequencies), -1)
    likelihood = Multinomial(seen, projectors(qubits).reshape(-1, 4**qubits))
    return climbed(likelihood, nearest(inverted(frequencies, qubits)), total)


@frozen(eq=False)
class Normal:
    """
    The likelihood of mitigated probabilities of all settings, with the covariance they have in some state.

    Args:
        whitening: Makes of them as many numbers as are free, independent and of variance 1, shape (free, all).
        shots: Of all settings together.
        qubits: How many there are.
    """

    whitening: Real
    shots: float
    qubits: int

    @classmethod
    def at(cls, measured: OutcomeProbabilities, rho: Complex) -> Normal:
        """Return it with the covariance that a state would have: the one seen is smallest where least was read."""
        qubits, settings = len(rho).bit_length() - 1, len(measured.counts)
        expected = np.maximum(read_of(rho, measured), 0)
        # Half a count more of each, as for counts.
        shots = measured.shots[:, None]
        expected = (expected * shots + 0.5) / (shots + expected.shape[1] / 2)
        covariance = measured.covariance(expected / expected.sum(axis=1, keepdims=True))
        # Those of one setting sum up to 1: the last is known by the others.
        free = np.arange(settings * 2**qubits).reshape(settings, -1)[:, :-1].ravel()
        root = np.linalg.cholesky(covariance.reshape(settings * 2**qubits, -1)[np.ix_(free, free)])
        whitening = np.zeros((len(free), settings * 2**qubits))
        whitening[:, free] = np.linalg.inv(root)
        return cls(whitening, float(measured.shots.sum()), qubits)

    def likeliest(self, values: Real, start: Complex) -> Complex:
        """Return the likeliest states, shape (n, d, d), for probabilities of shape (n, settings, outcomes)."""
        likelihood = Gaussian(self._white(values) / np.sqrt(self.shots), self._flat() / np.sqrt(self.shots))
        return climbed(likelihood, nearest(start), self.shots)

    def deviance(self, values: Real, rho: Complex) -> Real:
        """Return the chi-square of states, shape (n,)."""
        found: Real = ((self._white(values) - self._white(probabilities(rho, self.qubits))) ** 2).sum(axis=1)
        return found

    def _white(self, values: Real) -> Real:
        found: Real = values.reshape(len(values), -1) @ self.whitening.T
        return found

    def _flat(self) -> Complex:
        found: Complex = self.whitening @ projectors(self.qubits).reshape(-1, 4**self.qubits)
        return found


def read_of(rho: Complex, measured: OutcomeProbabilities) -> Real:
    """Return the probabilities of reading each outcome of a state, shape (settings, outcomes): nothing undone."""
    there = probabilities(rho, len(rho).bit_length() - 1)
    found: Real = np.linalg.solve(measured.undoing, there.T).T
    return found
