"""S has one sign convention, one error and two bounds; what is missing stays missing."""

from __future__ import annotations

import math

import numpy as np
import pytest

from oqtopus_experiments import Counts, Dataset, Failure, ParameterError
from oqtopus_experiments.backends import LocalBackend
from oqtopus_experiments_chsh import CHSH, CHSHPhaseScan, CHSHSum
from oqtopus_experiments_curvefit import CurveFit

SETTINGS = ("ZZ", "ZX", "XZ", "XX")
TSIRELSON = 2 * math.sqrt(2)


def measured(experiment, correlations, shots=1000):
    """Return the analysis of counts with these correlations, None being a failed circuit."""
    results = {}
    for index, correlation in enumerate(correlations):
        even = 0 if correlation is None else round(shots * (1 + correlation) / 2)
        results[index] = (
            Failure("it did") if correlation is None else Counts.from_dict({"00": even, "01": shots - even}, 2)
        )
    return CHSHSum().analyze(experiment, Dataset.from_counts(experiment, results))[0]


@pytest.mark.parametrize("theta", [math.pi / 4, 0.0, 1.5, math.pi, 5 * math.pi / 4])
def test_a_perfect_pair_has_its_value_at_every_angle(theta):
    (analysis,) = CHSH(theta=theta).run(LocalBackend("qulacs", seed=3), shots=4000).analyses()

    found, truth = analysis["chsh_value"], TSIRELSON * math.cos(theta - math.pi / 4)
    assert abs(found.value - truth) < 4 * found.stderr
    assert ("violated" in analysis.verdict.codes) == (abs(truth) > 2.05)


def test_the_error_is_that_of_four_binomials():
    analysis = measured(CHSH(), (0.6, -0.7, 0.5, 0.8), shots=1000)

    found = analysis["chsh_value"]
    assert found.value == pytest.approx(2.6)
    due = math.sqrt(sum((1 - e**2) / 1000 for e in (0.6, 0.7, 0.5, 0.8)))
    assert found.stderr == pytest.approx(due, rel=0.01)
    assert analysis.array("correlations").values.tolist() == pytest.approx([0.6, -0.7, 0.5, 0.8])


@pytest.mark.parametrize("missing", range(4))
def test_a_missing_setting_is_missing_and_not_zero(missing):
    correlations = [0.7, -0.7, 0.7, 0.7]
    correlations[missing] = None

    analysis = measured(CHSH(), correlations)

    assert math.isnan(analysis["chsh_value"].value)
    assert analysis.verdict.level == "bad"
    assert SETTINGS[missing] in analysis.verdict.why


@pytest.mark.parametrize(
    ("name", "correlations", "level", "code"),
    [
        ("a pair", (0.65, -0.65, 0.65, 0.65), "good", "violated"),
        ("a pair turned the other way", (-0.65, 0.65, -0.65, -0.65), "good", "violated"),
        ("a product state", (0.7, -0.7, 0.1, 0.1), "suspect", "not_violated"),
        ("a product state as good as any", (1, 0, 0, 1), "suspect", "not_violated"),
        ("a dead device", (1, 1, 1, 1), "suspect", "not_violated"),
        ("coin flips", (0, 0, 0, 0), "suspect", "not_violated"),
        ("more than quantum mechanics has", (0.9, -0.9, 0.9, 0.9), "bad", "beyond_quantum"),
    ],
)
def test_only_what_no_local_theory_has_is_called_a_violation(name, correlations, level, code):
    verdict = measured(CHSH(), correlations).verdict

    assert (verdict.level, code in verdict.codes) == (level, True), name


def test_a_violation_that_few_shots_leave_open_is_not_claimed():
    assert measured(CHSH(), (0.6, -0.6, 0.6, 0.6), shots=100).verdict.level == "suspect"
    assert measured(CHSH(), (0.6, -0.6, 0.6, 0.6), shots=10_000).verdict.level == "good"


def test_on_a_noisy_device_the_value_is_what_its_errors_leave_of_a_pair():
    errors = {"two_qubit_error": 0.04, "readout_error_0": 0.02, "readout_error_1": 0.05}
    device = LocalBackend("noisy", t1=None, t2=None, single_qubit_error=0.0, seed=2, **errors)

    once = CHSH(physical_qubits=[0, 1]).run(device, shots=20_000).analyses()[0]["chsh_value"]
    scan = CHSHPhaseScan(physical_qubits=[0, 1], phase_points=9).run(device, shots=2000).analyses()[0]

    # Depolarizing leaves 1 - p of a correlation; a readout makes (e1 - e0) + (1 - e0 - e1) z of z.
    truth = TSIRELSON * 0.96 * 0.93**2 + 2 * 0.03**2
    assert abs(once.value - truth) < 4 * once.stderr
    assert abs(scan["max_chsh_value"].value - truth) < 4 * scan["max_chsh_value"].stderr
    assert abs(scan["max_chsh_phase"].value - math.pi / 4) < 4 * scan["max_chsh_phase"].stderr
    assert scan.verdict.level == "good"


