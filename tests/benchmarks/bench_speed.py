"""
Speed beside floors measured in the same run: ``nox -s bench``.

A floor is a script written for one task alone with the same libraries: no plugins, no checks, no verdict.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable

import lmfit
import numpy as np
import pandas as pd
import qulacs
from qiskit import QuantumCircuit
from qiskit.circuit import Instruction
from qiskit_aer import AerSimulator

from oqtopus_experiments.backends import LocalBackend
from oqtopus_experiments.experiments import T1, Rabi

AMPLITUDES, DELAYS = np.linspace(0, 2, 50), np.linspace(0, 75_000, 51)


def floor_rabi(shots: int = 1000) -> pd.DataFrame:
    """Rabi for this task alone: Qulacs, binomial noise, an lmfit model, a table."""
    rng = np.random.default_rng(1)
    p1 = []
    for amplitude in AMPLITUDES:
        circuit = qulacs.QuantumCircuit(1)
        circuit.add_RX_gate(0, -amplitude * np.pi)
        state = qulacs.QuantumState(1)
        circuit.update_quantum_state(state)
        p1.append(abs(state.get_vector()[1]) ** 2)
    signal = rng.binomial(shots, np.clip(p1, 0, 1)) / shots
    errors = np.sqrt((signal * shots + 0.5) / (shots + 1) * (1 - (signal * shots + 0.5) / (shots + 1)) / shots)
    model = lmfit.Model(
        lambda x, pi_amplitude, contrast, offset: offset - contrast / 2 * np.cos(np.pi * x / pi_amplitude)
    )
    fit = model.fit(
        signal, x=AMPLITUDES, weights=1 / errors, pi_amplitude=0.9, contrast=1, offset=0.5, scale_covar=False
    )
    return pd.DataFrame(
        [{"pi_amplitude": fit.params["pi_amplitude"].value, "stderr": fit.params["pi_amplitude"].stderr}]
    )


def floor_t1(shots: int = 1000) -> pd.DataFrame:
    """T1 for this task alone: Aer with the channels written out, binomial noise, an lmfit model, a table."""
    rng = np.random.default_rng(1)
    circuits = []
    for delay in DELAYS:
        circuit = QuantumCircuit(1)
        circuit.x(0)
        decay, coherence = np.exp(-(delay + 25) / 25_000), np.exp(-(delay + 25) / 30_000)
        channel = np.diag([1, coherence, coherence, decay]).astype(complex)
        channel[0, 3] = 1 - decay
        circuit.append(Instruction("superop", 1, 0, [channel]), [0])
        circuit.save_probabilities([0])
        circuits.append(circuit)
    result = AerSimulator(method="density_matrix").run(circuits, shots=1).result()
    p1 = np.array([result.data(i)["probabilities"][1] for i in range(len(circuits))])
    signal = rng.binomial(shots, 0.02 + 0.95 * np.clip(p1, 0, 1)) / shots
    smooth = (signal * shots + 0.5) / (shots + 1)
    model = lmfit.Model(lambda x, t1, amplitude, offset: amplitude * np.exp(-x / t1) + offset)
    weights = 1 / np.sqrt(smooth * (1 - smooth) / shots)
    fit = model.fit(signal, x=DELAYS, weights=weights, t1=20_000, amplitude=0.9, offset=0.05, scale_covar=False)
    return pd.DataFrame([{"t1": fit.params["t1"].value, "stderr": fit.params["t1"].stderr}])


def our_rabi(shots: int = 1000) -> pd.DataFrame:
    """The same task, our way."""
    backend = LocalBackend(device="qulacs", seed=1)
    return Rabi(physical_qubit=0, amplitude_points=50, max_amplitude=2.0).run(backend, shots).analyze()


def our_t1(shots: int = 1000, qubits: int = 1) -> pd.DataFrame:
    """The same task, our way."""
    backend = LocalBackend(device="noisy", seed=1)
    experiment = T1(physical_qubits=range(qubits), delay_points=51, max_delay=75_000.0)
    return experiment.run(backend, shots).analyze()


def seconds(task: Callable[[], object], repeats: int = 9) -> float:
    """Return the median time of a warm task."""
    task()
    times = []
    for _ in range(repeats):
        begin = time.perf_counter()
        task()
        times.append(time.perf_counter() - begin)
    return statistics.median(times)


def report(name: str, ours: float, floor: float, limit: float) -> float:
    """Print one line and return the ratio."""
    print(f"{name}: {ours * 1e3:.1f} ms, floor {floor * 1e3:.1f} ms, ratio {ours / floor:.2f} (limit {limit})")
    return ours / floor


def test_one_qubit_rabi_costs_at_most_six_times_a_script_for_that_task_alone() -> None:
    assert report("rabi 50 x 1000, noiseless", seconds(our_rabi), seconds(floor_rabi), 6) < 6


def test_one_qubit_t1_costs_at_most_six_times_a_script_for_that_task_alone() -> None:
    assert report("t1 51 x 1000, noisy", seconds(our_t1), seconds(floor_t1), 6) < 6


def test_a_million_shots_cost_at_most_twice_a_thousand() -> None:
    for name, task in (("rabi", our_rabi), ("t1", our_t1)):
        ratio = report(f"{name}, a million shots", seconds(lambda t=task: t(10**6)), seconds(lambda t=task: t(1000)), 2)
        assert ratio < 2


def test_t1_on_a_hundred_qubits_is_linear_in_qubits() -> None:
    few, many = seconds(lambda: our_t1(qubits=25), 3), seconds(lambda: our_t1(qubits=100), 3)
    assert report("t1 on 100 qubits, floor 25 qubits", many, few, 5) < 5
