"""Mirror circuits: what comes back is known, and the error of a layer is found where it is set."""

from __future__ import annotations

import numpy as np
import pytest

from oqtopus_experiments import Counts, Dataset
from oqtopus_experiments.backends import LocalBackend
from oqtopus_experiments_curvefit import CurveFit
from oqtopus_experiments_mirror import MirrorRB
from oqtopus_experiments_mirror._cliffords import cliffords
from oqtopus_experiments_mirror._polarization import Polarization

GATES_ALONE = {"t1": None, "t2": None, "readout_error_0": 0.0, "readout_error_1": 0.0}


@pytest.mark.parametrize("qubits", [1, 2, 3, 5])
def test_without_noise_the_expected_outcome_comes_and_no_other(qubits):
    from qiskit.quantum_info import Statevector

    density = {} if qubits == 1 else {"two_qubit_density": 0.7}
    target = tuple(range(3, 3 + qubits))
    experiment = MirrorRB(
        num_qubits=qubits, targets=[target], max_sequence_length=12, num_lengths=4, num_samples=3, **density
    )
    for point in experiment.sweep().points():
        circuit = experiment.circuit(**point, target=target)
        circuit.remove_final_measurements()
        expected = experiment.signal(**point, target=target).outcome
        assert Statevector(circuit).probabilities_dict()[expected] == pytest.approx(1)


def test_outcomes_of_random_circuits_are_as_often_0_as_1():
    experiment = MirrorRB(num_qubits=20, max_sequence_length=8, num_lengths=4, num_samples=30)
    target = tuple(range(20))
    bits = "".join(experiment.signal(**point, target=target).outcome for point in experiment.sweep().points())
    assert abs(bits.count("1") / len(bits) - 0.5) < 4 * 0.5 / np.sqrt(len(bits))


def test_the_24_cliffords_differ_and_are_the_gates_that_are_run():
    from qiskit.circuit.library import UGate
    from qiskit.quantum_info import Operator

    table = cliffords()
    overlaps = np.abs(np.einsum("aij,bij->ab", table.matrices.conj(), table.matrices)) / 2
    assert np.allclose(np.sort(overlaps.ravel())[-24:], 1)
    assert np.sort(overlaps.ravel())[-25] < 0.9
    assert all(
        Operator(UGate(*angles)).equiv(matrix) for angles, matrix in zip(table.angles, table.matrices, strict=True)
    )


def test_polarization_is_1_of_the_expected_outcome_and_0_of_random_bits():
    bits = Counts.from_dict({"00": 1, "01": 1, "10": 1, "11": 1}, 2).bits
    values = Polarization("10").values(bits)
    assert values.max() == pytest.approx(1)
    assert values.sum() == pytest.approx(0)


@pytest.mark.parametrize(("qubits", "gate"), [(1, "single_qubit_error"), (2, "two_qubit_error")])
def test_the_error_of_a_layer_is_that_of_its_gate(qubits, gate):
    errors = {"single_qubit_error": 0.0, "two_qubit_error": 0.0, gate: 0.03}
    device = LocalBackend(device="noisy", seed=1, **GATES_ALONE, **errors)
    experiment = MirrorRB(num_qubits=qubits, max_sequence_length=32, num_samples=6)
    found = experiment.run(device, shots=300).analyze().iloc[0]
    assert found.verdict == "good"
    assert abs(found.error_per_layer - 0.03 * (1 - 4.0**-qubits)) < 4 * found.error_per_layer_stderr
    assert found.error_per_layer_stderr < 0.003


def test_readout_errors_are_in_the_amplitude_and_not_in_the_layers():
    device = LocalBackend(
        device="noisy", seed=1, t1=None, t2=None, readout_error_0=0.05, readout_error_1=0.05,
        single_qubit_error=0.0, two_qubit_error=0.02,
    )  # fmt: skip
    found = MirrorRB(max_sequence_length=32, num_samples=6).run(device, shots=300).analyze().iloc[0]
    assert abs(found.error_per_layer - 0.02 * 15 / 16) < 4 * found.error_per_layer_stderr
    # Each bit keeps 0.9, and so do their product's three parts that see one bit, or both.
    assert abs(found.amplitude - (2 * 3 * 0.9 + 9 * 0.81) / 15) < 4 * found.amplitude_stderr


