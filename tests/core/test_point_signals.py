"""What is read from the counts may belong to the experiment, to its parameters, or to each point and target."""

from __future__ import annotations

import numpy as np
import pytest
from attrs import frozen

from oqtopus_experiments import (
    Axis,
    Counts,
    Dataset,
    Expectation,
    Experiment,
    Parity,
    PluginError,
    Probability,
    Sweep,
    parameter,
)

COUNTS = Counts.from_dict({"00": 10, "01": 20, "11": 70}, 2)


@frozen(kw_only=True)
class Secrets(Experiment):
    name = "secrets"
    num_qubits = 2

    def sweep(self):
        return Sweep(Axis("secret", ["00", "01", "10"]))

    def circuit(self, secret):
        raise NotImplementedError


def dataset(experiment, counts=COUNTS):
    return Dataset.from_counts(experiment, dict.fromkeys(range(3 + len(experiment.references())), counts))


def test_a_signal_may_be_a_property_of_the_parameters():
    @frozen(kw_only=True)
    class Chosen(Secrets):
        outcome: str = parameter("00")

        @property
        def signal(self):
            return Probability(self.outcome)

    assert dataset(Chosen()).mean.tolist() == [[0.1] * 3]
    assert dataset(Chosen(outcome="11")).mean.tolist() == [[0.7] * 3]
    assert dataset(Chosen(outcome="11")).signal_label == "P(11)"


def test_a_signal_may_be_a_method_of_the_point():
    @frozen(kw_only=True)
    class Success(Secrets):
        def signal(self, secret):
            return Probability(secret)

    found = dataset(Success())

    assert found.mean.tolist() == [[0.1, 0.2, 0.0]]
    assert found.signal_label == "P(expected outcome)"
    assert (found.points.low.tolist(), found.points.high.tolist()) == ([[0.0] * 3], [[1.0] * 3])


def test_a_signal_may_differ_between_targets():
    @frozen(kw_only=True)
    class Expected(Secrets):
        def signal(self, secret, target):
            return Probability("00" if target == (0, 1) else "11")

    both = Counts.from_dict({"0011": 30, "1100": 60, "0000": 10}, 4)

    found = dataset(Expected(targets=[(0, 1), (2, 3)]), both)

    # Target (0, 1) is on the right: bits 0 and 1.
    assert found.mean.tolist() == [[0.7] * 3, [0.6] * 3]


def test_the_levels_are_those_of_each_point():
    @frozen(kw_only=True)
    class Mixed(Secrets):
        def signal(self, secret):
            return {"00": Probability("11"), "01": Parity(), "10": Expectation({"00": 1.0, "11": 3.0})}[secret]

    found = dataset(Mixed())

    np.testing.assert_array_equal(found.points.low, [[0.0, -1.0, np.nan]])
    np.testing.assert_array_equal(found.points.high, [[1.0, 1.0, np.nan]])
    assert found.mean == pytest.approx(np.array([[0.7, 0.6, 2.2]]))
    # A parity is twice as wide as the probability behind it.
    even = (0.8 * 100 + 0.5) / 101
    assert found.stderr[0, 1] == pytest.approx(2 * np.sqrt(even * (1 - even) / 100))


def test_the_levels_are_those_of_each_target():
    @frozen(kw_only=True)
    class Both(Secrets):
        num_qubits = 1

        def signal(self, target):
            return Parity() if target == (1,) else Probability("1")

    points = dataset(Both(physical_qubits=[0, 1])).points
    assert points.low.tolist() == [[0.0] * 3, [-1.0] * 3]
    assert points.high.tolist() == [[1.0] * 3] * 2
    ones = (np.array([90, 70]) + 0.5) / 101
    assert points.stderr[:, 0] == pytest.approx([1, 2] * np.sqrt(ones * (1 - ones) / 100))


def test_reference_circuits_belong_to_no_point_and_need_a_signal_of_their_own():
    @frozen(kw_only=True)
    class Referenced(Secrets):
        def signal(self, secret):
            return Probability(secret)

        def references(self):
            return {"ground": None}

    @frozen(kw_only=True)
    class Settled(Referenced):
        reference_signal = Parity()

    with pytest.raises(PluginError, match="set reference_signal"):
        dataset(Referenced())
    found = dataset(Settled())
    assert found.mean.tolist() == [[0.1, 0.2, 0.0]]
    assert found.references.mean == pytest.approx(np.array([[0.6]]))
    assert found.references.low.tolist() == [[-1.0]]


@pytest.mark.parametrize("what", ["P(1)", None, Probability])
def test_what_is_no_signal_is_named(what):
    @frozen(kw_only=True)
    class Slip(Secrets):
        def signal(self, secret):
            return what

    with pytest.raises(PluginError, match=r"Slip.signal must be a signal such as Probability"):
        dataset(Slip())
