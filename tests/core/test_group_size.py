"""How many qubits a target has may follow from the parameters, and targets are named as ever."""

from __future__ import annotations

import pytest
from attrs import frozen

from oqtopus_experiments import Axis, Experiment, ParameterError, PerTarget, Sweep, ge, parameter


@frozen(kw_only=True)
class Group(Experiment):
    name = "group"
    size: int = parameter(3, ge(1))

    @property
    def num_qubits(self):
        return self.size

    def sweep(self):
        return Sweep(Axis("x", [0.0]))

    def circuit(self, x):
        raise NotImplementedError


def test_the_targets_have_as_many_qubits_as_the_parameters_say():
    assert Group().targets == ((0, 1, 2),)
    assert Group(size=5).targets == ((0, 1, 2, 3, 4),)
    assert Group(size=1).targets == ((0,),)


def test_one_qubit_several_qubits_and_targets_are_named_alike():
    assert Group(size=4, physical_qubit=2).targets == ((2, 3, 4, 5),)
    assert Group(size=2, physical_qubits=[7, 3]).targets == ((7, 3),)
    assert Group(size=1, physical_qubits=[7, 3]).targets == ((7,), (3,))
    assert Group(size=2, targets=[(0, 1), (3, 2)]).targets == ((0, 1), (3, 2))


@pytest.mark.parametrize(
    ("options", "field", "message"),
    [
        ({"size": 3, "physical_qubits": [0, 1]}, "physical_qubits", "each target must have 3 qubits"),
        ({"size": 2, "targets": [(0, 1), (2,)]}, "targets", "each target must have 2 qubits"),
        ({"size": 2, "targets": [(0, 1), (1, 2)]}, "targets", "qubit 1 is named twice"),
        ({"physical_qubit": 0, "targets": [(3, 4, 5)]}, "physical_qubit", "not two of them"),
        ({"physical_qubit": 0, "physical_qubits": [3, 4, 5]}, "physical_qubits", "not both"),
        ({"size": 0}, "size", ">= 1"),
    ],
)
def test_targets_of_another_size_are_refused_by_name(options, field, message):
    with pytest.raises(ParameterError, match=message) as refused:
        Group(**options)

    assert refused.value.field == field


@pytest.mark.parametrize("size", [0, -1, 2.0, True, "2", None])
def test_a_size_that_is_none_is_refused(size):
    @frozen(kw_only=True)
    class Odd(Group):
        @property
        def num_qubits(self):
            return size

    with pytest.raises(ParameterError, match=r"Odd\.num_qubits must be an integer >= 1"):
        Odd()


def test_what_a_run_folder_keeps_builds_the_same_group_again():
    experiment = Group(size=2, targets=[(4, 5), (1, 0)])

    assert Group(**experiment.parameters()) == experiment


def test_a_subclass_with_an_end_of_its_own_finds_its_targets_settled():
    seen = []

    @frozen(kw_only=True)
    class Own(Group):
        def __attrs_post_init__(self):
            seen.append(self.targets)

    @frozen(kw_only=True)
    class Grandchild(Own):
        width: PerTarget[float] = parameter(1.0, per_target=True)

    assert Own(size=2).targets == ((0, 1),)
    assert Grandchild(size=4, physical_qubit=1).targets == ((1, 2, 3, 4),)
    assert seen == [((0, 1),), ((1, 2, 3, 4),)]
    with pytest.raises(ParameterError, match="no value for target 0-1"):
        Grandchild(size=2, width={"2-3": 1.0})


def test_a_subclass_may_call_the_end_of_its_parent():
    @frozen(kw_only=True)
    class Polite(Group):
        def __attrs_post_init__(self):
            super().__attrs_post_init__()
            assert self.targets

    assert Polite(size=2, physical_qubit=3).targets == ((3, 4),)


def test_an_end_that_its_author_has_wrapped_finds_its_targets_too():
    import functools

    seen = []

    def logged(function):
        @functools.wraps(function)
        def call(self):
            seen.append(self.targets)
            function(self)

        return call

    @frozen(kw_only=True)
    class Wrapped(Group):
        @logged
        def __attrs_post_init__(self):
            pass

    assert Wrapped(size=2).targets == ((0, 1),)
    assert seen == [((0, 1),)]
