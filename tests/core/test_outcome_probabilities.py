"""All outcomes of several circuits together: what was read, what a mitigation makes of it, and what they share."""

from __future__ import annotations

import numpy as np
import pytest

from oqtopus_experiments import Correction, OutcomeProbabilities, Signal
from oqtopus_experiments.contracts.outcome_probabilities import outcome_probabilities
from oqtopus_experiments.errors import AnalysisError

FLIPS = 0.1
UNDONE = np.linalg.inv([[1 - FLIPS, FLIPS], [FLIPS, 1 - FLIPS]])


class Undone(Signal):
    """A signal of one bit behind a readout that flips it, undone."""

    label = "undone"

    def __init__(self, wanted, matrix):
        self.each = wanted.values(np.array([[False], [True]])) @ matrix

    def values(self, bits):
        return self.each[bits[:, 0].astype(int)]


class Flips(Correction):
    """A readout that flips a bit; uncertain by a part of that, or not."""

    def __init__(self, matrix, variations=()):
        self.matrix, self.others = matrix, variations

    def signal(self, wanted):
        return Undone(wanted, self.matrix)

    def variations(self):
        return self.others


def read(*ones, shots=1000):
    return [(np.array([[False], [True]]), np.array([shots - one, one])) for one in ones]


def test_without_a_mitigation_they_are_the_parts_of_the_shots():
    found = outcome_probabilities([*read(250), (np.zeros((0, 0), dtype=bool), np.zeros(0, dtype=np.int64))], None)

    assert found.counts.tolist() == [[750, 250], [0, 0]]
    assert found.values[0].tolist() == [0.75, 0.25]
    assert np.isnan(found.values[1]).all()
    assert not found.mitigated
    assert found.covariance()[0, 1, 0, 1] == pytest.approx(0.25 * 0.75 / 1000, rel=1e-2)
    assert found.covariance()[0, 0, 0, 1] == pytest.approx(-0.25 * 0.75 / 1000, rel=1e-2)


def test_mitigated_ones_sum_up_to_one_and_may_leave_what_probabilities_can_be():
    found = outcome_probabilities(read(50), Flips(UNDONE))

    assert found.mitigated
    assert found.values.sum() == pytest.approx(1)
    assert found.values[0, 1] == pytest.approx(-0.0625)
    assert found.read[0].tolist() == [0.95, 0.05]


def test_a_calibration_moves_all_circuits_together_and_shots_each_of_its_own():
    more = np.linalg.inv([[1 - FLIPS - 0.02, FLIPS], [FLIPS + 0.02, 1 - FLIPS]])
    found = outcome_probabilities(read(200, 600), Flips(UNDONE, [Flips(more)]))

    covariance, shift = found.covariance(), found.shifts[0]
    assert shift.sum(axis=1) == pytest.approx([0, 0])
    assert covariance[0, 1, 1, 1] == pytest.approx(shift[0, 1] * shift[1, 1])
    assert covariance[0, 1, 1, 1] != 0
    by_shots = 0.2 * 0.8 / 1000 / (1 - 2 * FLIPS) ** 2
    assert covariance[0, 1, 0, 1] == pytest.approx(by_shots + shift[0, 1] ** 2, rel=1e-2)
    assert isinstance(found.at([1]), OutcomeProbabilities)
    assert found.at([1]).covariance()[0, 1, 0, 1] == pytest.approx(covariance[1, 1, 1, 1])


def test_the_covariance_may_be_that_of_what_is_expected_instead_of_what_was_read():
    found = outcome_probabilities(read(0), None)

    assert found.covariance(np.array([[0.5, 0.5]]))[0, 0, 0, 0] == pytest.approx(0.25 / 1000)


def test_outcomes_of_too_many_bits_are_refused_instead_of_written_out():
    wide = [(np.zeros((1, 11), dtype=bool), np.array([5]))]

    with pytest.raises(AnalysisError, match="11 bits have 2048 outcomes"):
        outcome_probabilities(wide, None)
