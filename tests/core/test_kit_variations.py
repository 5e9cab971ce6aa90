"""Other values of parameters, as the kit tries them: also of those that say how many qubits a target has."""

from __future__ import annotations

import pytest
from attrs import fields, frozen

from oqtopus_experiments import Axis, Experiment, ParameterError, Sweep, ge, le, parameter
from oqtopus_experiments.testing.experiments.variations import variants, with_value


@frozen(kw_only=True)
class Chain(Experiment):
    """A chain of qubits, none of which does anything."""

    name = "chain"
    length: int = parameter(2, ge(1), le(5), help="qubits")

    @property
    def num_qubits(self):
        return self.length

    def sweep(self):
        return Sweep(Axis("turn", [0.0, 1.0]))

    def circuit(self, turn):
        raise NotImplementedError


def test_another_number_of_qubits_is_tried_on_targets_of_that_size():
    tried = {value: other.targets for value, other in variants(Chain(targets=[(3, 4)]), fields(Chain).length)}

    assert tried == {3: ((0, 1, 2),), 4: ((0, 1, 2, 3),), 1: ((0,),)}


def test_what_the_experiment_refuses_stays_refused():
    with pytest.raises(ParameterError, match="length"):
        with_value(Chain(), "length", 6)
