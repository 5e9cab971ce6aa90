"""Mirror circuits on pairs (Proctor et al., Nature Physics 18, 75, 2022): error per layer from what comes back."""

from __future__ import annotations

from typing import ClassVar

import numpy as np
from attrs import frozen

from oqtopus_experiments import (
    Axis, Experiment, FitModel, Probability, Sweep, checks, ge, guesses, hookimpl, le, parameter,
)  # fmt: skip

FLOOR = 1 / 4


def returned(layers, polarization, amplitude):
    """The probability of the expected outcome after so many layers and their inverses."""
    return FLOOR + amplitude * polarization ** (2 * layers)


def guess(layers, signal):
    time = guesses.decay_time(layers, signal - FLOOR)
    return {"polarization": np.exp(-1 / (2 * max(time, 0.1))), "amplitude": signal.max() - FLOOR}


@frozen(kw_only=True)
class Mirror(Experiment):
    """`error_per_layer` and `polarization` of random Cliffords and a cx: layers, Paulis, and the way back."""

    name: ClassVar[str] = "mirror"
    num_qubits: ClassVar[int] = 2
    most_layers: int = parameter(16, ge(4), le(1000), help="largest number of layers on either way")
    depths: int = parameter(5, ge(3), le(1000), help="number of depths")
    seeds: int = parameter(6, ge(2), le(1000), help="circuits of each depth")
    draw: int = parameter(0, ge(0), help="another number draws other circuits")

    def sweep(self):
        layers = np.unique(np.geomspace(1, self.most_layers, self.depths).astype(int))
        return Sweep(Axis("layers", layers), Axis("seed", np.arange(self.seeds)))

    def signal(self, layers, seed, target):
        from qiskit.quantum_info import StabilizerState

        outcomes = StabilizerState(self.mirrored(layers, seed, target)).probabilities_dict()
        return Probability(max(outcomes, key=outcomes.get))  # of a mirror there is only one

    def mirrored(self, layers, seed, target):
        from qiskit import QuantumCircuit
        from qiskit.quantum_info import random_clifford

        rng = np.random.default_rng([self.draw, seed, layers, *target])
        forth, paulis = QuantumCircuit(2), QuantumCircuit(2)
        for _ in range(layers):
            for qubit in (0, 1):
                forth.compose(random_clifford(1, int(rng.integers(2**31))).to_circuit(), [qubit], inplace=True)
            forth.cx(0, 1)
            forth.barrier()
        for qubit in (0, 1):
            getattr(paulis, rng.choice(["id", "x", "y", "z"]))(qubit)
        return forth.compose(paulis).compose(forth.inverse())

    def circuit(self, layers, seed, target):
        from qiskit import QuantumCircuit

        circuit = QuantumCircuit(2, 2)
        circuit.compose(self.mirrored(layers, seed, target), inplace=True)
        circuit.measure([0, 1], [0, 1])
        return circuit

    def fit_model(self):
        return FitModel(
            returned,
            guess,
            quantities=("error_per_layer", "polarization"),
            bounds={"polarization": (0, np.inf)},
            derived={"error_per_layer": lambda polarization: (1 - polarization) * (1 - FLOOR)},
            flat="",  # perfect layers lose nothing
            checks=(checks.present("amplitude", "the mirrors do not reflect"),),
        )


@hookimpl
def register_experiments():
    return [Mirror]
