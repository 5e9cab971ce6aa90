"""The matrix of a device whose readout is known is found, and what is no readout is not called good."""

from __future__ import annotations

import numpy as np
import pytest

from oqtopus_experiments import Counts, Dataset
from oqtopus_experiments.testing.experiments.impostors import SPOILT
from oqtopus_experiments.testing.experiments.recording import Recording
from oqtopus_experiments_aer import NoisyBackend
from oqtopus_experiments_readout import Assignment, Readout

QUIET = {"t1": None, "t2": None, "single_qubit_error": 0.0, "two_qubit_error": 0.0}


def read(experiment, flips, shots=2000, seed=1):
    """Return the analyses of shots in which `flips(prepared, rng)`, bool of shape (shots, qubits), are read wrongly."""
    rng = np.random.default_rng(seed)
    counts = {}
    for index, point in enumerate(experiment.sweep().points()):
        strings = [experiment.prepared(target=target, **point) for target in experiment.targets]
        row = [bit == "1" for one in strings for bit in reversed(one)]
        prepared = np.tile(row, (shots, 1))
        counts[index] = Counts.from_shots(prepared ^ flips(prepared, rng))
    return Assignment().analyze(experiment, Dataset.from_counts(experiment, counts))


def independent(error_0, error_1):
    return lambda prepared, rng: rng.random(prepared.shape) < np.where(prepared, error_1, error_0)


def test_each_qubit_has_the_errors_of_its_own_readout():
    device = NoisyBackend(
        **QUIET, readout_error_0=0.02, readout_error_1=0.06, qubits={2: {"readout_error_1": 0.12}}, seed=1
    )

    analyses = Readout(physical_qubits=[0, 1, 2]).run(device, shots=1000).analyses()

    for analysis, truth in zip(analyses, (0.06, 0.06, 0.12), strict=True):
        for name, value in (("readout_error_0", 0.02), ("readout_error_1", truth)):
            assert abs(analysis[name].value - value) < 4 * analysis[name].stderr < 0.02
        assert analysis["assignment_fidelity"].value == pytest.approx(1 - (0.02 + truth) / 2, abs=0.006)
        assert analysis.verdict.level == "good"


def test_the_matrix_of_a_group_has_the_first_qubit_of_the_target_as_the_right_most_bit():
    device = NoisyBackend(
        **QUIET, readout_error_0=0.0, readout_error_1=0.0, qubits={5: {"readout_error_0": 0.3}}, seed=1
    )

    (analysis,) = Readout(group=2, targets=[(5, 1)], repetitions=4).run(device, shots=500).analyses()
    matrix = analysis.array("assignment_matrix").values

    assert matrix[1, 0] == pytest.approx(0.3, abs=0.05)  # 01 read, 00 prepared: the bit of qubit 5
    assert matrix[2, 0] == 0
    np.testing.assert_allclose(matrix.sum(axis=0), 1)


def test_every_pair_of_neighbours_is_in_each_of_its_four_states_equally_often():
    experiment = Readout(physical_qubits=list(range(7)))

    rows = np.array(
        [
            [experiment.prepared(target=t, **point) == "1" for t in experiment.targets]
            for point in experiment.sweep().points()
        ]
    )

    for one, other in ((a, b) for a in range(7) for b in range(a)):
        seen = np.bincount(2 * rows[:, one] + rows[:, other], minlength=4)
        assert seen.tolist() == [4, 4, 4, 4]


def test_qubits_far_apart_are_in_both_states_and_not_always_in_the_same():
    experiment = Readout(physical_qubits=[3, 3 + 7, 3 + 63, 3 + 700])

    rows = np.array(
        [
            [experiment.prepared(target=t, **point) == "1" for t in experiment.targets]
            for point in experiment.sweep().points()
        ]
    )

    assert (rows.sum(axis=0) == 8).all()
    assert all(0 < (rows[:, 0] ^ rows[:, other]).sum() < 16 for other in (1, 2, 3))


