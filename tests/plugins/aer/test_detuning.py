"""Detuned qubits, and detunings that differ from shot to shot: against what they must be by hand."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from qiskit import QuantumCircuit
from scipy.special import chdtrc

from oqtopus_experiments import Batch, ParameterError, UnsupportedOperationError
from oqtopus_experiments.backends import LocalBackend
from oqtopus_experiments_aer import NoisyBackend

ERRORS = ("single_qubit_error", "two_qubit_error", "readout_error_0", "readout_error_1")
QUIET = {"t1": None, "t2": None} | dict.fromkeys((*ERRORS, "single_qubit_gate_time", "two_qubit_gate_time"), 0.0)
SPREAD = 40_000.0


def ramsey(delay, phase=0.0):
    circuit = QuantumCircuit(1, 1)
    circuit.sx(0)
    circuit.delay(delay, 0, unit="ns")
    circuit.rz(phase, 0)
    circuit.sx(0)
    circuit.measure(0, 0)
    return circuit


def echo(half, rest=None):
    circuit = QuantumCircuit(1, 1)
    circuit.sx(0)
    circuit.delay(half, 0, unit="ns")
    circuit.x(0)
    circuit.delay(half if rest is None else rest, 0, unit="ns")
    circuit.sx(0)
    circuit.measure(0, 0)
    return circuit


def waiting_pair(shared=True):
    """A Bell pair, or two qubits of their own, that wait for each other in two steps and are brought back."""
    circuit = QuantumCircuit(2, 2)
    circuit.h(0)
    if shared:
        circuit.cx(0, 1)
    else:
        circuit.h(1)
    circuit.barrier()
    circuit.delay(3000, 0, unit="ns")
    circuit.barrier()
    circuit.delay(1000, [0, 1], unit="ns")
    circuit.barrier()
    if shared:
        circuit.cx(0, 1)
    else:
        circuit.h(1)
    circuit.h(0)
    circuit.measure([0, 1], [0, 1])
    return circuit


def p1(device, circuit, places=None):
    return device.probabilities(circuit, places)[1]


@pytest.mark.parametrize("detuning", [-170_000.0, 30_000.0])
def test_a_detuned_qubit_turns_by_its_frequency_and_with_its_sign(detuning):
    device = NoisyBackend(**QUIET, detuning=detuning)
    for delay, phase in itertools.product((700, 2500), (0.0, math.pi / 2, -1.0)):
        turned = phase - 2 * math.pi * detuning * delay * 1e-9
        assert p1(device, ramsey(delay, phase)) == pytest.approx((1 + math.cos(turned)) / 2, abs=1e-12)


@pytest.mark.parametrize("delay", [100, 3_000, 20_000, 300_000])
def test_a_spread_takes_contrast_as_a_gaussian_beside_t2(delay):
    device = NoisyBackend(**(QUIET | {"t1": 50_000.0, "t2": 20_000.0}), detuning=7_000.0, detuning_spread=SPREAD)
    time = delay * 1e-9
    contrast = math.exp(-delay / 20_000) * math.exp(-((2 * math.pi * SPREAD * time) ** 2) / 2)
    expected = (1 + contrast * math.cos(2 * math.pi * 7_000 * time)) / 2
    assert p1(device, ramsey(delay)) == pytest.approx(expected, abs=1e-10)


def test_an_echo_undoes_what_is_constant_within_a_shot_in_gates_too():
    options = QUIET | {"single_qubit_gate_time": 25.0, "t1": 50_000.0, "t2": 20_000.0}
    device = NoisyBackend(**options, detuning=123_456.0, detuning_spread=200_000.0)
    tuned = NoisyBackend(**options)
    for half in (2, 5_000, 40_000):
        assert device.probabilities(echo(half)) == pytest.approx(tuned.probabilities(echo(half)), abs=1e-10)
    # What is left of unequal halves dephases as the difference alone.
    left = p1(NoisyBackend(**QUIET, detuning_spread=SPREAD), echo(9_000, 12_000))
    gone = math.exp(-((2 * math.pi * SPREAD * 3e-6) ** 2) / 2)
    assert left == pytest.approx((1 - gone) / 2, abs=1e-10)


def test_a_gate_takes_time_half_of_it_before_it_is_done():
    device = NoisyBackend(**(QUIET | {"single_qubit_gate_time": 100.0, "two_qubit_gate_time": 300.0}), detuning=600e3)
    pulses, between = QuantumCircuit(1, 1), QuantumCircuit(2, 1)
    pulses.sx(0)
    pulses.sx(0)
    between.sx(0)
    between.cx(1, 0)
    between.sx(0)
    for circuit, time in ((pulses, 100e-9), (between, 400e-9)):
        circuit.measure(0, 0)
        assert p1(device, circuit) == pytest.approx((1 + math.cos(2 * math.pi * 600e3 * time)) / 2, abs=1e-12)


@pytest.mark.parametrize("shared", [True, False])
def test_waiting_qubits_of_a_group_have_detunings_of_their_own(shared):
    """Of a Bell pair the variances add up; of two qubits apart each loses its own."""
    device = NoisyBackend(**QUIET, detuning_spread=20_000.0, qubits={3: {"detuning_spread": 50_000.0}})
    first, second = 2 * math.pi * 20_000 * 4e-6, 2 * math.pi * 50_000 * 4e-6
    found = device.probabilities(waiting_pair(shared), (0, 3))
    if shared:
        kept = math.exp(-(first**2 + second**2) / 2)
        expected = [(1 + kept) / 2, (1 - kept) / 2, 0.0, 0.0]
    else:
        one, other = (math.exp(-(angle**2) / 2) for angle in (first, second))
        expected = [(1 + a * one) * (1 + b * other) / 4 for b in (1, -1) for a in (1, -1)]
    assert found == pytest.approx(expected, abs=1e-10)


def scrambled(width, gates, rng):
    circuit = QuantumCircuit(width, width)
    for _ in range(gates):
        qubits = [int(qubit) for qubit in rng.permutation(width)]
        if rng.integers(3) == 0:
            circuit.delay(float(rng.uniform(10, 900)), qubits[0], unit="ns")
        elif width == 1 or rng.integers(2):
            circuit.u(*rng.uniform(0, 6, 3), qubits[0])
        else:
            circuit.cx(*qubits[:2])
    circuit.measure(range(width), range(width))
    return circuit


@pytest.mark.parametrize("seed", range(6))
def test_a_spread_is_the_average_over_devices_of_fixed_detunings(seed):
    """Each of them simulated as density matrices, which know nothing of spreads; quadrature written here."""
    rng = np.random.default_rng(seed)
    circuit = scrambled(1 + seed % 3, 12, rng)
    nodes, weights = np.polynomial.hermite.hermgauss(11)
    spreads = (30_000.0, 0.0, 45_000.0)
    mean, total = {0: 60_000.0, 1: -20_000.0, 2: 0.0}, 0.0
    wandering = [qubit for qubit in range(circuit.num_qubits) if spreads[qubit]]
    for chosen in itertools.product(range(11), repeat=len(wandering)):
        fixed = {q: {"detuning": value} for q, value in mean.items()}
        for qubit, node in zip(wandering, chosen, strict=True):
            fixed[qubit] = {"detuning": mean[qubit] + math.sqrt(2) * spreads[qubit] * nodes[node]}
        weight = math.prod(weights[node] / math.sqrt(math.pi) for node in chosen)
        total += weight * NoisyBackend(qubits=fixed, method="density_matrix").probabilities(circuit)
    device = NoisyBackend(qubits={q: {"detuning": mean[q], "detuning_spread": spreads[q]} for q in range(3)})
    assert device.probabilities(circuit) == pytest.approx(total, abs=1e-7)


@pytest.mark.parametrize("method", ["trajectories", "automatic"])
def test_shots_follow_the_exact_probabilities_each_with_a_detuning_of_its_own(method):
    total, degrees_of_freedom = 0.0, 0
    for seed in range(6):
        circuit = scrambled(1 + seed % 3, 12, np.random.default_rng(seed))
        device = NoisyBackend(method=method, detuning=20_000.0, detuning_spread=90_000.0, seed=seed)
        expected = NoisyBackend(detuning=20_000.0, detuning_spread=90_000.0).probabilities(circuit) * 600
        counts = next(device.submit(Batch((circuit,), 600, tuple(range(circuit.num_qubits)))).outcomes()).result
        observed = np.zeros(len(expected))
        for key, count in counts.items():
            observed[int(key, 2)] = count
        total += float(((observed - expected) ** 2 / expected).sum())
        degrees_of_freedom += len(expected) - 1
    assert 1e-4 < chdtrc(degrees_of_freedom, total) < 1 - 1e-4


def test_both_halves_of_a_shot_that_is_read_in_between_have_one_detuning():
    """A qubit read after one wait and again after another that is as long: both outcomes agree more than by chance."""
    circuit = QuantumCircuit(1, 2)
    for bit in range(2):
        circuit.reset(0)
        circuit.sx(0)
        circuit.delay(20, 0, unit="us")
        circuit.sx(0)
        circuit.measure(0, bit)
    agree = []
    for method in ("trajectories", "automatic"):
        device = NoisyBackend(**QUIET, detuning_spread=SPREAD, method=method, seed=3)
        counts = next(device.submit(Batch((circuit,), 1000, (0,))).outcomes()).result
        agree.append((counts["00"] + counts["11"]) / 1000)
    # Each is 1 with cos^2(angle / 2): on average over angles (1 + cos^2) / 2 = 3/4 of the shots agree, not a half.
    assert agree == pytest.approx([0.75, 0.75], abs=0.06)


def test_a_wide_state_that_waits_loses_the_phases_of_all_its_qubits():
    width, spread, time = 14, 20_000.0, 1e-6
    circuit = QuantumCircuit(width, 1)
    circuit.h(0)
    for qubit in range(width - 1):
        circuit.cx(qubit, qubit + 1)
    circuit.barrier()
    circuit.delay(1000, range(width), unit="ns")
    circuit.barrier()
    for qubit in reversed(range(width - 1)):
        circuit.cx(qubit, qubit + 1)
    circuit.h(0)
    circuit.measure(0, 0)
    lost = (1 - math.exp(-width * (2 * math.pi * spread * time) ** 2 / 2)) / 2
    device = NoisyBackend(**QUIET, detuning_spread=spread, seed=1)
    assert p1(device, circuit) == pytest.approx(lost, abs=1e-9)
    counts = next(device.submit(Batch((circuit,), 4000, tuple(range(width)))).outcomes()).result
    assert counts["1"] / 4000 == pytest.approx(lost, abs=4 * math.sqrt(lost * (1 - lost) / 4000))


def test_one_seed_one_result_and_no_detuning_changes_nothing():
    def counts(**options):
        return next(NoisyBackend(seed=5, **options).submit(Batch((ramsey(900),), 500, (0,))).outcomes()).result

    assert counts(detuning_spread=SPREAD) == counts(detuning_spread=SPREAD)
    assert counts(detuning=0.0, detuning_spread=0.0) == counts()


def test_detunings_are_given_in_units_of_frequency_and_in_range():
    device = LocalBackend(device="noisy", detuning="-20 kHz", qubits={"2": {"detuning_spread": "1 kHz"}})
    assert device.configuration()["options"]["detuning"] == -20_000.0
    assert device.configuration()["options"]["qubits"] == {"2": {"detuning_spread": 1000.0}}
    with pytest.raises(ParameterError, match="detuning_spread"):
        NoisyBackend(detuning_spread=-1.0)
    with pytest.raises(UnsupportedOperationError, match="'detuning_spread' gives another one to every shot"):
        NoisyBackend(detuning_spread=1.0, method="density_matrix").probabilities(ramsey(900))
