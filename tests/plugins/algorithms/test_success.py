"""A success is more than coins give, most of what is possible, and no device that always says the same."""

from __future__ import annotations

import math

import attrs
import numpy as np
import pytest

from oqtopus_experiments import Counts, Dataset
from oqtopus_experiments.testing.experiments.perfect_device import probabilities
from oqtopus_experiments_algorithms import BernsteinVazirani, DeutschJozsa, Grover, Success
from oqtopus_experiments_algorithms._known_outcome import Answer
from oqtopus_experiments_algorithms._rules import Read, at_least, findings

SECRET = BernsteinVazirani(secret_string="1011")  # noqa: S106  # of an oracle
EVERY = [
    SECRET,
    DeutschJozsa(),
    DeutschJozsa(oracle_seed=0),
    DeutschJozsa(oracle_type="constant_0"),
    Grover(),
    Grover(n_qubits=3),
]


def circuits(experiment):
    (point,) = experiment.sweep().points()
    return [experiment.circuit(**point), experiment.control()]


def analysis_of(experiment, counts):
    (analysis,) = Success().analyze(experiment, Dataset.from_counts(experiment, dict(enumerate(counts))))
    return analysis


def drawn(chances, shots=1000, seed=1):
    """Return counts of these chances of each outcome."""
    bits = len(chances).bit_length() - 1
    seen = np.random.default_rng(seed).multinomial(shots, chances / chances.sum())
    return Counts.from_dict({f"{i:0{bits}b}": int(number) for i, number in enumerate(seen) if number}, bits)


def noisy(experiment, part):
    """Return counts of a device that in this part of the shots reads coins."""
    ideal = [probabilities(circuit) for circuit in circuits(experiment)]
    return [drawn((1 - part) * own + part / len(own)) for own in ideal]


@pytest.mark.parametrize("experiment", EVERY, ids=repr)
def test_a_device_with_a_little_noise_is_good_and_its_success_is_right(experiment):
    found = analysis_of(experiment, noisy(experiment, 0.1))

    answer = experiment.answer()
    due = 0.9 * answer.ideal + 0.1 * answer.floor
    assert found.verdict.codes == ("found",)
    assert abs(found["success_probability"].value - due) < 4 * found["success_probability"].stderr
    assert abs(found["kept_advantage"].value - 0.9) < 4 * found["kept_advantage"].stderr


@pytest.mark.parametrize("experiment", EVERY, ids=repr)
@pytest.mark.parametrize("always", [0, -1, 1])
def test_a_device_that_always_says_the_same_is_never_good(experiment, always):
    size = len(experiment.answer().distribution)
    chances = np.zeros(size)
    chances[always] = 1

    assert analysis_of(experiment, [drawn(chances)] * 2).verdict.level != "good"


@pytest.mark.parametrize("experiment", EVERY, ids=repr)
def test_coins_are_bad(experiment):
    found = analysis_of(experiment, noisy(experiment, 1.0))

    assert found.verdict.level == "bad"
    assert "no_signal" in found.verdict.codes


@pytest.mark.parametrize("experiment", EVERY, ids=repr)
def test_a_device_that_keeps_a_third_is_doubted(experiment):
    found = analysis_of(experiment, noisy(experiment, 2 / 3))

    assert found.verdict.level == "suspect"
    assert "weak_advantage" in found.verdict.codes


def test_one_of_two_marked_states_is_not_both():
    searched = Grover(n_qubits=3, marked_states=[1, 6])
    one, other = np.zeros(8), np.zeros(8)
    one[1] = other[int(searched.control_answer().right[0], 2)] = 1

    assert "uneven" in analysis_of(searched, [drawn(one), drawn(other)]).verdict.codes


def test_a_search_better_than_ideal_is_doubted():
    searched = Grover(n_qubits=3, marked_states=[5])
    counts = []
    for answer in (searched.answer(), searched.control_answer()):
        chances = np.zeros(8)
        chances[int(answer.right[0], 2)] = 1
        counts.append(drawn(chances))

    assert "implausible" in analysis_of(searched, counts).verdict.codes


def test_where_nothing_is_to_be_gained_nothing_is_found():
    halves = Grover(n_qubits=2, marked_states=[0, 1])

    found = analysis_of(halves, noisy(halves, 0.0))

    assert "undetermined" in found.verdict.codes
    assert math.isnan(found["kept_advantage"].value)
    assert "mark fewer states" in halves.notes()[0]
    assert not Grover().notes()


def test_without_its_control_a_circuit_is_doubted():
    counts = noisy(SECRET, 0.0)

    found = analysis_of(SECRET, counts[:1])

    assert found.verdict.level == "suspect"
    assert found.verdict.codes == ("missing_points",)
    assert found["success_probability"].value == 1


def test_zeros_of_a_balanced_function_are_failures():
    asked = DeutschJozsa(oracle_type="balanced_alternating")

    found = analysis_of(asked, noisy(asked, 0.1))

    assert found.quantities[0].name == "all_zeros_probability"
    assert found["all_zeros_probability"].value == pytest.approx(1 - found["success_probability"].value)
    assert found["all_zeros_probability"].value == pytest.approx(0.1 / 8, abs=0.015)


@pytest.mark.parametrize(("hits", "shots", "chance"), [(0, 5, 0.3), (3, 5, 0.5), (5, 5, 0.1), (40, 100, 0.3)])
def test_the_tail_of_a_binomial_is_its_sum(hits, shots, chance):
    due = sum(math.comb(shots, k) * chance**k * (1 - chance) ** (shots - k) for k in range(hits, shots + 1))

    assert at_least(hits, shots, chance) == pytest.approx(due)


def test_a_mitigated_success_is_that_of_a_better_readout(tmp_path):
    from oqtopus_experiments import run

    (tmp_path / "run.toml").write_text(MITIGATED)

    done = run(tmp_path / "run.toml", runs=tmp_path / "runs")

    (analysis,) = done["grover"].analyses()
    assert analysis.verdict.level == "good"
    # As read it is 0.95 * 0.92.
    assert abs(analysis["success_probability"].value - 1) < 4 * analysis["success_probability"].stderr


MITIGATED = """
shots = 1000
seed = 3
[backend]
use = "noisy"
single_qubit_error = 0.0
two_qubit_error = 0.0
t1 = "1 s"
t2 = "1 s"
readout_error_0 = 0.05
readout_error_1 = 0.08
[[experiments]]
use = "readout"
physical_qubits = [0, 1]
[[experiments]]
use = "grover"
marked_states = [2]
physical_qubits = [0, 1]
mitigation = "readout"
"""


def test_right_outcomes_are_uneven_by_the_errors_that_a_mitigation_leaves_them():
    answer = Answer(("01", "10"), {"00": 0.0, "01": 0.5, "10": 0.5, "11": 0.0})
    parts = np.array([0.0, 0.15, 0.85, 0.0])
    read = Read(answer, 1.0, 0.01, 1000, parts, np.full(4, 0.012))
    mitigated = attrs.evolve(read, errors=np.full(4, 0.05))

    codes = [[reason.code for reason in findings(one, one)] for one in (read, mitigated)]

    assert "uneven" in codes[0]
    assert "uneven" not in codes[1]
