"""
Mirror circuits on one qubit and on two, where only the gates err, so that the error of a layer is known exactly.

Of one qubit every layer has one gate on it; of two every layer has one cx, and one-qubit gates are perfect.
"""

from __future__ import annotations

from catalogue.case import Case, Drawn, Rng
from oqtopus_experiments_aer import NoisyBackend
from oqtopus_experiments_mirror import MirrorRB

SHOTS = 200


def drawn(rng: Rng, qubits: int) -> Drawn:
    depolarizing = float(10 ** rng.uniform(-2, -1.2))
    name = "single_qubit_error" if qubits == 1 else "two_qubit_error"
    errors = {"single_qubit_error": 0.0, "two_qubit_error": 0.0, name: depolarizing}
    readout = {"readout_error_0": rng.uniform(0.005, 0.04), "readout_error_1": rng.uniform(0.01, 0.08)}
    experiment = MirrorRB(
        num_qubits=qubits,
        max_sequence_length=24,
        num_lengths=4,
        num_samples=12,
        sequence_seed=int(rng.integers(2**31)),
    )
    truth = {"error_per_layer": depolarizing * (1 - 4.0**-qubits), "polarization": 1 - depolarizing}
    return Drawn(experiment, NoisyBackend(t1=None, t2=None, **errors, **readout), truth, SHOTS)


CASES = [
    Case("mirror of one qubit", lambda rng: drawn(rng, 1), "error_per_layer"),
    Case("mirror of two qubits", lambda rng: drawn(rng, 2), "error_per_layer"),
]
