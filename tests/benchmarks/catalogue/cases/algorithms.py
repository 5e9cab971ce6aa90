"""Algorithms with a known outcome and the Hadamard test, on a device drawn at random."""

from __future__ import annotations

import numpy as np

from catalogue.case import Case, Drawn, Rng
from catalogue.cases.tomography import device
from oqtopus_experiments.experiments import BernsteinVazirani, DeutschJozsa, Grover, HadamardTest
from oqtopus_experiments_algorithms._hadamard_test import CURVES, USUAL
from oqtopus_experiments_algorithms._known_outcome import Answer, KnownOutcome

SHOTS = 500
# Of some five failures among 500 shots an error bar leans: its mean pull is 0.27. Of twenty, 0.1, as of any binomial.
SHOTS_NEAR_ONE = 2000


def drawn(rng: Rng, experiment: KnownOutcome, shots: int = SHOTS) -> Drawn:
    """Return a run, with the exact success of the circuit and of its control."""
    backend, (target,), (point,) = device(rng), experiment.targets, experiment.sweep().points()

    def success(circuit: object, answer: Answer) -> float:
        exact = backend.probabilities(circuit, target)
        return float(sum(exact[int(outcome, 2)] for outcome in answer.right))

    asked = success(experiment.circuit(**point), experiment.answer())
    control = success(experiment.control(), experiment.control_answer())
    return Drawn(experiment, backend, {"success_probability": asked, "control_success": control}, shots)


def secret(rng: Rng) -> BernsteinVazirani:
    return BernsteinVazirani(n_bits=4, oracle_seed=int(rng.integers(1000)))


def function(rng: Rng) -> DeutschJozsa:
    kind = str(rng.choice(["constant_0", "constant_1", "balanced_alternating"]))
    return DeutschJozsa(oracle_type=kind)


def search(rng: Rng) -> Grover:
    return Grover(oracle_seed=int(rng.integers(1000)))


def tested(rng: Rng) -> Drawn:
    """Return a Hadamard test, with the curves that run through its exact signals."""
    experiment, backend = HadamardTest(test_unitary=str(rng.choice(["X", "Y", "Z", "S", "T"]))), device(rng)
    _, shape = CURVES.get(experiment.test_unitary, USUAL)
    (target,), truth = experiment.targets, {}
    angles = experiment.sweep().axes[1].values
    for part in ("real", "imaginary"):
        exact = [backend.probabilities(experiment.circuit(part, float(angle)), target) for angle in angles]
        slope, offset = np.polyfit(shape(angles), [zero - one for zero, one in exact], 1)
        truth |= {f"{part}_part": float(slope), f"{part}_offset": float(offset)}
    truth["phase"] = float(np.arctan2(truth["imaginary_part"], truth["real_part"]))
    return Drawn(experiment, backend, truth, SHOTS)


CASES = [
    Case("bernstein_vazirani", lambda rng: drawn(rng, secret(rng)), "success_probability"),
    Case("deutsch_jozsa", lambda rng: drawn(rng, function(rng), SHOTS_NEAR_ONE), "success_probability"),
    Case("grover", lambda rng: drawn(rng, search(rng)), "success_probability"),
    Case("hadamard_test", tested, "phase"),
]
