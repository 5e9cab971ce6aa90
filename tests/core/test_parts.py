"""Independent parts of a circuit: what no gate joins is simulated apart, and what is equal only once."""

from __future__ import annotations

import pytest

from oqtopus_experiments.simulation import Step, split


def gate(name, *qubits, key="name"):
    return Step(name, qubits, (), name if key == "name" else key)


def only(steps, measured):
    (part,) = split(steps, measured)
    return part


def test_qubits_that_a_gate_joins_are_one_part_and_others_are_not():
    parts = split([gate("x", 4), gate("cx", 3, 1), gate("ccx", 0, 5, 2), gate("h", 2)], {q: q for q in range(6)})

    assert [part.qubits for part in parts] == [(0, 2, 5), (1, 3), (4,)]


def test_a_step_on_local_qubits_is_the_same_in_all_else():
    part = only([Step("rx", (7,), (2,), ("rx", 0.1), "rx")], {0: 7})

    (step,) = part.steps
    assert (step.operation, step.qubits, step.clbits, step.key, step.name) == ("rx", (0,), (2,), ("rx", 0.1), "rx")


def test_circuits_of_one_layout_keep_their_own_steps():
    """How qubits belong together is found once for the circuits of a sweep; all that they do is their own."""
    split([gate("rx", 3, key=0.1), gate("cx", 3, 1)], {0: 3})
    part = only([gate("ry", 3, key=0.2), gate("cz", 3, 1)], {0: 3})

    assert [(step.operation, step.key, step.qubits) for step in part.steps] == [("ry", 0.2, (1,)), ("cz", "cz", (1, 0))]


def test_a_chain_of_gates_joins_all_it_touches():
    parts = split([gate("cx", 0, 1), gate("cx", 2, 3), gate("cx", 3, 0)], {0: 0})

    assert [part.qubits for part in parts] == [(0, 1, 2, 3)]


def test_steps_keep_their_order_and_act_on_local_qubits():
    part = only([gate("x", 7), gate("cx", 7, 5), gate("h", 5)], {0: 5, 1: 7})

    assert [(step.operation, step.qubits) for step in part.steps] == [("x", (1,)), ("cx", (1, 0)), ("h", (0,))]


def test_classical_bits_are_ascending_whatever_qubits_they_hold():
    part = only([gate("cx", 2, 9)], {3: 9, 1: 2, 5: 9})

    assert part.clbits == (1, 3, 5)
    assert part.readout == (0, 1, 1)


def test_what_nothing_measures_is_left_out():
    assert [part.qubits for part in split([gate("x", 0), gate("x", 1)], {0: 1})] == [(1,)]


def test_a_qubit_that_is_only_measured_is_a_part():
    parts = split([gate("x", 0)], {0: 0, 1: 3})

    assert [(part.qubits, part.clbits, part.steps) for part in parts][1] == ((3,), (1,), ())


def key(steps, measured):
    return only(steps, measured).key()


def test_equal_parts_on_other_qubits_and_bits_have_one_key():
    assert key([gate("x", 0), gate("cx", 0, 1)], {0: 0, 1: 1}) == key([gate("x", 5), gate("cx", 5, 8)], {7: 5, 9: 8})


@pytest.mark.parametrize(
    ("steps", "measured"),
    [
        ([gate("x", 0), gate("cx", 0, 1)], {0: 1, 1: 0}),
        ([gate("x", 0), gate("cx", 0, 1)], {0: 0}),
        ([gate("x", 1), gate("cx", 0, 1)], {0: 0, 1: 1}),
        ([gate("x", 0), gate("cx", 1, 0)], {0: 0, 1: 1}),
        ([gate("cx", 0, 1), gate("x", 0)], {0: 0, 1: 1}),
        ([gate("y", 0), gate("cx", 0, 1)], {0: 0, 1: 1}),
    ],
    ids=["read in another order", "read in part", "on another qubit", "turned round", "in another order", "of others"],
)
def test_parts_that_differ_have_keys_that_differ(steps, measured):
    assert key(steps, measured) != key([gate("x", 0), gate("cx", 0, 1)], {0: 0, 1: 1})


def test_a_part_with_an_operation_of_unknown_action_is_like_no_other():
    assert key([gate("x", 0), gate("mine", 0, key=None)], {0: 0}) is None