def test_layers_without_errors_have_an_error_bar_and_a_good_verdict():
    device = LocalBackend(device="noisy", seed=1, single_qubit_error=0.0, two_qubit_error=0.0, **GATES_ALONE)
    found = MirrorRB(max_sequence_length=16, num_lengths=4, num_samples=4).run(device, shots=200).analyze().iloc[0]
    assert found.verdict == "good"
    assert 0 < found.error_per_layer_stderr < 0.003
    assert abs(found.error_per_layer) < 4 * found.error_per_layer_stderr


def test_where_nothing_comes_back_there_is_a_bound_instead_of_a_number():
    device = LocalBackend(device="noisy", seed=1, single_qubit_error=0.9, two_qubit_error=1.0)
    experiment = MirrorRB(max_sequence_length=16, num_lengths=4, num_samples=4)
    result = experiment.run(device, shots=200)
    assert (result.dataset.stderr > 0).all()
    (analysis,) = result.analyses()
    assert analysis.verdict.level == "bad"
    assert not analysis["error_per_layer"].is_known


def test_layers_that_leave_nothing_have_an_error_above_a_bound():
    device = LocalBackend(device="noisy", seed=1, single_qubit_error=0.0, two_qubit_error=0.95, **GATES_ALONE)
    experiment = MirrorRB(max_sequence_length=16, num_lengths=4, num_samples=6)
    (analysis,) = experiment.run(device, shots=500).analyses()
    error = analysis["error_per_layer"]
    assert "window_too_long" in analysis.verdict.codes
    assert error.is_bounded
    assert 0.5 < error.at_least < 0.95 * 15 / 16


def read_as(experiment, shots, chances):
    """Counts of two qubits: the expected outcome as often as said at each point, and any other bits else."""
    counts = {}
    for index, (point, chance) in enumerate(zip(experiment.sweep().points(), chances, strict=True)):
        expected = experiment.signal(**point, target=(0, 1)).outcome
        other = round(shots * (1 - chance) / 4)
        told = dict.fromkeys(("00", "01", "10", "11"), other)
        told[expected] += shots - 4 * other
        counts[index] = Counts.from_dict({bits: count for bits, count in told.items() if count}, 2)
    return Dataset.from_counts(experiment, counts)


@pytest.mark.parametrize("odd", [8.0, 16.0])
def test_circuits_of_which_some_come_back_and_others_do_not_are_doubted_at_whatever_length(odd):
    """Of a device that keeps no phases; the mean over the circuits is that of a sound one."""
    experiment = MirrorRB(max_sequence_length=16, num_lengths=5, num_samples=12)
    grid = experiment.sweep().grid()
    kept = 0.97 ** grid["length"]
    (sound,) = CurveFit().analyze(experiment, read_as(experiment, 500, kept))
    alternately = np.where(grid["sample"] % 2, np.minimum(1, 2 * kept), np.maximum(0, 2 * kept - 1))
    differing = np.where(grid["length"] == odd, alternately, kept)
    (found,) = CurveFit().analyze(experiment, read_as(experiment, 500, differing))

    assert sound.verdict.level == "good"
    assert found.verdict.level == "suspect"
    assert "circuits of one length differ" in found.verdict.why


def test_targets_side_by_side_have_circuits_of_their_own():
    experiment = MirrorRB(targets=[(0, 1), (2, 3)], max_sequence_length=8, num_lengths=4, num_samples=5)
    points = experiment.sweep().points()
    one, other = (
        [experiment.signal(**point, target=target).outcome for point in points] for target in experiment.targets
    )
    assert one != other


def test_a_density_of_pairs_is_refused_for_one_qubit():
    with pytest.raises(ValueError, match="means nothing for one qubit"):
        MirrorRB(num_qubits=1, two_qubit_density=0.5)
