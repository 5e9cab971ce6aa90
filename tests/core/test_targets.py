"""Targets: which qubits are meant, in which order, and what cannot be meant."""

from __future__ import annotations

import pytest

from oqtopus_experiments import ParameterError
from oqtopus_experiments.contracts.targets import as_targets, label, problem, resolve


def test_a_pair_has_a_direction():
    assert label((3, 1)) == "3-1"
    assert label((3,)) == "3"


def test_a_bare_number_stands_for_a_target_of_one_qubit():
    assert as_targets([4, [7]]) == ((4,), (7,))
    with pytest.raises(ParameterError, match="not -1"):
        as_targets([-1])


def test_neighbours_start_at_the_qubit_that_is_named():
    assert resolve(3, 4, None) == ((4, 5, 6),)
    assert resolve(3, None, None) == ((0, 1, 2),)
    assert resolve(1, 0, None) == ((0,),)


@pytest.mark.parametrize(
    ("targets", "expected"),
    [
        (((0, 1), (2, 3)), ""),
        (((0, 0),), "qubit 0 is named twice"),
        (((0, 1), (2, 1)), "qubit 1 is named twice"),
        (((0, 1), (2,)), "must have 2 qubits; got [2]"),
        ((), "at least one target"),
    ],
)
def test_every_target_has_its_size_and_no_qubit_is_used_twice(targets, expected):
    found = problem(targets, 2)

    assert expected in found
    assert bool(found) == bool(expected)


def test_what_a_run_file_would_say_names_the_targets_once_and_in_order(fakes):
    experiment = fakes.Ramp(physical_qubits=[5, 2], points=3)
    said = experiment.parameters()

    assert said == {"points": 3, "top": 1.0, "wait": 100.0, "targets": [[5], [2]]}
    assert type(experiment)(**said).targets == experiment.targets


def test_many_targets_are_compared_each_once_and_not_with_all_others():
    """A hundred thousand targets took a minute to be told apart, wherever an experiment is made or read back."""
    compared = []

    class Watched(int):
        def __eq__(self, other):
            compared.append(other)
            return int(self) == int(other)

        __hash__ = int.__hash__

    number = 2000
    assert problem(tuple((Watched(qubit),) for qubit in range(number)), 1) == ""
    assert len(compared) < 10 * number
    twice = problem(tuple((Watched(qubit),) for qubit in (3, 7, 5, 7, 5)), 1)
    assert twice == "qubit 5 is named twice; targets run side by side and cannot share a qubit"
