"""Points of several targets, with references and gaps, each where it belongs."""

from __future__ import annotations

import numpy as np
import pytest
from attrs import frozen

from oqtopus_experiments import Axis, Counts, Dataset, Experiment, Failure, Sweep


@frozen(kw_only=True)
class Grid(Experiment):
    name = "grid"

    def sweep(self):
        return Sweep(Axis("delay", [10.0, 20.0, 30.0], unit="ns"))

    def circuit(self, delay):
        raise NotImplementedError

    def references(self):
        return {"ground": None, "excited": None}


def counted(first, second, shots=100):
    """Counts of two targets, bit 0 and bit 1, that read 1 so often; they never do so together."""
    return Counts.from_dict({"01": first, "10": second, "00": shots - first - second}, 2)


RESULTS = {
    0: counted(10, 20),
    1: counted(11, 40),
    2: counted(12, 60, shots=200),
    3: counted(1, 2),
    4: counted(50, 45),
}


def dataset(results=RESULTS):
    return Dataset.from_counts(Grid(physical_qubits=[7, 3]), results)


def test_points_and_references_of_each_target_are_in_their_order():
    found = dataset(dict(reversed(RESULTS.items())))

    assert found.mean == pytest.approx(np.array([[0.1, 0.11, 0.06], [0.2, 0.4, 0.3]]))
    assert found.references.mean == pytest.approx(np.array([[0.01, 0.5], [0.02, 0.45]]))
    assert found.shots.tolist() == [[100, 100, 200]] * 2
    assert found.references.shots.tolist() == [[100, 100]] * 2
    assert found.reference_names == ("ground", "excited")


def test_the_table_has_one_row_for_each_target_and_point():
    frame = dataset().to_frame()

    assert frame.qubits.tolist() == [7, 7, 7, 3, 3, 3]
    assert frame.delay.tolist() == [10, 20, 30] * 2
    assert frame.signal.tolist() == pytest.approx([0.1, 0.11, 0.06, 0.2, 0.4, 0.3])
    assert frame.shots.tolist() == [100, 100, 200] * 2
    assert frame.signal_stderr.tolist()[3] == pytest.approx(np.sqrt(0.2 * 0.8 / 100), rel=0.02)
    assert frame.attrs == {"units": {"delay": "ns"}, "signal": "P(1)"}


@pytest.mark.parametrize("gap", [Failure("it fell", "job-7"), Counts.from_dict({}, 2), None])
def test_a_circuit_without_shots_is_a_gap_of_every_target_and_no_zero(gap):
    results = {**RESULTS, 1: gap, 3: gap}
    found = dataset({i: result for i, result in results.items() if result is not None})

    assert np.isnan(found.mean).tolist() == [[False, True, False]] * 2
    assert np.isnan(found.references.mean).tolist() == [[True, False]] * 2
    assert np.isnan(found.stderr[:, 1]).all()
    assert found.shots.tolist() == [[100, 0, 200]] * 2
    assert found.failures == ({1: "it fell", 3: "it fell"} if isinstance(gap, Failure) else {})
