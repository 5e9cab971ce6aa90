"""
The state that is likeliest, of many sets of data at once, whatever the likelihood: a climb among states.

Gradient steps with momentum, each ended at the nearest state: J. Shang, Z. Zhang, H. K. Ng, Phys. Rev. A 95, 062336
(2017). A log-likelihood is concave, so no state is higher than a slope G leads: by the largest eigenvalue of G less
tr(G rho), which ends the climb (for counts Z. Hradil et al., Lect. Notes Phys. 649, 59, 2004).
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Self

import attrs
import numpy as np
from attrs import define, frozen
from numpy.typing import NDArray

from oqtopus_experiments_tomography._estimates import TINY, Real, nearest
from oqtopus_experiments_tomography._settings import Complex

CLOSE = 0.5
"""How far the log-likelihood may be from its maximum by that bound, which in fact it is a thousandth of."""
MOST = 300
"""Steps; a pure state of three qubits takes about a hundred."""
HALVINGS = 40
FIRST, LONGER = 0.25, 1.25


@frozen(eq=False)
class Likelihood(ABC):
    """
    Log-likelihoods, per shot, of n sets of data.

    Args:
        seen: What was seen, shape (n, numbers).
        flat: What each number is the mean of: a Hermitian matrix, written out, shape (numbers, d * d).
    """

    seen: Real
    flat: Complex

    def expected(self, rho: Complex) -> Real:
        """Return what each number is on average in states of shape (n, d, d)."""
        found: Real = (rho.reshape(len(rho), -1) @ self.flat.conj().T).real
        return found

    def slope(self, expected: Real) -> Complex:
        """Return the slope in the state, shape (n, d, d)."""
        dimension = int(np.sqrt(self.flat.shape[1]))
        weighted: Complex = self.weights(expected) @ self.flat
        found: Complex = weighted.reshape(-1, dimension, dimension)
        return found

    def only(self, chosen: NDArray[np.bool_]) -> Self:
        """Return those of some sets of data."""
        return attrs.evolve(self, seen=self.seen[chosen])

    @abstractmethod
    def height(self, expected: Real) -> Real:
        """Return the log-likelihoods, shape (n,), where the numbers are expected to be so much."""

    @abstractmethod
    def weights(self, expected: Real) -> Real:
        """Return their slopes in what is expected, shape (n, numbers)."""

    def impossible(self, expected: Real) -> NDArray[np.bool_]:
        """Return for which sets of data what was seen could not be, shape (n,)."""
        return np.zeros(len(expected), dtype=np.bool_)


@define(eq=False)
class _Climb:
    """Where each of the climbs that are not done is: its state, the point ahead of it, its step and its momentum."""

    index: NDArray[np.intp]
    state: Complex
    ahead: Complex
    step: Real
    momentum: Real
    height: Real

    def only(self, chosen: NDArray[np.bool_]) -> _Climb:
        return _Climb(*(value[chosen] for value in attrs.astuple(self, recurse=False)))


def climbed(likelihood: Likelihood, start: Complex, shots: float) -> Complex:
    """
    Return the likeliest states, shape (n, d, d).

    Args:
        likelihood: Of n sets of data.
        start: States to begin at, likewise.
        shots: How many shots a set of data has: by how much the likelihood of all is that of one.
    """
    # Inside, as a state at the boundary gives some outcome no chance at all.
    state = 0.99 * start + 0.01 * np.eye(start.shape[-1]) / start.shape[-1]
    found: Complex = state.copy()
    many = len(state)
    height = likelihood.height(likelihood.expected(state))
    climb = _Climb(np.arange(many), state, state, np.full(many, FIRST), np.ones(many), height)
    for _ in range(MOST):
        left = _step(climb, likelihood)
        found[climb.index] = climb.state
        going = np.asarray(left * shots > CLOSE)
        climb, likelihood = climb.only(going), likelihood.only(going)
        if not len(climb.index):
            break
    # To the last digit: what is 0 for every state is shown as that.
    return (found + found.conj().swapaxes(-1, -2)) / 2


def _step(climb: _Climb, likelihood: Likelihood) -> Real:
    """Move each state a step, and return by how much per shot another may be likelier."""
    expected = likelihood.expected(climb.ahead)
    slope, before = likelihood.slope(expected), likelihood.height(expected)
    for _ in range(HALVINGS):
        reached = nearest(climb.ahead + climb.step[:, None, None] * slope)
        moved = reached - climb.ahead
        length = np.einsum("nij,nij->n", moved, moved.conj()).real
        promised = before + np.einsum("nij,nji->n", slope, moved).real - length / (2 * climb.step)
        height = likelihood.height(likelihood.expected(reached))
        too_far = height < promised - TINY
        if not too_far.any():
            break
        climb.step = np.where(too_far, climb.step / 2, climb.step)
    worse = height < climb.height
    before_it = climb.state
    climb.state = np.where(worse[:, None, None], climb.state, reached)
    climb.height = np.maximum(climb.height, height)
    later = np.where(worse, 1.0, (1 + np.sqrt(1 + 4 * climb.momentum**2)) / 2)
    pushed = np.where(worse, 0.0, (climb.momentum - 1) / later)[:, None, None] * (climb.state - before_it)
    # Momentum may lead out of what is possible for an outcome that was seen: begin anew from the state.
    outside = likelihood.impossible(likelihood.expected(climb.state + pushed))
    climb.ahead = climb.state + np.where(outside[:, None, None], 0, pushed)
    climb.momentum, climb.step = np.where(outside, 1.0, later), climb.step * LONGER
    slope = likelihood.slope(likelihood.expected(climb.state))
    left: Real = np.linalg.eigvalsh(slope)[:, -1] - np.einsum("nij,nji->n", slope, climb.state).real
    return left
