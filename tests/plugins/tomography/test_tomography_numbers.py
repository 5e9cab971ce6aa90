"""From counts of a known state back to that state, with errors that cover it and verdicts that doubt what is none."""

from __future__ import annotations

import attrs
import numpy as np
import pytest

from oqtopus_experiments import Counts, Dataset, Quantity
from oqtopus_experiments_tomography import StateTomography, Tomography
from oqtopus_experiments_tomography._estimates import deviance, inverted, probabilities, purity, scatter
from oqtopus_experiments_tomography._likelihood import likeliest
from oqtopus_experiments_tomography._settings import outcomes
from oqtopus_experiments_tomography._verdict import of_fidelity

QUICK = Tomography(resamples=30)


def mixed(ket, part):
    """Return a ket with so much of the state that is every outcome alike."""
    return (1 - part) * np.outer(ket, ket.conj()) + part * np.eye(len(ket)) / len(ket)


def normed(chances):
    return np.maximum(chances, 0) / np.maximum(chances, 0).sum()


def analysis_of(experiment, chances, shots=500, seed=1, errors=(0.0, 0.0), analyzer=QUICK, again=None):
    """Analyze counts drawn with these chances of each outcome at each setting, and references with readout errors."""
    rng, qubits = np.random.default_rng(seed), experiment.num_qubits
    drawn = [rng.multinomial(shots, normed(own)) for own in chances]
    counts = [Counts.from_dict(dict(zip(outcomes(qubits), map(int, own), strict=True)), qubits) for own in drawn]
    read = [rng.random((shots, qubits)) < chance for chance in (errors[0], 1 - errors[1])]
    counts += [Counts.from_shots(own) for own in read]
    named = list(experiment.sweep().axes[0].values)
    for setting in experiment.repeated:
        own = rng.multinomial(shots, normed(chances[named.index(setting)] if again is None else again))
        counts.append(Counts.from_dict(dict(zip(outcomes(qubits), map(int, own), strict=True)), qubits))
    (analysis,) = analyzer.analyze(experiment, Dataset.from_counts(experiment, dict(enumerate(counts))))
    return analysis


@pytest.mark.parametrize("state", ["plus_i", "bell", "w"])
def test_the_inversion_of_exact_chances_is_the_state(state):
    experiment = StateTomography(state=state)
    rho = mixed(experiment.ket(), 0.1)
    chances = probabilities(rho, experiment.num_qubits)

    assert np.allclose(inverted(chances, experiment.num_qubits), rho)
    assert likeliest(chances[None], np.full(len(chances), 1e3), experiment.num_qubits)[0] == pytest.approx(
        rho, abs=1e-3
    )


def test_purity_has_no_bias_where_shots_are_few():
    rho = mixed(StateTomography().ket(), 0.3)
    drawn = np.random.default_rng(2).multinomial(20, probabilities(rho, 2), (2000, 9)) / 20

    found = purity(inverted(drawn, 2), scatter(drawn, np.full(9, 20), 2, np.eye(4)))

    assert abs(found.mean() - np.trace(rho @ rho).real) < 4 * found.std() / np.sqrt(2000)


def test_no_state_is_likelier_than_the_likeliest():
    rng, truth = np.random.default_rng(3), mixed(StateTomography().ket(), 0.0)
    shots = np.full(9, 200)
    seen = rng.multinomial(200, np.maximum(probabilities(truth, 2), 0), (20, 9)) / 200

    found = likeliest(seen, shots, 2)

    assert np.linalg.eigvalsh(found).min() > -1e-9
    assert np.allclose(np.trace(found, axis1=1, axis2=2), 1)
    others = [(1 - step) * found + step * other for step in (1e-3, 1e-2) for other in (truth, np.eye(4) / 4)]
    assert all((deviance(seen, shots, other, 2) > deviance(seen, shots, found, 2) - 0.01).all() for other in others)


def test_error_bars_of_fidelity_and_purity_cover_the_truth():
    experiment = StateTomography()
    rho = mixed(experiment.ket(), 0.08)
    truth = {"fidelity": 0.94, "purity": np.trace(rho @ rho).real}
    chances = probabilities(rho, 2)

    found = [analysis_of(experiment, chances, seed=seed) for seed in range(60)]

    for name, value in truth.items():
        pulls = np.array([(one[name].value - value) / one[name].stderr for one in found])
        assert abs(pulls.mean()) < 0.5
        assert 0.75 < pulls.std() < 1.3


