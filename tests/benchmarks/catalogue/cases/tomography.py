"""States of one qubit and of a pair on a device drawn at random; the truth is the inversion of exact probabilities."""

from __future__ import annotations

from collections.abc import Sequence

import attrs
import numpy as np

from catalogue.case import Case, Drawn, Rng
from catalogue.device import read
from oqtopus_experiments import Analysis, Counts, Dataset
from oqtopus_experiments.execution._circuits import build
from oqtopus_experiments.experiments import Readout, StateTomography
from oqtopus_experiments_aer import NoisyBackend
from oqtopus_experiments_readout import Assignment
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


def drawn(rng: Rng, experiment: StateTomography, *, undone: bool = False) -> Drawn:
    """
    Return a run, with fidelity and purity of what the device prepares.

    The truth is that of the device with its readout; where the readout is undone, that without its errors.
    """
    backend, (target,), ket = device(rng), experiment.targets, experiment.ket()
    known = attrs.evolve(backend, readout_error_0=0.0, readout_error_1=0.0) if undone else backend
    exact = np.array(
        [known.probabilities(experiment.circuit(**point), target) for point in experiment.sweep().points()]
    )
    rho = inverted(exact, experiment.num_qubits)
    truth = {"fidelity": float((ket.conj() @ rho @ ket).real), "purity": float(np.trace(rho @ rho).real)}
    return Drawn(experiment, backend, truth, SHOTS, calibration=calibration(backend, target, rng) if undone else ())


def calibration(backend: NoisyBackend, qubits: tuple[int, ...], rng: Rng) -> Sequence[Analysis]:
    """Return the analyses of a readout of these qubits, measured on a device that does nothing else wrong."""
    experiment = Readout(physical_qubits=qubits)
    perfect = {"t1": None, "t2": None, "single_qubit_error": 0.0, "two_qubit_error": 0.0}
    shots = read(build(experiment), attrs.evolve(backend, **perfect), qubits, SHOTS, rng)
    counts = {index: Counts.from_shots(own[:, 0]) for index, own in enumerate(shots)}
    return Assignment().analyze(experiment, Dataset.from_counts(experiment, counts))


def qubit(rng: Rng) -> StateTomography:
    """Draw a state of one qubit along or between the axes."""
    return StateTomography(physical_qubit=0, gates=(f"ry({rng.uniform(0, np.pi)!r}) 0", f"rz({rng.uniform(0, 6)!r}) 0"))


CASES = [
    Case("tomography of a qubit", lambda rng: drawn(rng, qubit(rng)), "fidelity"),
    Case("tomography of a pair", lambda rng: drawn(rng, StateTomography(physical_qubits=[0, 1])), "fidelity"),
    Case("mitigated tomography of a qubit", lambda rng: drawn(rng, qubit(rng), undone=True), "fidelity"),
    Case(
        "mitigated tomography of a pair",
        lambda rng: drawn(rng, StateTomography(physical_qubits=[0, 1]), undone=True),
        "fidelity",
    ),
]
