"""The formulas between a calibration and counts."""

from __future__ import annotations

import copy

import numpy as np
import pytest

from oqtopus_experiments_oqtopus_emulator import default_devices
from oqtopus_experiments_oqtopus_emulator.mitigation import mitigate, nearest
from oqtopus_experiments_oqtopus_emulator.noise import excess_depolarizing, noisy_options, relaxation_fidelity


def test_the_fidelity_of_relaxing_is_that_of_its_kraus_operators():
    """F_e = sum |tr K|^2 / d^2 (Nielsen, 2002), for amplitude damping followed by dephasing."""
    duration, t1, t2 = 3.0, 20.0, 25.0
    gamma = 1 - np.exp(-duration / t1)
    dephased = (1 - np.exp(-duration / t2 + duration / (2 * t1))) / 2
    damping = [np.diag([1, np.sqrt(1 - gamma)]), np.array([[0, np.sqrt(gamma)], [0, 0]])]
    flips = [np.sqrt(1 - dephased) * np.eye(2), np.sqrt(dephased) * np.diag([1, -1])]
    expected = sum(abs(np.trace(b @ a)) ** 2 for a in damping for b in flips) / 4

    assert relaxation_fidelity(duration, t1, t2) == pytest.approx(expected, rel=1e-12)


def test_without_relaxation_all_infidelity_is_depolarizing():
    assert excess_depolarizing(0.999, 1.0, qubits=1) == pytest.approx(0.002)  # F = 1 - p/2
    assert excess_depolarizing(0.99, 1.0, qubits=2) == pytest.approx(0.04 / 3)  # F = 1 - 3p/4
    assert excess_depolarizing(0.9999, 0.99, qubits=1) == 0  # relaxation alone is worse than that


def test_every_number_of_the_calibration_arrives_in_the_noisy_backend():
    from oqtopus_experiments.backends import LocalBackend

    info = default_devices()[0].info
    profile = LocalBackend("noisy", **noisy_options(info)).profile()
    for qubit in info["qubits"]:
        noise = profile.of(qubit["id"])
        assert (noise.t1, noise.t2) == pytest.approx(
            (1e3 * qubit["qubit_lifetime"]["t1"], 1e3 * qubit["qubit_lifetime"]["t2"])
        )
        assert noise.single_qubit_gate_time == qubit["gate_duration"]["x"]
        assert noise.readout_error_0 == qubit["meas_error"]["prob_meas1_prep0"]
        assert noise.readout_error_1 == qubit["meas_error"]["prob_meas0_prep1"]
    assert 220 <= profile.two_qubit_gate_time <= 300
    assert 0.005 < profile.two_qubit_error < 0.03


def test_a_calibration_that_cannot_be_is_brought_within_bounds():
    """T2 is at most twice T1, which a fit of a calibration does not know."""
    info = copy.deepcopy(default_devices()[0].info)
    info["qubits"][3]["qubit_lifetime"] = {"t1": 20.0, "t2": 55.0}
    options = noisy_options(info)
    assert (options["qubits"][3]["t1"], options["qubits"][3]["t2"]) == (20e3, 40e3)


def test_the_nearest_distribution_is_nearer_than_any_other():
    rng = np.random.default_rng(5)
    for _ in range(50):
        quasi = rng.normal(0.25, 0.3, size=4)
        quasi += (1 - quasi.sum()) / 4
        found = nearest(quasi)
        assert found.min() >= 0
        assert found.sum() == pytest.approx(1)
        others = rng.dirichlet(np.ones(4), size=500)
        assert np.sum((found - quasi) ** 2) <= np.sum((others - quasi) ** 2, axis=1).min() + 1e-12


def test_mitigation_undoes_the_readout_errors_of_exact_counts():
    """Qubits 2 and 7 in 1 and 0, read with their errors and no statistics: the result is what was prepared."""
    from qiskit import QuantumCircuit

    anemone = default_devices()[0]
    circuit = QuantumCircuit(8, 2)
    circuit.measure([2, 7], [1, 0])
    errors = {qubit["id"]: qubit["meas_error"] for qubit in anemone.info["qubits"]}
    missed, false = errors[2]["prob_meas0_prep1"], errors[7]["prob_meas1_prep0"]
    shots = 10**8
    observed = {
        "10": (1 - missed) * (1 - false), "11": (1 - missed) * false, "00": missed * (1 - false), "01": missed * false
    }  # fmt: skip

    cured = mitigate({key: round(shots * value) for key, value in observed.items()}, circuit, anemone)

    assert cured["10"] > shots - 10
