"""Floors: each task as a script written for it alone with the same libraries. No plugins, no checks, no verdict."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import lmfit
import numpy as np
import pandas as pd
import qulacs
from numpy.typing import NDArray
from qiskit import QuantumCircuit
from qiskit.circuit import Instruction
from qiskit_aer import AerSimulator
from scipy.optimize import curve_fit

AMPLITUDES, DELAYS = np.linspace(0, 2, 50), np.linspace(0, 75_000, 51)
T1, T2, GATE, DEPOLARIZING, READ_1_IN_0, READ_0_IN_1 = 25_000.0, 30_000.0, 25.0, 0.001, 0.02, 0.03

Array = NDArray[np.float64]


def relaxation(time: float) -> NDArray[np.complex128]:
    """Return amplitude and phase damping over a time, ns, on column-stacked density matrices."""
    left, coherence = np.exp(-time / T1), np.exp(-time / T2)
    channel = np.diag([1, coherence, coherence, left]).astype(complex)
    channel[0, 3] = 1 - left
    return channel


def depolarizing() -> NDArray[np.complex128]:
    """Return the depolarizing channel of a gate."""
    mixed = np.outer(np.eye(2).ravel(), np.eye(2).ravel()) / 2
    return (1 - DEPOLARIZING) * np.eye(4, dtype=complex) + DEPOLARIZING * mixed


def simulated(circuits: Sequence[QuantumCircuit]) -> Array:
    """Return P(1) of each circuit, with readout errors."""
    result = AerSimulator(method="density_matrix").run(list(circuits), shots=1).result()
    p1 = np.array([result.data(i)["probabilities"][1] for i in range(len(circuits))])
    return READ_1_IN_0 + (1 - READ_1_IN_0 - READ_0_IN_1) * np.clip(p1, 0, 1)


def errors_of(signal: Array, shots: int) -> Array:
    """Return the binomial error of each mean."""
    smooth = (signal * shots + 0.5) / (shots + 1)
    return np.sqrt(smooth * (1 - smooth) / shots)


def fitted(model: Callable[..., Array], x: Array, signal: Array, shots: int, **start: float) -> pd.DataFrame:
    """Return the table of an lmfit fit with known errors."""
    fit = lmfit.Model(model).fit(signal, x=x, weights=1 / errors_of(signal, shots), scale_covar=False, **start)
    return pd.DataFrame([{"parameter": name, "value": p.value, "stderr": p.stderr} for name, p in fit.params.items()])


def oscillation(x: Array, pi_amplitude: float, contrast: float, offset: float) -> Array:
    """Return a Rabi oscillation."""
    return offset - contrast / 2 * np.cos(np.pi * x / pi_amplitude)


def decay(x: Array, t1: float, amplitude: float, offset: float) -> Array:
    """Return an exponential decay."""
    return amplitude * np.exp(-x / t1) + offset


def rabi_noiseless(shots: int = 1000) -> pd.DataFrame:
    """Rabi: circuits of Qiskit, their gates given to Qulacs, counts drawn, lmfit, a table."""
    rng, signal = np.random.default_rng(1), []
    for amplitude in AMPLITUDES:
        circuit = QuantumCircuit(1, 1)
        circuit.rx(amplitude * np.pi, 0)
        circuit.measure(0, 0)
        simulated = qulacs.QuantumCircuit(1)
        for instruction in circuit.data:
            if instruction.operation.name == "rx":
                simulated.add_RX_gate(
                    circuit.find_bit(instruction.qubits[0]).index, -float(instruction.operation.params[0])
                )
        state = qulacs.QuantumState(1)
        simulated.update_quantum_state(state)
        probabilities = abs(state.get_vector()) ** 2
        drawn = rng.multinomial(shots, probabilities / probabilities.sum())
        counts = {"0": int(drawn[0]), "1": int(drawn[1])}
        signal.append(counts["1"] / shots)
    return fitted(oscillation, AMPLITUDES, np.array(signal), shots, pi_amplitude=0.9, contrast=1, offset=0.5)


def rabi_bare(shots: int = 1000) -> pd.DataFrame:
    """Rabi without any circuit that others could read: gates of Qulacs, binomial noise, lmfit, a table."""
    p1 = []
    for amplitude in AMPLITUDES:
        circuit = qulacs.QuantumCircuit(1)
        circuit.add_RX_gate(0, -amplitude * np.pi)
        state = qulacs.QuantumState(1)
        circuit.update_quantum_state(state)
        p1.append(abs(state.get_vector()[1]) ** 2)
    signal = np.random.default_rng(1).binomial(shots, np.clip(p1, 0, 1)) / shots
    return fitted(oscillation, AMPLITUDES, signal, shots, pi_amplitude=0.9, contrast=1, offset=0.5)


def rabi_noisy(shots: int = 1000) -> pd.DataFrame:
    """Rabi: Aer with the channels written out, binomial noise, lmfit, a table."""
    circuits = []
    noise = [Instruction("superop", 1, 0, [channel]) for channel in (depolarizing(), relaxation(GATE))]
    for amplitude in AMPLITUDES:
        circuit = QuantumCircuit(1)
        circuit.rx(amplitude * np.pi, 0)
        for channel in noise:
            circuit.append(channel, [0])
        circuit.save_probabilities([0])
        circuits.append(circuit)
    signal = np.random.default_rng(1).binomial(shots, simulated(circuits)) / shots
    return fitted(oscillation, AMPLITUDES, signal, shots, pi_amplitude=0.9, contrast=1, offset=0.5)


def t1(shots: int = 1000, qubits: int = 1) -> pd.DataFrame:
    """T1: Aer with the channels written out, one circuit for each qubit and delay, binomial noise, lmfit, a table."""
    rng, tables = np.random.default_rng(1), []
    for _ in range(qubits):
        circuits = []
        for delay in DELAYS:
            circuit = QuantumCircuit(1)
            circuit.x(0)
            circuit.append(Instruction("superop", 1, 0, [depolarizing()]), [0])
            circuit.append(Instruction("superop", 1, 0, [relaxation(delay + GATE)]), [0])
            circuit.save_probabilities([0])
            circuits.append(circuit)
        signal = rng.binomial(shots, simulated(circuits)) / shots
        tables.append(fitted(decay, DELAYS, signal, shots, t1=20_000, amplitude=0.9, offset=0.05))
    return pd.concat(tables)


def analysis(qubits: int = 100, shots: int = 1000) -> list[tuple[Array, Array]]:
    """The fits of made-up T1 data alone, by bare scipy: no likelihood, no verdict, no table."""
    rng = np.random.default_rng(1)
    signals = rng.binomial(shots, decay(DELAYS, 25_000.0, 0.95, 0.02), (qubits, len(DELAYS))) / shots
    start = (20_000.0, 0.9, 0.05)
    return [
        curve_fit(decay, DELAYS, signal, start, errors_of(signal, shots), absolute_sigma=True) for signal in signals
    ]


TASKS: dict[str, Callable[[], object]] = {
    "rabi_noiseless": rabi_noiseless,
    "rabi_bare": rabi_bare,
    "rabi_noisy": rabi_noisy,
    "t1": t1,
    "t1_5": lambda: t1(qubits=5),
    "t1_100": lambda: t1(qubits=100),
    "analysis_100": analysis,
}
