"""Fidelity and coherence are those of the state that was made, for any number of qubits and any state."""

from __future__ import annotations

import math

import numpy as np
import pytest

from oqtopus_experiments import Counts, Dataset, ParameterError
from oqtopus_experiments.backends import LocalBackend
from oqtopus_experiments_curvefit import CurveFit
from oqtopus_experiments_ghz import GHZ, ParityOscillation
from oqtopus_experiments_ghz._fringe import default_points
from oqtopus_experiments_ghz._state import ghz_circuit, pairs

SHOTS = 1000


def analysis_of(experiment, state, seed=1):
    """Return the analysis of shots of this state: its gates take the place of those of the experiment."""
    from qiskit import QuantumCircuit
    from qiskit.quantum_info import Statevector

    rng, counts = np.random.default_rng(seed), {}
    for index, point in enumerate(experiment.sweep().points()):
        own = experiment.circuit(**point)
        gates = QuantumCircuit(experiment.num_qubits)
        gates.compose(state, inplace=True)
        for step in own.data:
            if step.name == "u":
                gates.append(step.operation, [own.find_bit(qubit).index for qubit in step.qubits])
        outcomes = rng.multinomial(SHOTS, Statevector(gates).probabilities())
        width = experiment.num_qubits
        counts[index] = Counts.from_dict({f"{i:0{width}b}": int(n) for i, n in enumerate(outcomes) if n}, width)
    return CurveFit().analyze(experiment, Dataset.from_counts(experiment, counts))[0]


def ideal(size, phase=0.0):
    from qiskit import QuantumCircuit

    circuit = QuantumCircuit(size)
    circuit.h(0)
    for qubit in range(1, size):
        circuit.cx(0, qubit)
    circuit.p(phase, 0)
    return circuit


@pytest.mark.parametrize("preparation", ["chain", "fan_out"])
@pytest.mark.parametrize("size", [2, 3, 6, 20])
def test_every_preparation_makes_the_state_of_all_zeros_and_all_ones(size, preparation):
    state = {0: 1.0, 1: 1.0}  # of the root: what each of its values becomes
    values = {0: [0] * size, 1: [0] * size}
    listed = list(pairs(size, preparation))
    for value in state:
        values[value][listed[0][0]] = value
        for control, target in listed:
            values[value][target] ^= values[value][control]
    assert values == {0: [0] * size, 1: [1] * size}
    assert len(listed) == size - 1
    if preparation == "chain":
        assert {abs(control - target) for control, target in listed} == {1}


def test_a_chain_is_half_as_deep_as_a_fan():
    chain, fan = (ghz_circuit(20, preparation, 0.3).depth() for preparation in ("chain", "fan_out"))

    assert chain <= fan / 2 + 3


@pytest.mark.parametrize("size", [2, 3, 4, 5])
@pytest.mark.parametrize("phase", [0.0, 0.7, -2.5])
def test_an_ideal_state_has_fidelity_one_and_its_own_phase(size, phase):
    analysis = analysis_of(GHZ(num_qubits=size), ideal(size, phase))

    assert abs(analysis["fidelity"].value - 1) < 4 * analysis["fidelity"].stderr
    assert abs(analysis["relative_phase"].value - phase) < 4 * analysis["relative_phase"].stderr
    assert "entangled" in analysis.verdict.codes


def product(size):
    """Return |+> of all qubits, whose fringe has all harmonics."""
    from qiskit import QuantumCircuit

    circuit = QuantumCircuit(size)
    circuit.h(range(size))
    return circuit


def halves():
    """Return two pairs side by side: half the population of a GHZ state, and half its contrast."""
    from qiskit import QuantumCircuit

    circuit = QuantumCircuit(4)
    for first in (0, 2):
        circuit.h(first)
        circuit.cx(first, first + 1)
    return circuit


STATES = {
    "|++>": lambda: product(2),
    "|+++>": lambda: product(3),
    "|0000>": lambda: product(4).compose(product(4)),
    "two pairs": halves,
}


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("kind", [GHZ, ParityOscillation])
def test_a_state_in_which_some_qubits_are_not_entangled_is_never_good(kind, state):
    made = STATES[state]()

    for seed in range(4):
        analysis = analysis_of(kind(num_qubits=made.num_qubits), made, seed)
        assert analysis.verdict.level != "good"
        assert "entangled" not in analysis.verdict.codes


