"""Algorithms with a known outcome and the Hadamard test, on a device drawn at random."""

from __future__ import annotations

import math

import numpy as np

from catalogue.case import Case, Drawn, Rng
from catalogue.cases.tomography import device
from oqtopus_experiments.experiments import BernsteinVazirani, DeutschJozsa, Grover, HadamardTest
from oqtopus_experiments_algorithms._hadamard_test import CURVES, USUAL
from oqtopus_experiments_algorithms._known_outcome import Answer, KnownOutcome

SHOTS, MOST_SHOTS = 500, 100_000
# Of five failures an error bar leans, as that of any binomial: its mean pull is 0.27. Of twenty it is 0.1.
FAILURES = 20


def drawn(rng: Rng, experiment: KnownOutcome) -> Drawn:
    """
    Return a run, with the exact success of the circuit and of its control.

    There are as many shots as the documentation asks for: until some twenty fail.
    """
    backend, (target,), (point,) = device(rng), experiment.targets, experiment.sweep().points()

    def success(circuit: object, answer: Answer) -> float:
        exact = backend.probabilities(circuit, target)
        return float(sum(exact[int(outcome, 2)] for outcome in answer.right))

    asked = success(experiment.circuit(**point), experiment.answer())
    control = success(experiment.control(), experiment.control_answer())
    shots = min(MOST_SHOTS, max(SHOTS, math.ceil(FAILURES * rng.uniform(1, 2) / (1 - max(asked, control)))))
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
    Case("deutsch_jozsa", lambda rng: drawn(rng, function(rng)), "success_probability"),
    Case("grover", lambda rng: drawn(rng, search(rng)), "success_probability"),
    Case("hadamard_test", tested, "phase"),
]
