"""A state behind a readout that is undone: the truth is that of the state alone, and the error bars cover it."""

from __future__ import annotations

import attrs
import numpy as np
import pytest

from oqtopus_experiments import Counts, Dataset
from oqtopus_experiments.contracts.mitigation import mitigated
from oqtopus_experiments.experiments import Readout
from oqtopus_experiments_aer import NoisyBackend
from oqtopus_experiments_readout import Assignment, ReadoutMitigation
from oqtopus_experiments_tomography import StateTomography, Tomography
from oqtopus_experiments_tomography._bootstrap import estimate
from oqtopus_experiments_tomography._estimates import inverted, nearest, probabilities
from oqtopus_experiments_tomography._likelihood import Normal
from oqtopus_experiments_tomography._settings import outcomes

QUICK = Tomography(resamples=30)
ONE = [np.array([[0.94, 0.12], [0.06, 0.88]]), np.array([[0.97, 0.05], [0.03, 0.95]])]
"""P(read | there) of qubit 0 and of qubit 1."""
MATRIX = np.kron(ONE[1], ONE[0])


def mixed(ket, part):
    return (1 - part) * np.outer(ket, ket.conj()) + part * np.eye(len(ket)) / len(ket)


def calibration(rng, shots):
    """Return the analyses of a readout of both qubits by so many shots of each state."""
    experiment = Readout(physical_qubits=[0, 1], repetitions=1)
    counts = {}
    for index, point in enumerate(experiment.sweep().points()):
        bits = [experiment.prepared(target=target, **point) == "1" for target in experiment.targets]
        read = [rng.random(shots) < one[1, int(bit)] for one, bit in zip(ONE, bits, strict=True)]
        counts[index] = Counts.from_shots(np.stack(read, axis=1))
    return Assignment().analyze(experiment, Dataset.from_counts(experiment, counts))


def dataset(experiment, rho, rng, analyses, shots=500, matrix=MATRIX):
    """Return mitigated data of a state of two qubits that is read by this matrix."""
    ground, excited = np.eye(4)[0], np.eye(4)[3]
    settings = list(experiment.sweep().grid()["setting"])
    there = list(np.maximum(probabilities(rho, 2), 0))
    there += [ground, excited, *(there[settings.index(one)] for one in experiment.repeated)]
    counts = {}
    for index, chances in enumerate(there):
        drawn = rng.multinomial(shots, matrix @ (chances / chances.sum()))
        counts[index] = Counts.from_dict(dict(zip(outcomes(2), map(int, drawn), strict=True)), 2)
    raw = Dataset.from_counts(experiment, counts)
    return mitigated(experiment, raw, [ReadoutMitigation().correction((0, 1), analyses)])


def test_a_pair_on_a_device_with_readout_errors_is_found_as_if_it_had_none():
    quiet = {"t1": None, "t2": None, "single_qubit_error": 0.0, "two_qubit_error": 0.04}
    device = NoisyBackend(**quiet, readout_error_0=0.06, readout_error_1=0.12, seed=3)
    readout = Readout(physical_qubits=[0, 1]).run(device, 2000)

    raw = StateTomography(physical_qubits=[0, 1]).run(device, 2000).analyses()[0]
    asked = StateTomography(physical_qubits=[0, 1], mitigation="readout")
    (found,) = asked.run(device, 2000, calibration=readout).analyses()

    # The pair is depolarized by 0.04: F = 1 - 3/4 p, tr rho^2 = (1 - p)^2 + (1 - (1 - p)^2) / 4.
    assert abs(found["fidelity"].value - 0.97) < 3 * found["fidelity"].stderr < 0.05
    assert abs(found["purity"].value - 0.9412) < 3 * found["purity"].stderr
    assert raw["fidelity"].value < 0.85
    assert found.verdict.level == "good"
    assert np.linalg.eigvalsh(found.array("density_matrix").values).min() > -1e-9


@pytest.mark.parametrize(("calibrating", "shots"), [(60, 2000), (3000, 200)])
def test_error_bars_cover_the_truth_whether_shots_or_calibration_make_them(calibrating, shots):
    experiment, rng, pulls = StateTomography(), np.random.default_rng(11), {"fidelity": [], "purity": []}
    rho = mixed(experiment.ket(), 0.1)
    truth = {"fidelity": 0.925, "purity": float(np.trace(rho @ rho).real)}
    for _ in range(40):
        (found,) = QUICK.analyze(experiment, dataset(experiment, rho, rng, calibration(rng, calibrating), shots))
        for name, value in truth.items():
            pulls[name].append((found[name].value - value) / found[name].stderr)

    for name in truth:
        assert abs(np.mean(pulls[name])) < 0.5, name
        assert 0.7 < np.std(pulls[name]) < 1.35, name
        assert 0.5 < np.mean(np.abs(pulls[name]) < 1) < 0.85, name


def test_no_state_is_likelier_than_the_likeliest_and_a_calibration_may_have_moved_all_settings():
    experiment, rng = StateTomography(), np.random.default_rng(5)
    rho = mixed(experiment.ket(), 0.02)
    data = dataset(experiment, rho, rng, calibration(rng, 100))
    measured = data.probabilities(0, range(9))
    values = measured.values[None]
    start = inverted(values, 2)
    normal = Normal.at(measured, nearest(start)[0])

    found = normal.likeliest(values, start)

    assert np.linalg.eigvalsh(found[0]).min() > -1e-9
    assert np.trace(found[0]).real == pytest.approx(1)
    others = [(1 - step) * found + step * other for step in (1e-3, 1e-2) for other in (rho, np.eye(4) / 4)]
    assert all(normal.deviance(values, other) > normal.deviance(values, found) - 0.01 for other in others)
    # By shots alone the probabilities are far from those of any state: their calibration moved them all.
    alone = Normal.at(attrs.evolve(measured, shifts=measured.shifts[:0]), nearest(start)[0])
    assert alone.deviance(values, rho[None])[0] > 2 * normal.deviance(values, rho[None])[0]


def test_the_same_counts_have_the_same_errors_also_of_a_calibration():
    experiment, rng = StateTomography(), np.random.default_rng(6)
    data = dataset(experiment, mixed(experiment.ket(), 0.1), rng, calibration(rng, 100))
    measured = data.probabilities(0, range(9))

    one, other = (estimate(measured, experiment.ket(), 20) for _ in range(2))

    assert one.fidelity.tolist() == other.fidelity.tolist()
    assert one.deviance.tolist() == other.deviance.tolist()


def test_sound_mitigated_data_are_good_and_a_readout_that_changed_since_is_doubted():
    experiment, rng = StateTomography(), np.random.default_rng(7)
    rho, levels = mixed(experiment.ket(), 0.05), []
    for _ in range(20):
        (found,) = QUICK.analyze(experiment, dataset(experiment, rho, rng, calibration(rng, 1000)))
        levels.append(found.verdict.level)
    changed = np.kron(ONE[1], np.array([[0.8, 0.12], [0.2, 0.88]]))
    (stale,) = QUICK.analyze(experiment, dataset(experiment, rho, rng, calibration(rng, 1000), 1000, changed))

    assert levels.count("good") >= 19
    assert stale.verdict.level == "suspect"
    assert "calibrate it again" in stale.verdict.why
