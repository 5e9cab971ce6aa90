"""Oracles are what they are said to be: of a perfect device the answers are the ideal ones, bit for bit."""

from __future__ import annotations

import math

import numpy as np
import pytest

from oqtopus_experiments import ParameterError
from oqtopus_experiments.testing.experiments.perfect_device import probabilities
from oqtopus_experiments_algorithms import BernsteinVazirani, DeutschJozsa, Grover
from oqtopus_experiments_algorithms._deutsch_jozsa import ORACLES

ALL = [
    *(BernsteinVazirani(secret_string=secret) for secret in ("1", "100", "1101")),
    *(DeutschJozsa(oracle_type=kind, oracle_seed=seed) for kind in ORACLES for seed in (0, 5)),
    DeutschJozsa(n_qubits=1),
    DeutschJozsa(n_qubits=4, oracle_seed=2),
    *(Grover(n_qubits=qubits, oracle_seed=seed) for qubits in (2, 3, 4) for seed in (0, 1)),
    Grover(n_qubits=3, marked_states=[1, 6], num_iterations=3),
]


@pytest.mark.parametrize("experiment", ALL, ids=repr)
def test_a_perfect_device_reads_what_the_answer_says(experiment):
    (point,) = experiment.sweep().points()
    for circuit, answer in (
        (experiment.circuit(**point), experiment.answer()),
        (experiment.control(), experiment.control_answer()),
    ):
        found = probabilities(circuit)

        assert list(answer.distribution.values()) == pytest.approx(found, abs=1e-9)
        assert found[[int(outcome, 2) for outcome in answer.right]].sum() == pytest.approx(answer.ideal)


@pytest.mark.parametrize("experiment", ALL, ids=repr)
def test_no_outcome_that_always_comes_is_right_of_circuit_and_control(experiment):
    both = set(experiment.answer().right) & set(experiment.control_answer().right)

    assert not both


@pytest.mark.parametrize(("qubits", "marked"), [(2, [3]), (3, [5]), (3, [1, 2]), (4, [0]), (5, [7, 9]), (6, [40])])
def test_no_other_number_of_iterations_finds_more_at_first(qubits, marked):
    best = Grover(n_qubits=qubits, marked_states=marked)
    first_turn = math.ceil(math.pi / (2 * math.asin(math.sqrt(len(marked) / 2**qubits))) / 2)
    others = [Grover(n_qubits=qubits, marked_states=marked, num_iterations=k) for k in range(first_turn + 1)]

    assert best.answer().ideal >= max(other.answer().ideal for other in others) - 1e-12


def test_a_random_function_is_balanced_any_of_them_and_the_same_again():
    tables = [tuple(DeutschJozsa(oracle_seed=seed).table("balanced_random").tolist()) for seed in range(300)]

    assert {sum(table) for table in tables} == {4}
    assert len(set(tables)) > 60  # of 70
    assert tables[7] == tuple(DeutschJozsa(oracle_seed=7).table("balanced_random").tolist())


def test_a_drawn_secret_has_the_length_asked_for_and_a_one():
    drawn = [BernsteinVazirani(n_bits=3, oracle_seed=seed).secret for seed in range(60)]

    assert set(drawn) == {f"{number:03b}" for number in range(1, 8)}


def test_the_ideal_of_five_of_eight_is_that_of_two_iterations():
    searched = Grover(n_qubits=3, marked_states=[5])

    assert searched.iterations == 2
    assert searched.answer().ideal == pytest.approx(0.9453, abs=1e-4)
    assert searched.answer().floor == 1 / 8
    assert np.isclose(Grover(n_qubits=3, marked_states="random").answer().ideal, 1)


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda: BernsteinVazirani(secret_string="12"), "bit string"),  # noqa: S106  # of an oracle
        (lambda: BernsteinVazirani(secret_string="101", n_bits=5), "leave n_bits out"),  # noqa: S106
        (lambda: Grover(marked_states=[4]), "from 0 to 3"),
        (lambda: Grover(marked_states=[1, 1]), "different"),
        (lambda: Grover(marked_states=[0, 1, 2, 3]), "nothing to search"),
        (lambda: DeutschJozsa(oracle_type="balanced"), "oracle_type"),
    ],
)
def test_what_cannot_be_asked_is_refused_by_a_sentence(make, said):
    with pytest.raises(ParameterError, match=said):
        make()