def scanned(experiment, mean_parity, shots, rng):
    """Return the analyses of counts whose mean parity at each point is so much; shape (points,)."""
    counts = {}
    for index, mean in enumerate(mean_parity):
        odd = rng.random((shots, len(experiment.targets))) > (1 + mean) / 2
        counts[index] = Counts.from_shots(np.stack([odd, np.zeros_like(odd)], axis=-1).reshape(shots, -1))
    return CurveFit().analyze(experiment, Dataset.from_counts(experiment, counts))


def test_the_maximum_of_a_scan_is_not_the_largest_point():
    """Around the maximum the largest of 15 noisy points is far above the truth; the curve is not above it at all."""
    pairs = [(2 * i, 2 * i + 1) for i in range(40)]
    experiment = CHSHPhaseScan(phase_points=15, phase_start=0.5, phase_end=1.1, targets=pairs)
    start = {"ZZ": 0.0, "XX": 0.0, "XZ": math.pi / 2, "ZX": -math.pi / 2}
    pure = np.array([math.cos(point["phase"] - start[point["setting"]]) for point in experiment.sweep().points()])

    analyses = scanned(experiment, 2.3 / TSIRELSON * pure, 100, np.random.default_rng(4))

    values = np.array([analysis["max_chsh_value"].value for analysis in analyses])
    largest = np.array([analysis.panels[0].points[0].y.max() for analysis in analyses])
    stderr = np.mean([analysis["max_chsh_value"].stderr for analysis in analyses])
    assert abs(values.mean() - 2.3) < 3 * stderr / math.sqrt(40)
    assert largest.mean() - 2.3 > 3 * stderr


def test_a_product_state_oscillates_and_is_no_violation():
    experiment = CHSHPhaseScan(phase_points=9)
    # |+> |0>: the first qubit turns through Z and X, the second is 0, or a coin in X.
    turned = {"Z": lambda phase: -math.sin(phase), "X": math.cos}
    means = [
        turned[point["setting"][0]](point["phase"]) * (point["setting"][1] == "Z")
        for point in experiment.sweep().points()
    ]

    (analysis,) = scanned(experiment, means, 2000, np.random.default_rng(3))

    found = analysis["max_chsh_value"]
    assert abs(found.value - math.sqrt(2)) < 4 * found.stderr
    assert analysis.verdict.codes == ("not_violated",)


def test_the_bounds_are_drawn_in_both_figures():
    device = LocalBackend("qulacs", seed=5)
    for experiment in (CHSH(), CHSHPhaseScan(phase_points=7)):
        (analysis,) = experiment.run(device, shots=200).analyses()
        assert {2.0, TSIRELSON} <= {level.at for level in analysis.panels[0].levels}


def test_a_pair_is_named_as_a_target_or_as_in_the_original():
    ours, theirs = CHSH(targets=[(3, 1)], theta=0.5), CHSH(physical_qubit_0=3, physical_qubit_1=1, theta=0.5)

    assert ours == theirs
    assert CHSH(**theirs.parameters()) == theirs
    assert CHSHPhaseScan(physical_qubit_0=0, physical_qubit_1=5).targets == ((0, 5),)
    for wrong in (
        {"physical_qubit_0": 3},
        {"physical_qubit_1": 3},
        {"physical_qubit_0": 3, "physical_qubit_1": 3},
        {"physical_qubit_0": 3, "physical_qubit_1": 4, "targets": [(5, 6)]},
        {"physical_qubit_0": 3, "physical_qubit_1": 4, "physical_qubits": [3, 4]},
    ):
        with pytest.raises(ParameterError, match="physical_qubit_"):
            CHSH(**wrong)


def test_an_angle_is_a_setting_of_a_history():
    assert CHSH().settings() == {}
    assert CHSH(theta=0.5).settings() == {"theta": 0.5}


def test_shots_are_asked_for_as_in_the_original_and_a_run_may_say_otherwise():
    device, experiment = LocalBackend("qulacs", seed=5), CHSH(shots_per_circuit=250)

    assert set(experiment.run(device).dataset.shots.ravel()) == {250}
    assert set(experiment.run(device, shots=40).dataset.shots.ravel()) == {40}
    assert set(CHSH().run(device).dataset.shots.ravel()) == {1000}
