"""States of one qubit and of a pair on a device drawn at random; the truth is the inversion of exact probabilities."""

from __future__ import annotations

import numpy as np

from catalogue.case import Case, Drawn, Rng
from oqtopus_experiments.experiments import StateTomography
from oqtopus_experiments_aer import NoisyBackend
from oqtopus_experiments_tomography._estimates import inverted

SHOTS = 500


def device(rng: Rng) -> NoisyBackend:
    """Draw a device whose errors are those of good and of middling ones."""
    return NoisyBackend(
        t1=float(rng.uniform(3e4, 1e5)),
        single_qubit_error=float(10 ** rng.uniform(-4, -2.5)),
        two_qubit_error=float(10 ** rng.uniform(-2.5, -1.3)),
        readout_error_0=float(rng.uniform(0.002, 0.03)),
        readout_error_1=float(rng.uniform(0.005, 0.06)),
        seed=0,
    )


def drawn(rng: Rng, experiment: StateTomography) -> Drawn:
    """Return a run, with fidelity and purity of what the device prepares and its readout makes of it."""
    backend, (target,), ket = device(rng), experiment.targets, experiment.ket()
    exact = np.array(
        [backend.probabilities(experiment.circuit(**point), target) for point in experiment.sweep().points()]
    )
    rho = inverted(exact, experiment.num_qubits)
    truth = {"fidelity": float((ket.conj() @ rho @ ket).real), "purity": float(np.trace(rho @ rho).real)}
    return Drawn(experiment, backend, truth, SHOTS)


def qubit(rng: Rng) -> StateTomography:
    """Draw a state of one qubit along or between the axes."""
    return StateTomography(physical_qubit=0, gates=(f"ry({rng.uniform(0, np.pi)!r}) 0", f"rz({rng.uniform(0, 6)!r}) 0"))


CASES = [
    Case("tomography of a qubit", lambda rng: drawn(rng, qubit(rng)), "fidelity"),
    Case("tomography of a pair", lambda rng: drawn(rng, StateTomography(physical_qubits=[0, 1])), "fidelity"),
]
