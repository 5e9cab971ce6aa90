"""The state that is prepared is the one that is named, listed or given as a circuit."""

from __future__ import annotations

import numpy as np
import pytest
from qiskit import QuantumCircuit

from oqtopus_experiments import ParameterError
from oqtopus_experiments_tomography import StateTomography

ROOT = np.sqrt(1 / 2)


@pytest.mark.parametrize(
    ("state", "qubits", "ket"),
    [
        ("zero", 1, [1, 0]),
        ("one", 2, [0, 0, 0, 1]),
        ("minus", 1, [ROOT, -ROOT]),
        ("plus_i", 1, [ROOT, 1j * ROOT]),
        ("minus_i", 1, [ROOT, -1j * ROOT]),
        ("bell", 2, [ROOT, 0, 0, ROOT]),
        ("ghz", 3, [ROOT, 0, 0, 0, 0, 0, 0, ROOT]),
        ("w", 3, np.sqrt(1 / 3) * np.array([0, 1, 1, 0, 1, 0, 0, 0])),
    ],
)
def test_a_name_is_the_state_of_the_textbooks(state, qubits, ket):
    found = StateTomography(state=state, n_qubits=qubits).ket()

    assert np.abs(np.vdot(found, ket)) == pytest.approx(1)


@pytest.mark.parametrize(("qubits", "state"), [(None, "bell"), (1, "plus"), (2, "bell"), (3, "ghz")])
def test_without_a_name_it_is_the_usual_state_of_so_many_qubits(qubits, state):
    assert StateTomography(n_qubits=qubits).label == state


def test_a_circuit_of_the_user_is_kept_as_texts_that_a_run_file_may_say():
    circuit = QuantumCircuit(2)
    circuit.ry(0.3, 1)
    circuit.cx(1, 0)

    experiment = StateTomography(gates=circuit)

    assert experiment.parameters()["gates"] == ("ry(0.3) 1", "cx 1 0")
    assert experiment == StateTomography(gates=["ry(0.3) 1", "cx 1 0"])
    assert experiment.ket()[0].real == pytest.approx(np.cos(0.15))


def test_angles_may_be_parts_of_pi():
    given, known = StateTomography(gates=["rx(-2*pi/3) 0"]), StateTomography(gates=[f"rx({-2 * np.pi / 3}) 0"])

    assert np.allclose(given.ket(), known.ket())


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"gates": ["hadamard 0"]}, "Qiskit has no gate 'hadamard'"),
        ({"gates": ["cx 0"]}, "cx takes 0 angles and 2 qubits"),
        ({"gates": ["rx(x) 0"]}, "'x' is not an angle"),
        ({"gates": ["cx 1 1"]}, "names a qubit twice"),
        ({"gates": ["h 3"]}, "act on 4 qubits; there are at most 3"),
        ({"gates": ["measure 0"]}, "Qiskit has no gate 'measure'"),
        ({"gates": ["h 0"], "state": "plus"}, "not both"),
        ({"state": "bell", "n_qubits": 3}, "has 2 qubits"),
        ({"state": "w", "n_qubits": 1}, "has 2 qubits or more"),
    ],
)
def test_what_cannot_be_prepared_is_refused_by_a_sentence(options, said):
    with pytest.raises(ParameterError, match=said):
        StateTomography(**options)


def test_a_history_keeps_other_gates_apart():
    one, other = (StateTomography(gates=[f"rx({angle}) 0"]).settings() for angle in (0.1, 0.2))

    assert one != other
