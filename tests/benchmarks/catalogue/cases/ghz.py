"""
GHZ states whose cx and readout err at random.

A pair that is depolarized has no coherence left with the others, so that of n qubits (1 - p)^(n - 1) is left, times
1 - e0 - e1 for each qubit that is read. What z reads is a classical mixture: `population` follows it.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from catalogue.case import Case, Drawn, Rng
from oqtopus_experiments_aer import NoisyBackend
from oqtopus_experiments_ghz import GHZ, ParityOscillation

SHOTS = 500


def device(rng: Rng) -> NoisyBackend:
    return NoisyBackend(
        t1=None,
        t2=None,
        single_qubit_error=0.0,
        two_qubit_error=rng.uniform(0.0, 0.04),
        readout_error_0=rng.uniform(0.005, 0.03),
        readout_error_1=rng.uniform(0.01, 0.04),
        seed=0,
    )


def contrast(backend: NoisyBackend, size: int) -> float:
    kept = 1 - backend.readout_error_0 - backend.readout_error_1
    return float((1 - backend.two_qubit_error) ** (size - 1) * kept**size)


def population(backend: NoisyBackend, pairs: list[tuple[int, int]], size: int) -> float:
    """Return P(0..0) + P(1..1) after these cx, each followed by the loss of both its qubits with some probability."""
    states: NDArray[np.float64] = np.zeros((2,) * size)
    first = pairs[0][0]
    for value in (0, 1):
        states[tuple(value if qubit == first else 0 for qubit in range(size))] = 0.5
    for control, target in pairs:
        flipped = np.flip(states, axis=target)
        ones = np.indices(states.shape)[control] == 1
        states = np.where(ones, flipped, states)
        lost = np.broadcast_to(states.mean(axis=(control, target), keepdims=True), states.shape)
        states = (1 - backend.two_qubit_error) * states + backend.two_qubit_error * lost
    flips = np.array(
        [
            [1 - backend.readout_error_0, backend.readout_error_1],
            [backend.readout_error_0, 1 - backend.readout_error_1],
        ]
    )
    for qubit in range(size):
        states = np.moveaxis(np.tensordot(flips, states, axes=(1, qubit)), 0, qubit)
    return float(states[(0,) * size] + states[(1,) * size])


PAIRS = {2: [(0, 1)], 4: [(1, 2), (1, 0), (2, 3)]}
"""The cx of a chain that begins in the middle."""


def state(rng: Rng, size: int) -> Drawn:
    backend = device(rng)
    told, fringe = population(backend, PAIRS[size], size), contrast(backend, size)
    truth = {"fidelity": (told + fringe) / 2, "population": told, "contrast": fringe, "relative_phase": 0.0}
    return Drawn(GHZ(num_qubits=size), backend, truth, SHOTS)


def fringe(rng: Rng) -> Drawn:
    backend = device(rng)
    return Drawn(ParityOscillation(), backend, {"coherence": contrast(backend, 2), "relative_phase": 0.0}, SHOTS)


CASES = [
    Case("ghz of two", lambda rng: state(rng, 2), "fidelity"),
    Case("ghz of four", lambda rng: state(rng, 4), "fidelity"),
    Case("ghz parity oscillation", fringe, "coherence"),
]