def test_the_contrast_of_two_pairs_side_by_side_is_one_half():
    analysis = analysis_of(GHZ(num_qubits=4), halves())

    for name in ("fidelity", "contrast"):
        assert abs(analysis[name].value - 0.5) < 4 * analysis[name].stderr


@pytest.mark.parametrize("size", [2, 4])
def test_on_a_noisy_device_coherence_is_what_its_errors_leave(size):
    errors = {"two_qubit_error": 0.03, "readout_error_0": 0.01, "readout_error_1": 0.03}
    device = LocalBackend("noisy", t1=None, t2=None, single_qubit_error=0.0, seed=3, **errors)

    state = GHZ(num_qubits=size).run(device, shots=2000).analyses()[0]
    fringe = ParityOscillation(num_qubits=size).run(device, shots=2000).analyses()[0]

    truth = 0.97 ** (size - 1) * 0.96**size
    for found in (state["contrast"], fringe["coherence"]):
        assert abs(found.value - truth) < 4 * found.stderr
    assert state["fidelity"].value == pytest.approx((state["population"].value + state["contrast"].value) / 2)
    assert state.verdict.level == fringe.verdict.level == "good"


def test_a_readout_that_favours_one_value_is_never_good():
    device = LocalBackend("noisy", t1=None, t2=None, readout_error_0=1 / 3, readout_error_1=0.0, seed=1)

    (analysis,) = GHZ(num_qubits=2).run(device, shots=4000).analyses()

    assert analysis["fidelity"].value - 5 * analysis["fidelity"].stderr > 0.5
    assert (analysis.verdict.level, "implausible" in analysis.verdict.codes) == ("suspect", True)


def test_the_coherence_of_a_pair_decays_with_the_delay_in_ns():
    device = LocalBackend(
        "noisy", t1=None, t2=20_000, single_qubit_error=0.0, two_qubit_error=0.0,
        readout_error_0=0.0, readout_error_1=0.0, two_qubit_gate_time=0.0, single_qubit_gate_time=0.0, seed=4,
    )  # fmt: skip

    found = ParityOscillation(delay=4000).run(device, shots=4000).analyses()[0]["coherence"]

    assert abs(found.value - math.exp(-2 * 4000 / 20_000)) < 4 * found.stderr


def test_a_delay_in_us_is_the_same_as_one_in_ns():
    assert ParityOscillation(delay_us=1.5) == ParityOscillation(delay=1500.0) == ParityOscillation(delay="1.5 us")
    assert ParityOscillation(delay_us=0) == ParityOscillation()
    assert ParityOscillation(**ParityOscillation(delay_us=2).parameters()) == ParityOscillation(delay=2000.0)
    with pytest.raises(ParameterError, match="not both"):
        ParityOscillation(delay_us=1, delay=5.0)
    assert ParityOscillation(delay=1501.0).on_clock(4.0).delay == 1500.0
    assert ParityOscillation(delay=1501.0).settings() == {"delay": 1501.0}


@pytest.mark.parametrize("size", [2, 3, 7, 13, 20])
def test_there_are_phases_enough_to_tell_the_fringe_of_n_qubits_from_those_of_fewer(size):
    phases = np.array([point["phase"] for point in ParityOscillation(num_qubits=size).sweep().points()])

    harmonics = [f(k * phases) for k in range(size % 2, size + 1, 2) for f in (np.cos, np.sin) if k or f is np.cos]
    assert np.linalg.matrix_rank(np.array(harmonics)) == len(harmonics) == size + 1
    assert math.gcd(default_points(size), size) in (1, 13)
    with pytest.raises(ParameterError, match=f">= {size + 2} for {size} qubits"):
        GHZ(num_qubits=size, phase_points=size + 1)


@pytest.mark.parametrize("device", ["qulacs", "noisy"])
def test_twelve_qubits_are_measured(device):
    (analysis,) = GHZ(num_qubits=12).run(LocalBackend(device, seed=1), shots=300).analyses()

    assert (analysis["fidelity"].value > 0.9) == (device == "qulacs")
    assert analysis["fidelity"].value > 0.3
