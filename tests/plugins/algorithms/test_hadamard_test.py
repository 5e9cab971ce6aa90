"""The Hadamard test finds both parts of <psi| U |psi>, of unitaries whose imaginary part is none and is there."""

from __future__ import annotations

import cmath
import math

import numpy as np
import pytest
from qiskit import QuantumCircuit
from qiskit.quantum_info import Operator, Statevector

from oqtopus_experiments.testing.experiments.perfect_device import probabilities
from oqtopus_experiments_algorithms import HadamardTest
from oqtopus_experiments_algorithms._hadamard_test import PHASES


@pytest.mark.parametrize("unitary", PHASES)
def test_circuit_and_model_give_the_expectation_value(unitary):
    experiment = HadamardTest(test_unitary=unitary)
    model, second = experiment.fit_model(), cmath.exp(1j * PHASES[unitary])
    amplitude, offset = (1 - second) / 2, (1 + second) / 2
    truth = (amplitude.real, amplitude.imag, offset.real, offset.imag)
    gate = QuantumCircuit(1)
    getattr(gate, unitary.lower())(0)
    for angle in (0.0, 0.7, 2.0, 5.0):
        psi = QuantumCircuit(1)
        (psi.ry if unitary == "X" else psi.rx)(angle, 0)
        state = Statevector(psi)
        due = np.vdot(state.data, state.evolve(Operator(gate)).data)
        for part, value in (("real", due.real), ("imaginary", due.imag)):
            zero, one = probabilities(experiment.circuit(part, angle))
            assert zero - one == pytest.approx(value, abs=1e-9)
            assert model.function(np.array([part]), np.array([angle]), *truth)[0] == pytest.approx(value, abs=1e-9)


def test_noise_of_the_noisy_simulator_leaves_the_phase_of_s():
    from oqtopus_experiments.backends import LocalBackend

    (found,) = HadamardTest(test_unitary="S").run(LocalBackend("noisy", seed=4), shots=1000).analyses()

    assert found.verdict.level == "good"
    assert abs(found["phase"].value + math.pi / 4) < 4 * found["phase"].stderr
    assert math.hypot(found["real_part"].value, found["imaginary_part"].value) < 0.72


def test_another_unitary_than_asked_for_is_no_good_result():
    from oqtopus_experiments.testing import synthetic
    from oqtopus_experiments_curvefit import CurveFit

    asked, rng = HadamardTest(test_unitary="S"), np.random.default_rng(1)
    z = {"real_part": 0.9, "imaginary_part": 0.0, "real_offset": 0.0, "imaginary_offset": 0.0}

    (found,) = CurveFit().analyze(asked, synthetic(asked, z, 1000, rng))

    assert "implausible" in found.verdict.codes
