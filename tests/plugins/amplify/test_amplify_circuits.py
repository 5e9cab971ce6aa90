"""Repeated gates: what each circuit ends in, and how often the gate comes."""

from __future__ import annotations

import numpy as np
import pytest
from qiskit import QuantumCircuit, transpile
from qiskit.quantum_info import Statevector

from oqtopus_experiments import ParameterError
from oqtopus_experiments.experiments import Amplify
from oqtopus_experiments_amplify._repeats import PREPARED, fewest, most_points, numbers
from oqtopus_experiments_amplify._rotation import of_sx, of_x

BY_HALVES = {"0": 0.0, "1": 1.0, "rising": 0.5, "falling": 0.5, "0 by halves": 0.0, "1 by halves": 1.0}


def turned(circuit, errors):
    """P(1) after a circuit whose x and sx turn about x by so much more than they should, rad."""
    made = QuantumCircuit(1)
    for gate in circuit.data:
        name = gate.operation.name
        if name in ("x", "sx"):
            made.rx({"x": np.pi, "sx": np.pi / 2}[name] + errors.get(name, 0.0), 0)
    return float(Statevector(made).probabilities()[1])


@pytest.mark.parametrize("gate", ["x", "sx"])
def test_a_calibrated_gate_ends_where_it_is_said_to_at_every_number_of_repeats(gate):
    for point in Amplify(gate=gate).sweep().points():
        assert turned(Amplify(gate=gate).circuit(**point), {}) == pytest.approx(BY_HALVES[point["ends"]], abs=1e-9)


@pytest.mark.parametrize("gate", ["x", "sx"])
def test_half_way_a_gate_that_turns_too_far_rises_and_falls_as_it_is_called(gate):
    experiment = Amplify(gate=gate)
    for point in experiment.sweep().points():
        one = turned(experiment.circuit(**point), {gate: 0.01})
        if point["ends"] in ("rising", "falling") and point["repeats"]:
            assert (one > 0.5) == (point["ends"] == "rising")


@pytest.mark.parametrize("errors", [{"x": 0.05, "sx": -0.03}, {"x": -0.3, "sx": 0.1}])
@pytest.mark.parametrize("gate", ["x", "sx"])
def test_the_model_is_that_of_the_circuits(gate, errors):
    experiment = Amplify(gate=gate)
    points = experiment.sweep().points()
    ends, repeats = (np.array([point[axis] for point in points]) for axis in ("ends", "repeats"))
    found = (
        of_x(ends, repeats, errors["x"], 1.0, 0.5, 0.0, 0.0, errors["sx"])
        if gate == "x"
        else of_sx(ends, repeats, errors["sx"], 1.0, 0.5, 0.0)
    )
    assert found == pytest.approx([turned(experiment.circuit(**point), errors) for point in points], abs=1e-9)


def test_the_model_of_x_loses_along_and_across_as_much_as_powers_of_its_matrix():
    angle, quarter, loss, more = 0.02, np.pi / 2 - 0.01, 0.01, 0.004
    along_across = np.diag(np.exp([more - loss, -more - loss]))
    once = along_across @ [[-np.cos(angle), np.sin(angle)], [-np.sin(angle), -np.cos(angle)]]
    for ends, (before, after, odd) in PREPARED["x"].items():
        for repeats in (odd, 20 + odd, 60 + odd):
            state = np.linalg.matrix_power(once, repeats) @ [np.cos(before * quarter), np.sin(before * quarter)]
            read = np.cos(after * quarter) * state[0] - np.sin(after * quarter) * state[1]
            (found,) = of_x(np.array([ends]), np.array([repeats]), angle, 0.9, 0.48, loss, more, -0.01)
            assert found == pytest.approx(0.48 - 0.45 * read)


def test_the_model_of_x_raises_nothing_wherever_a_fit_strays():
    for difference in (-1e4, 800.0, 1e300):
        with np.errstate(all="ignore"):
            of_x(np.array(["rising"]), np.array([20]), 0.02, 0.9, 0.48, -1e4, difference, -0.01)


@pytest.mark.parametrize("gate", ["x", "sx"])
def test_no_compiler_makes_fewer_gates_of_them(gate):
    made = transpile(Amplify(gate=gate).circuit("rising", 5), basis_gates=["sx", "x", "rz"], optimization_level=3)
    assert made.count_ops()[gate] == 5


@pytest.mark.parametrize("gate", ["x", "sx"])
@pytest.mark.parametrize("most", [12, 13, 60, 333, 10_000])
def test_numbers_of_repeats_reach_the_most_and_none_is_over_twice_the_one_before(gate, most):
    for points in {fewest(gate, most), min(1000, most_points(gate, most))}:
        found = numbers(gate, points, most)
        assert len(found) == points
        assert most - 4 < found[-1] <= most
        assert (found[2:] <= 2 * found[1:-1]).all()


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"gate": "y"}, "'gate' must be in"),
        ({"max_repeats": 10_000}, "at least 15 for x and max_repeats = 10000"),
        ({"max_repeats": 12}, "at most 7 for x and max_repeats = 12"),
        ({"max_repeats": 4}, ">= 12"),
        ({"repeat_points": 2}, ">= 3"),
    ],
)
def test_numbers_of_repeats_that_cannot_be_are_refused(wrong, message):
    with pytest.raises(ParameterError, match=message):
        Amplify(**wrong)
