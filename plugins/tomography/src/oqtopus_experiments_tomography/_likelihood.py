"""
The state of maximum likelihood, of many sets of counts at once.

Gradient steps with momentum, each ended at the nearest state: J. Shang, Z. Zhang, H. K. Ng, Phys. Rev. A 95, 062336
(2017). A state of likelihood L is the likeliest to within N (r - 1), where r is the largest eigenvalue of the gradient
of log L for each of the N shots (Z. Hradil et al., Lect. Notes Phys. 649, 59, 2004): that ends the climb.
"""

from __future__ import annotations

import attrs
import numpy as np
from attrs import define, frozen
from numpy.typing import NDArray

from oqtopus_experiments_tomography._estimates import TINY, Real, inverted, nearest
from oqtopus_experiments_tomography._settings import Complex, projectors

CLOSE = 0.5
"""How far the log-likelihood may be from its maximum by that bound, which in fact it is a thousandth of."""
MOST = 300
"""Steps; a pure state of three qubits takes about a hundred."""
HALVINGS = 40
FIRST, LONGER = 0.25, 1.25


@frozen(eq=False)
class _Likelihood:
    """Log-likelihood per shot of what was seen, shape (n, outcomes of all settings), and its slope."""

    seen: Real
    flat: Complex

    def chances(self, rho: Complex) -> Real:
        found: Real = (rho.reshape(len(rho), -1) @ self.flat.conj().T).real
        return found

    def height(self, chances: Real) -> Real:
        found: Real = (self.seen * np.log(np.where(self.seen > 0, np.maximum(chances, TINY), 1))).sum(axis=1)
        return found

    def slope(self, chances: Real) -> Complex:
        dimension = int(np.sqrt(self.flat.shape[1]))
        weighted: Complex = (self.seen / np.maximum(chances, TINY)) @ self.flat
        found: Complex = weighted.reshape(-1, dimension, dimension)
        return found


@define(eq=False)
class _Climb:
    """Where each of the climbs that are not done is: its state, the point ahead of it, its step and its momentum."""

    index: NDArray[np.intp]
    seen: Real
    state: Complex
    ahead: Complex
    step: Real
    momentum: Real
    height: Real

    def only(self, chosen: NDArray[np.bool_]) -> _Climb:
        return _Climb(*(value[chosen] for value in attrs.astuple(self, recurse=False)))


def likeliest(frequencies: Real, shots: Real, qubits: int) -> Complex:
    """Return the states of maximum likelihood, shape (n, d, d), for frequencies of shape (n, settings, outcomes)."""
    total, dimension = float(shots.sum()), 2**qubits
    seen = (frequencies * (shots / total)[:, None]).reshape(len(frequencies), -1)
    flat = projectors(qubits).reshape(-1, 4**qubits)
    # Inside, as a state at the boundary gives some outcome no chance at all.
    state = 0.99 * nearest(inverted(frequencies, qubits)) + 0.01 * np.eye(dimension) / dimension
    likelihood, many = _Likelihood(seen, flat), len(state)
    found: Complex = state.copy()
    start = likelihood.height(likelihood.chances(state))
    climb = _Climb(np.arange(many), seen, state, state, np.full(many, FIRST), np.ones(many), start)
    for _ in range(MOST):
        left = _step(climb, flat)
        found[climb.index] = climb.state
        climb = climb.only(np.asarray(left * total > CLOSE))
        if not len(climb.index):
            break
    # To the last digit: what is 0 for every state is shown as that.
    return (found + found.conj().swapaxes(-1, -2)) / 2


def _step(climb: _Climb, flat: Complex) -> Real:
    """Move each state a step, and return by how much per shot another may be likelier."""
    likelihood = _Likelihood(climb.seen, flat)
    chances = likelihood.chances(climb.ahead)
    slope, before = likelihood.slope(chances), likelihood.height(chances)
    for _ in range(HALVINGS):
        reached = nearest(climb.ahead + climb.step[:, None, None] * slope)
        moved = reached - climb.ahead
        length = np.einsum("nij,nij->n", moved, moved.conj()).real
        expected = before + np.einsum("nij,nji->n", slope, moved).real - length / (2 * climb.step)
        height = likelihood.height(likelihood.chances(reached))
        too_far = height < expected - TINY
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
    outside: Real = np.any((likelihood.chances(climb.state + pushed) <= 0) & (climb.seen > 0), axis=1)
    climb.ahead = climb.state + np.where(outside[:, None, None], 0, pushed)
    climb.momentum, climb.step = np.where(outside, 1.0, later), climb.step * LONGER
    left: Real = np.linalg.eigvalsh(likelihood.slope(likelihood.chances(climb.state)))[:, -1] - 1
    return left
