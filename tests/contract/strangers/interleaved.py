"""Interleaved randomized benchmarking of one gate, after Magesan et al., Phys. Rev. Lett. 109, 080505 (2012)."""

from __future__ import annotations

from typing import ClassVar

import numpy as np
from attrs import frozen

from oqtopus_experiments import (
    Axis, Experiment, FitModel, Probability, Sweep, checks, ge, guesses, hookimpl, in_, le, parameter,
)  # fmt: skip

KINDS = ("reference", "interleaved")


def survival(kind, length, decay, gate_decay, amplitude):
    """How often the expected outcome comes: the interleaved series loses a factor more with each gate."""
    return 0.5 + amplitude * (decay * np.where(kind == "interleaved", gate_decay, 1.0)) ** length


def guess(kind, length, signal):
    time = [guesses.decay_time(length[kind == k], signal[kind == k] - 0.5) for k in KINDS]
    decay, both = np.exp(-1 / np.maximum(time, 0.1))
    return {"decay": decay, "gate_decay": both / decay, "amplitude": signal.max() - 0.5}


def systematic(decay, gate_decay):
    """How far gate errors of the Cliffords may shift the result: equation 5 there, for one qubit."""
    first = (abs(decay - gate_decay) + 1 - decay) / 2
    second = 1.5 * (1 - decay) / decay + 4 * np.sqrt(3 * max(1 - decay, 0)) / decay
    return min(first, second)


@frozen(kw_only=True)
class Interleaved(Experiment):
    """
    Random Cliffords that add up to nothing or, every other time, to an x: with and without a gate after each of them.

    With both endings the survival ends at 1/2 however unequal the readout errors are, which leaves it one unknown less.
    Reports `gate_error`, from `gate_decay`, the `decay` of the reference and `systematic_bound`.
    """

    name: ClassVar[str] = "interleaved"
    gate: str = parameter("x", in_(("x", "y", "sx", "h")), help="the gate to benchmark")
    longest: int = parameter(60, ge(8), le(1000), help="longest sequence")
    lengths: int = parameter(6, ge(3), le(1000), help="number of lengths")
    seeds: int = parameter(6, ge(2), le(1000), help="sequences of each length, the same in both series")
    draw: int = parameter(0, ge(0), help="another number draws other sequences")

    def sweep(self):
        lengths = np.unique(np.geomspace(1, self.longest, self.lengths).astype(int))
        return Sweep(Axis("kind", KINDS), Axis("length", lengths), Axis("seed", np.arange(self.seeds)))

    def signal(self, seed):
        return Probability(str(seed % 2))

    def circuit(self, kind, length, seed, target):
        from qiskit import QuantumCircuit
        from qiskit.quantum_info import Clifford, random_clifford

        gate = QuantumCircuit(1)
        getattr(gate, self.gate)(0)
        rng = np.random.default_rng([self.draw, seed, length, *target])  # not of the kind: the series are paired
        circuit = QuantumCircuit(1, 1)
        for number in rng.integers(2**31, size=length):
            for part in (random_clifford(1, int(number)).to_circuit(), gate)[: 1 + (kind == "interleaved")]:
                circuit.compose(part, inplace=True)
                circuit.barrier()
        circuit.compose(Clifford(circuit).adjoint().to_circuit(), inplace=True)
        if seed % 2:
            circuit.x(0)
        circuit.measure(0, 0)
        return circuit

    def fit_model(self):
        return FitModel(
            survival,
            guess,
            quantities=("gate_error", "gate_decay", "decay", "systematic_bound"),
            bounds={"decay": (0, np.inf), "gate_decay": (0, np.inf)},
            derived={"gate_error": "(1 - gate_decay) / 2", "systematic_bound": systematic},
            flat="",  # a perfect gate does not decay
            checks=(checks.present("amplitude", "the sequences end anywhere"),),
        )


register_experiments = hookimpl(lambda: [Interleaved])
