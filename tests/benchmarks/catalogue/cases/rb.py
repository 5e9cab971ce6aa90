"""Benchmarking of depolarizing devices drawn at random, whose error per Clifford is known in closed form."""

from __future__ import annotations

import attrs
import numpy as np

from catalogue.case import Case, Drawn, Rng
from oqtopus_experiments.experiments import (
    InterleavedRandomizedBenchmarking,
    RandomizedBenchmarking,
    SimultaneousRandomizedBenchmarking,
)
from oqtopus_experiments_aer import NoisyBackend

SHOTS = 500
# How many of all two-qubit Cliffords have 0, 1, 2 and 3 cx.
CLASSES = np.array([576, 5184, 5184, 576]) / 11520


def device(rng: Rng, **known: float) -> NoisyBackend:
    """Draw the readout of a device whose gates depolarize and do nothing else wrong."""
    return NoisyBackend(
        t1=None,
        t2=None,
        readout_error_0=rng.uniform(0.005, 0.04),
        readout_error_1=rng.uniform(0.01, 0.08),
        seed=0,
        **known,
    )


def one_qubit(rng: Rng) -> Drawn:
    """One pulse in five of six Cliffords."""
    error = float(10 ** rng.uniform(-3, -2))
    experiment = RandomizedBenchmarking(
        max_sequence_length=100, num_lengths=6, num_samples=12, seed=int(rng.integers(2**31))
    )
    truth = {"error_per_clifford": error * 5 / 12, "error_per_gate": error / 2, "decay_rate": 1 - error * 5 / 6}
    return Drawn(experiment, device(rng, single_qubit_error=error), truth, SHOTS)


def two_qubits(rng: Rng) -> Drawn:
    """Errors of cx alone."""
    error = float(10 ** rng.uniform(-2.3, -1.5))
    experiment = RandomizedBenchmarking(
        num_qubits=2, max_sequence_length=30, num_lengths=5, num_samples=12, seed=int(rng.integers(2**31))
    )
    decay_rate = float(CLASSES @ (1 - error) ** np.arange(4))
    truth = {"error_per_clifford": 0.75 * (1 - decay_rate), "decay_rate": decay_rate}
    return Drawn(experiment, device(rng, single_qubit_error=0.0, two_qubit_error=error), truth, SHOTS)


def interleaved(rng: Rng) -> Drawn:
    """A pulse as good as those of the Cliffords."""
    error = float(10 ** rng.uniform(-3, -2))
    experiment = InterleavedRandomizedBenchmarking(
        interleaved_gate="x", max_sequence_length=80, num_lengths=5, num_samples=12, seed=int(rng.integers(2**31))
    )
    truth = {"gate_error": error / 2, "gate_fidelity": 1 - error / 2, "error_per_clifford": error * 5 / 12}
    return Drawn(experiment, device(rng, single_qubit_error=error), truth, SHOTS)


def simultaneous(rng: Rng) -> Drawn:
    """Pulses are up to twice as bad while neighbours are driven, in half of the runs no worse."""
    error = float(10 ** rng.uniform(-3, -2.3))
    together = error * (1 + rng.choice([0.0, rng.uniform(0.0, 1.0)]))
    experiment = SimultaneousRandomizedBenchmarking(
        max_sequence_length=100, num_lengths=5, num_samples=12, seed=int(rng.integers(2**31))
    )
    alone = device(rng, single_qubit_error=error)
    kinds = experiment.sweep().grid()["kind"]
    truth = {
        "crosstalk": (together - error) * 5 / 12,
        "error_alone": error * 5 / 12,
        "error_together": together * 5 / 12,
    }
    driven = attrs.evolve(alone, single_qubit_error=together)
    beside = tuple(np.flatnonzero(kinds == "together").tolist())
    return Drawn(experiment, alone, truth, SHOTS, driven=driven, beside=beside)


CASES = [
    Case("rb of one qubit", one_qubit, "error_per_clifford"),
    Case("rb of two qubits", two_qubits, "error_per_clifford"),
    Case("rb interleaved", interleaved, "gate_error"),
    Case("rb simultaneous", simultaneous, "crosstalk"),
]