def test_the_bias_of_a_pure_state_is_said_and_the_fidelity_has_none():
    experiment = StateTomography()
    chances = probabilities(mixed(experiment.ket(), 0.0), 2)

    found = [analysis_of(experiment, chances, seed=seed, shots=100) for seed in range(20)]

    assert np.mean([one["fidelity"].value for one in found]) == pytest.approx(1, abs=0.005)
    assert np.mean([one["physical_fidelity"].value for one in found]) < 0.998
    assert all(one["physical_fidelity"].systematic > 0.002 for one in found)
    assert all("boundary" in one.verdict.codes for one in found)


def test_the_same_counts_have_the_same_errors():
    chances = probabilities(mixed(StateTomography().ket(), 0.1), 2)

    one, other = (analysis_of(StateTomography(), chances) for _ in range(2))

    assert repr(one.quantities) == repr(other.quantities)
    assert (one.array("density_matrix").stderr == other.array("density_matrix").stderr).all()


def test_no_error_is_zero_because_all_shots_agreed():
    experiment = StateTomography(state="zero")

    found = analysis_of(experiment, probabilities(mixed(experiment.ket(), 0.0), 1))

    assert found["fidelity"].value == 1
    assert 0.0005 < found["fidelity"].stderr < 0.01


def test_a_product_state_is_no_bell_pair():
    zero = np.zeros(4)
    zero[0] = 1

    found = analysis_of(StateTomography(), probabilities(mixed(zero, 0.0), 2), shots=2000)

    assert found["fidelity"].value == pytest.approx(0.5, abs=0.03)
    assert found.verdict.level != "good"
    assert "another_state" in found.verdict.codes


@pytest.mark.parametrize(("errors", "code"), [(4.0, "another_state"), (6.0, "near_target")])
def test_a_dephased_pair_is_no_bell_pair_by_chance(errors, code):
    """It lies on the bound: over thousands of runs one is four errors above, and none is six."""
    fidelity = Quantity("fidelity", 0.5 + errors * 0.02, 0.02)

    (reason,) = of_fidelity(fidelity, "bell", 0.5)

    assert reason.code == code


def test_two_entangled_qubits_of_three_are_no_w_state():
    pair = np.kron(np.array([1, 0]), np.array([0, 1, 1, 0]) / np.sqrt(2))

    found = analysis_of(StateTomography(state="w"), probabilities(mixed(pair, 0.0), 3), shots=300)

    assert found["fidelity"].value == pytest.approx(2 / 3, abs=0.03)
    assert "another_state" in found.verdict.codes


def test_settings_that_no_state_explains_are_doubted():
    experiment = StateTomography()
    chances = probabilities(mixed(experiment.ket(), 0.05), 2)
    chances[5] = [0.9, 0.05, 0.03, 0.02]  # along y and z, where nothing of the kind can be

    assert "poor_fit" in analysis_of(experiment, chances).verdict.codes


@pytest.mark.parametrize(("errors", "code"), [((0.3, 0.02), "implausible"), ((0.6, 0.5), "no_signal")])
def test_a_poor_readout_is_doubted_by_the_reference_circuits(errors, code):
    chances = probabilities(mixed(StateTomography().ket(), 0.02), 2)

    found = analysis_of(StateTomography(), chances, errors=errors)

    assert code in found.verdict.codes
    assert found.verdict.level != "good"


def test_a_missing_setting_is_a_missing_number():
    experiment = StateTomography()
    counts = {index: Counts.from_dict({"00": 50, "11": 50}, 2) for index in range(8)}

    (found,) = QUICK.analyze(experiment, Dataset.from_counts(experiment, counts))

    assert found.verdict.codes == ("missing_points",)
    assert np.isnan(found["fidelity"].value)
    assert np.isnan(found.array("density_matrix").values).all()


def test_targets_side_by_side_have_the_numbers_they_have_alone():
    experiment = StateTomography(targets=[(0, 1), (3, 2)])
    rng = np.random.default_rng(5)
    shots = [rng.random((100, 4)) < 0.5 for _ in range(14)]
    both = Dataset.from_counts(experiment, {i: Counts.from_shots(own) for i, own in enumerate(shots)})
    one = attrs.evolve(experiment, targets=[(3, 2)])
    alone = Dataset.from_counts(one, {i: Counts.from_shots(own[:, 2:]) for i, own in enumerate(shots)})

    assert repr(QUICK.analyze(experiment, both)[1].quantities) == repr(QUICK.analyze(one, alone)[0].quantities)


def test_settings_of_one_qubit_that_were_mixed_up_are_found_by_reading_them_again():
    experiment = StateTomography(gates=["ry(0.9) 0", "rz(0.4) 0"])
    chances = probabilities(mixed(experiment.ket(), 0.02), 1)

    sound = analysis_of(experiment, chances)
    other = analysis_of(experiment, chances, again=chances.mean(axis=0))

    assert sound.verdict.level == "good"
    assert "drifting" in other.verdict.codes
    assert other.verdict.level != "good"
