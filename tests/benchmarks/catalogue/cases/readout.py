"""The readout of a qubit, and of a pair, drawn at random."""

from __future__ import annotations

from catalogue.case import Case, Drawn, Rng
from oqtopus_experiments_aer import NoisyBackend
from oqtopus_experiments_readout import Readout

SHOTS = 500
ITS_OWN = "this is what an assignment matrix is there to find"


def drawn(rng: Rng, group: int) -> Drawn:
    errors = [(rng.uniform(0.005, 0.05), rng.uniform(0.01, 0.1)) for _ in range(group)]
    qubits = {index: {"readout_error_0": low, "readout_error_1": high} for index, (low, high) in enumerate(errors)}
    device = NoisyBackend(t1=None, t2=None, single_qubit_error=0.0, qubits=qubits, seed=0)
    fidelity = 1.0
    for low, high in errors:
        fidelity *= 1 - (low + high) / 2
    truth = {"assignment_fidelity": fidelity}
    if group == 1:
        truth |= {"readout_error_0": errors[0][0], "readout_error_1": errors[0][1]}
    return Drawn(Readout(group=group, targets=[tuple(range(group))]), device, truth, SHOTS)


OF_ONE = ("drift", "readout drift", "leakage", "stale counts")
CASES = [
    Case("readout", lambda rng: drawn(rng, 1), "assignment_fidelity", OF_ONE, {"a strongly biased readout": ITS_OWN}),
    Case("readout of pairs", lambda rng: drawn(rng, 2), "assignment_fidelity"),
]