def test_a_neighbour_that_matters_is_named_with_what_to_do():
    def crosstalk(prepared, rng):
        flips = rng.random(prepared.shape) < 0.02
        flips[:, 1] |= prepared[:, 0] & (rng.random(len(prepared)) < 0.05)
        return flips

    alone = read(Readout(physical_qubits=[0, 1, 2]), crosstalk)
    (group,) = read(Readout(group=2, targets=[(0, 1)]), crosstalk)

    assert [one.verdict.level for one in alone] == ["good", "suspect", "good"]
    assert "while qubit 0 is in 1; measure them as one group, targets = [[1, 0]]" in alone[1].verdict.why
    assert group.verdict.level == "good"
    assert "crosstalk" in group.verdict.codes


def test_wrong_readings_that_come_together_are_found_and_only_they():
    def together(prepared, rng):
        flips = rng.random(prepared.shape) < 0.03
        flips[:, 1] |= flips[:, 0] & (rng.random(len(prepared)) < 0.3)
        return flips

    (correlated,) = read(Readout(group=2, repetitions=4), together)
    (apart,) = read(Readout(group=2, repetitions=4), independent(0.03, 0.05))

    strength = correlated.array("error_correlation")
    assert "correlated" in correlated.verdict.codes
    assert strength.values[0, 1] > 10 * strength.stderr[0, 1]
    assert "independent" in apart.verdict.codes


def test_independent_qubits_are_hardly_ever_called_anything_else():
    found = [
        read(Readout(physical_qubits=range(8)), independent(0.01, 0.04), shots=400, seed=seed) for seed in range(40)
    ]

    called = [one.verdict.level for analyses in found for one in analyses]
    assert called.count("good") >= 0.98 * len(called)


def test_a_readout_that_drifts_is_not_good():
    level = iter(np.linspace(0.0, 0.1, 16))

    (analysis,) = read(Readout(), lambda prepared, rng: rng.random(prepared.shape) < next(level))

    assert "drifting" in analysis.verdict.codes


def test_thermal_population_is_a_bound_that_holds_whatever_the_readout_is():
    excited, error_0, error_1 = 0.04, 0.01, 0.03

    def thermal(prepared, rng):
        really = prepared ^ (rng.random(prepared.shape) < excited)
        return prepared ^ really ^ (rng.random(prepared.shape) < np.where(really, error_1, error_0))

    (analysis,) = read(Readout(), thermal, shots=5000)
    bound = analysis["thermal_population"]

    assert not bound.is_known
    assert excited < bound.at_most < excited + error_0 + 0.01
    assert analysis["readout_error_0"].value == pytest.approx(0.96 * error_0 + 0.04 * (1 - error_1), abs=0.005)


@pytest.mark.parametrize("name", SPOILT)
def test_no_impostor_of_a_readout_is_good(name):
    experiment = Readout(group=2, targets=[(0, 1), (4, 3)], repetitions=4)
    rng = np.random.default_rng(5)
    shots = []
    for point in experiment.sweep().points():
        strings = [experiment.prepared(target=target, **point) for target in experiment.targets]
        row = np.array([[bit == "1" for bit in reversed(one)] for one in strings])
        shots.append(row ^ (rng.random((300, 2, 2)) < 0.03))
    signals = [tuple(experiment.signal(target=t, **p) for t in experiment.targets) for p in experiment.sweep().points()]
    from oqtopus_experiments.contracts.point_signals import PointSignals

    sound = Recording(experiment, PointSignals(len(signals), signals), tuple(shots))

    assert [one.verdict.level for one in Assignment().analyze(experiment, sound.dataset())] == ["good", "good"]
    found = Assignment().analyze(experiment, SPOILT[name](sound).dataset())
    assert "good" not in [one.verdict.level for one in found]


def test_counts_from_elsewhere_say_what_all_targets_prepared_as_repetition_0():
    counts = {(0, "0"): {"0": 970, "1": 30}, (0, "1"): {"0": 80, "1": 920}}

    (analysis,) = Readout().result_from(counts).analyses()

    assert analysis["readout_error_0"].value == pytest.approx(0.03)
    assert analysis["readout_error_1"].value == pytest.approx(0.08)


def test_another_experiment_is_refused_with_the_name_of_the_right_one():
    from oqtopus_experiments import AnalysisError
    from oqtopus_experiments_t1 import T1

    result = T1(delay_points=5).run(NoisyBackend(seed=1), shots=10)
    with pytest.raises(AnalysisError, match="'assignment' is that of 'readout'; 't1' does not say"):
        result.analyses("assignment")
