"""State tomography of a pair: linear inversion, the nearest density matrix, errors from a seeded bootstrap."""

from typing import ClassVar

import numpy as np
from attrs import frozen

from oqtopus_experiments import (
    Analysis, Analyzer, Axis, Dimension, Experiment, Parity, Quantity, QuantityArray, Reason, Sweep, Verdict, hookimpl,
)  # fmt: skip

PAULIS = {"X": np.array([[0, 1], [1, 0]]), "Y": np.array([[0, -1j], [1j, 0]]), "Z": np.diag([1, -1])}
SETTINGS = [one + other for one in "XYZ" for other in "XYZ"]  # the right-most letter is qubit 0
STATES = ("00", "01", "10", "11")
BELL = np.array([1, 0, 0, 1]) / np.sqrt(2)


def dual(setting, outcome):
    """What an outcome stands for: the mean over all settings and shots is the state."""
    return np.kron(*[np.eye(2) / 2 + (1.5 - 3 * int(o)) * PAULIS[s] for s, o in zip(setting, outcome, strict=True)])


DUALS = np.array([[dual(setting, state) for state in STATES] for setting in SETTINGS]) / len(SETTINGS)


def physical(rho):
    """The nearest density matrix (Smolin, Gambetta, Smith, Phys. Rev. Lett. 108, 070502, 2012)."""
    values, vectors = np.linalg.eigh(rho)
    rest = (np.cumsum(values[::-1]) - 1) / np.arange(1, 5)
    shift = rest[np.nonzero(values[::-1] > rest)[0][-1]]
    return (vectors * np.maximum(values - shift, 0)) @ vectors.conj().T


@frozen(kw_only=True)
class PairTomography(Experiment):
    """A Bell pair, read along x, y and z each."""

    name: ClassVar[str] = "pair-tomography"
    num_qubits: ClassVar[int] = 2
    signal: ClassVar[Parity] = Parity()
    analyzer: ClassVar[str] = "linear-inversion"

    def sweep(self):
        return Sweep(Axis("setting", SETTINGS))

    def circuit(self, setting):
        from qiskit import QuantumCircuit

        circuit = QuantumCircuit(2, 2)
        circuit.h(0)
        circuit.cx(0, 1)
        for qubit, letter in enumerate(reversed(setting)):
            circuit.rz(-np.pi / 2 if letter == "Y" else 0, qubit)
            if letter != "Z":
                circuit.h(qubit)
        circuit.measure([0, 1], [0, 1])
        return circuit


@frozen(kw_only=True)
class LinearInversion(Analyzer):
    """`bell_fidelity` is that of the inversion, which is not biased; `density_matrix` the nearest that is a state."""

    name: ClassVar[str] = "linear-inversion"

    def analyze(self, experiment, dataset):
        return [self._of(dataset, index, target) for index, target in enumerate(dataset.targets)]

    def _of(self, dataset, index, target):
        places = [dataset.sweep.grid()["setting"].tolist().index(setting) for setting in SETTINGS]
        seen = np.array([[dataset.outcomes(index, place).probability(state) for state in STATES] for place in places])
        if np.isnan(seen).any():
            missing = Verdict([Reason("missing_settings", "a setting was not read", "bad")])
            return Analysis(target, [Quantity("bell_fidelity", np.nan, np.nan)], missing)
        rng, shots = np.random.default_rng(0), dataset.shots[index][places, None]
        draws = rng.multinomial(shots[:, 0], (seen * shots + 0.5) / (shots + 2), (100, len(shots))) / shots
        linear, *drawn = np.einsum("dso,soij->dij", [seen, *draws], DUALS)
        rho, nearest = physical(linear), np.array([physical(one) for one in drawn])
        fidelity, *resampled = [(BELL @ one @ BELL).real for one in (linear, *drawn)]
        bell = Quantity("bell_fidelity", fidelity, np.std(resampled))
        level = "good" if bell.value - 3 * bell.stderr > 0.5 else "suspect"  # at 1/2 it may be a product state
        why = Reason("entanglement", f"the inversion is {abs(rho - linear).max():.2f} from a state", level)
        errors, states = nearest.real.std(axis=0) + 1j * nearest.imag.std(axis=0), ("row", "column")
        matrix = QuantityArray("density_matrix", rho, errors, [Dimension(name, STATES) for name in states])
        return Analysis(target, [bell], Verdict([why]), arrays=[matrix])


register_experiments = hookimpl(lambda: [PairTomography])
register_analyzers = hookimpl(lambda: [LinearInversion])
