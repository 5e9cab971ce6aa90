"""The group is whole, its tables say what its circuits do, and sequences are drawn from all of it alike."""

from __future__ import annotations

import numpy as np
import pytest
from qiskit.circuit import Gate
from qiskit.circuit.library import get_standard_gate_name_mapping
from qiskit.exceptions import QiskitError
from qiskit.quantum_info import Clifford, Operator
from scipy.stats import chisquare

from oqtopus_experiments_rb._group import GATES, clifford_group, qubits_of
from oqtopus_experiments_rb._sequences import RandomSequence, drawn, endings, lengths

SIZES = {1: 24, 2: 11520}


@pytest.mark.parametrize("num_qubits", SIZES)
def test_no_two_elements_are_alike_and_all_are_there(num_qubits):
    group = clifford_group(num_qubits)

    assert group.size == len({tuple(row) for row in group.generators.tolist()}) == SIZES[num_qubits]


@pytest.mark.parametrize("num_qubits", SIZES)
def test_an_element_and_its_inverse_give_nothing(num_qubits):
    group = clifford_group(num_qubits)
    every = np.arange(group.size)

    assert (group.composed(every, group.inverses) == group.number_of(())).all()


@pytest.mark.parametrize("num_qubits", SIZES)
def test_the_tables_compose_as_qiskit_does(num_qubits):
    """Of circuits, so that gates, their order and their qubits are right too."""
    group = clifford_group(num_qubits)
    chosen = np.random.default_rng(1).integers(group.size, size=(20, 3))

    for elements in chosen:
        sequence = RandomSequence(tuple(elements.tolist()), "0" * num_qubits)
        gates = sequence.circuit().remove_final_measurements(inplace=False)
        assert Clifford(gates) == Clifford.from_label("I" * num_qubits)


@pytest.mark.parametrize("gate", GATES)
def test_a_gate_that_is_interleaved_is_undone_too(gate):
    size = qubits_of(gate)
    sequence = drawn(5, 4, "1" * size, 0, tuple(range(size)))

    gates = sequence.circuit(gate).remove_final_measurements(inplace=False)

    assert gates.count_ops().get(gate, 0) >= 4
    assert abs(Operator(gates).data[-1, 0]) == pytest.approx(1)


def test_all_clifford_gates_of_qiskit_without_angles_are_known():
    def is_clifford(gate):
        try:
            Clifford(gate)
        except QiskitError:
            return False
        return True

    standard = get_standard_gate_name_mapping().items()
    fitting = {name: one for name, one in standard if isinstance(one, Gate) and not one.params and one.num_qubits < 3}

    assert {name for name, one in fitting.items() if one.num_qubits and is_clifford(one)} == set(GATES)


@pytest.mark.parametrize("ending", ["0", "1", "00", "01", "10", "11"])
def test_a_sequence_without_errors_gives_its_ending(ending):
    gates = drawn(0, 7, ending, 3, (4, 2)[: len(ending)]).circuit().remove_final_measurements(inplace=False)

    assert gates.depth() > 7
    outcome = Operator(gates).data[:, 0]
    assert abs(outcome[int(ending, 2)]) == pytest.approx(1)


@pytest.mark.parametrize("num_qubits", SIZES)
def test_elements_are_drawn_uniformly_from_the_whole_group(num_qubits):
    """As circuits have them: over lengths, endings, sequences and targets. A table of 16 elements has no chance."""
    size = SIZES[num_qubits]
    found = [
        drawn(seed, length, ending, sequence, (target, target + 1)[:num_qubits]).elements
        for seed in range(2)
        for length in ((40, 200) if num_qubits == 1 else (1000, 2000))
        for ending in endings(num_qubits)
        for sequence in range(5)
        for target in range(3)
    ]
    drawn_elements = np.concatenate(found)

    counts = np.bincount(drawn_elements, minlength=size)

    assert len(drawn_elements) > 10 * size
    assert 1e-3 < chisquare(counts).pvalue < 1 - 1e-3


@pytest.mark.parametrize("num_qubits", SIZES)
def test_the_element_that_ends_a_sequence_is_uniform_too(num_qubits):
    """It undoes a product of random elements; its share of pulses would otherwise differ from the others'."""
    last = [drawn(7, 3, "0" * num_qubits, n, (0, 1)[:num_qubits]).undoing() for n in range(1200)]

    # Of two qubits by its class, that is by its cx: 576, 5184, 5184 and 576 of 11520.
    group = clifford_group(num_qubits)
    kind = (lambda n: n) if num_qubits == 1 else (lambda n: sum(step[0] == "cx" for step in group.circuits[n]))
    kinds = np.bincount([kind(n) for n in last], minlength=24 if num_qubits == 1 else 4)
    expected = np.full(24, 50.0) if num_qubits == 1 else np.array([60.0, 540.0, 540.0, 60.0])
    assert chisquare(kinds, expected).pvalue > 1e-3


def test_no_two_sequences_of_an_experiment_are_beginnings_of_each_other():
    found = {
        drawn(0, 30, ending, sequence, (target,)).elements[:10]
        for ending in "01"
        for sequence in range(10)
        for target in range(5)
    } | {drawn(0, length, "0", 0, (0,)).elements[:10] for length in (10, 20, 40)}

    assert len(found) == 103


def test_one_qubit_takes_at_most_one_pulse_and_two_take_one_and_a_half_cx_on_average():
    one, two = clifford_group(1), clifford_group(2)

    assert max(sum(step[0] != "rz" for step in steps) for steps in one.circuits) == 1
    assert one.mean_gates("sx", "x") == pytest.approx(5 / 6)
    assert two.mean_gates("cx") == pytest.approx(1.5)


@pytest.mark.parametrize(("longest", "number"), [(100, 10), (128, 8), (3, 3), (10, 10), (1000, 4), (12, 9)])
def test_lengths_are_different_and_grow_by_about_a_factor(longest, number):
    found = lengths(longest, number)

    assert len(set(found.tolist())) == number
    assert (np.diff(found) > 0).all()
    assert (found[0], found[-1]) == (1, longest)
