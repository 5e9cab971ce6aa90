"""The error of one gate by interleaving it, also while the device drifts."""

from __future__ import annotations

import numpy as np
import pytest
from qiskit.quantum_info import Operator

from oqtopus_experiments import Dataset, Order, ParameterError
from oqtopus_experiments.contracts.estimates import Estimates
from oqtopus_experiments_aer import NoisyBackend
from oqtopus_experiments_curvefit import CurveFit
from oqtopus_experiments_rb import InterleavedRandomizedBenchmarking
from oqtopus_experiments_rb._interleaved import bound

BAD_READOUT = {"t1": None, "t2": None, "readout_error_0": 0.01, "readout_error_1": 0.08}


def analysis_of(experiment, dataset):
    (found,) = CurveFit().analyze(experiment, dataset)
    return found


@pytest.mark.parametrize(("gate", "error"), [("x", 0.004 / 2), ("h", 0.004 / 2), ("s", 0.0)])
def test_the_error_of_a_gate_is_what_its_pulse_has_and_that_of_one_in_software_is_none(gate, error):
    device = NoisyBackend(**BAD_READOUT, single_qubit_error=0.004, seed=5)
    experiment = InterleavedRandomizedBenchmarking(interleaved_gate=gate, num_samples=10, num_lengths=5)

    (found,) = experiment.run(device, shots=1000).analyze().itertuples()

    assert found.gate_error == pytest.approx(error, abs=3.5 * found.gate_error_stderr)
    assert found.gate_error_stderr < 3e-4
    assert found.gate_fidelity == 1 - found.gate_error
    assert found.error_per_clifford == pytest.approx(0.004 * 5 / 12, abs=3.5 * found.error_per_clifford_stderr)
    assert found.verdict == "good"


def test_the_error_of_a_two_qubit_gate_is_its_own_without_that_of_the_pulses():
    device = NoisyBackend(**BAD_READOUT, single_qubit_error=0.001, two_qubit_error=0.02, seed=6)
    experiment = InterleavedRandomizedBenchmarking(
        interleaved_gate="cx", physical_qubits=[0, 1], max_sequence_length=30, num_lengths=5, num_samples=8
    )

    (found,) = experiment.run(device, shots=1000).analyze().itertuples()

    assert found.gate_error == pytest.approx(0.75 * 0.02, abs=3.5 * found.gate_error_stderr)
    assert found.gate_error_stderr < 0.003
    assert found.verdict == "good"


def test_both_kinds_have_the_same_random_cliffords_and_run_one_after_the_other():
    experiment = InterleavedRandomizedBenchmarking(interleaved_gate="x", num_samples=6, num_lengths=3)
    gates = [
        [
            step.operation.name
            for step in experiment.circuit(kind, 4, "0", 1, (2,)).data
            if step.operation.name not in ("barrier", "measure")
        ]
        for kind in ("reference", "interleaved")
    ]
    sweep = experiment.sweep()
    grid, order = sweep.grid(), Order.drawn(sweep, 0, seed=3)
    labels = {"kind", "ending"}
    where = [tuple(grid[name][i] for name in grid if name not in labels) for i in order.circuits]

    assert gates[0] != gates[1]
    assert [name for name in gates[1] if name != "x"][:3] == [name for name in gates[0] if name != "x"][:3]
    assert all(len(set(where[start : start + 4])) == 1 for start in range(0, len(where), 4))


@pytest.mark.parametrize("gate", ["t", "rx", "ccx", "cp", "X"])
def test_a_gate_that_is_not_a_clifford_of_one_or_two_qubits_is_refused_by_its_name(gate):
    with pytest.raises(ParameterError, match="interleaved_gate"):
        InterleavedRandomizedBenchmarking(interleaved_gate=gate)


def test_every_gate_that_is_taken_is_run_and_undone():
    """The original took any name, interleaved nothing for most, and called the gate perfect."""
    experiment = InterleavedRandomizedBenchmarking(interleaved_gate="sxdg", num_samples=4, num_lengths=3)

    gates = experiment.circuit("interleaved", 5, "1", 0, (0,)).remove_final_measurements(inplace=False)

    assert gates.count_ops()["sxdg"] == 5
    assert abs(Operator(gates).data[1, 0]) == pytest.approx(1)


def test_the_bound_is_that_of_the_paper():
    assert bound(0.99, 0.985, 2) == pytest.approx((0.005 + 0.01) / 2)
    assert bound(0.99, 0.985, 4) == pytest.approx(0.75 * 0.015)
    assert bound(1.0, 0.999, 2) == 0.0
    assert bound(1.001, 0.999, 2) == 0.0  # no gate is better than perfect: chance


SHOTS = 1000


def survivals_while_t1_falls(experiment):
    """Return the exact survivals at the beginning, middle and end of a run in which T1 falls by 20 %, linearly."""
    from oqtopus_experiments.execution._circuits import build

    circuits, endings = build(experiment), experiment.sweep().grid()["ending"]
    devices = [NoisyBackend(t1=t1, t2=t1, single_qubit_error=0.0) for t1 in (11_000.0, 10_000.0, 9_000.0)]
    return np.array(
        [[device.probabilities(c)[int(end)] for c, end in zip(circuits, endings, strict=True)] for device in devices]
    )


def at_place(survivals, place):
    """Return the survivals where each circuit runs at such a part of the run: a parabola through the three."""
    first, middle, last = survivals
    at = 2 * place - 1
    return middle + at * (last - first) / 2 + at**2 * ((last + first) / 2 - middle)


def dataset_of(experiment, survival):
    sweep = experiment.sweep()
    stderr = np.sqrt(survival * (1 - survival) / SHOTS)
    ones = np.ones((1, sweep.size))
    points = Estimates(survival[None], stderr[None], (SHOTS * ones).astype(np.int64), 0 * ones, ones)
    nothing = np.zeros((1, 0))
    none = Estimates(nothing, nothing, nothing.astype(np.int64), nothing, nothing)
    return Dataset(sweep, experiment.targets, "P(expected outcome)", points, none)


def test_a_drift_of_t1_by_a_fifth_does_not_become_gate_error_as_it_would_in_order():
    """Against the mean device of the run: below 0.3 standard errors on average, where the reference first has five."""
    experiment = InterleavedRandomizedBenchmarking(num_samples=16, num_lengths=6, max_sequence_length=100)
    sweep = experiment.sweep()
    survivals = survivals_while_t1_falls(experiment)
    every = (np.arange(400) + 0.5) / 400
    steady = np.mean([at_place(survivals, place) for place in every], axis=0)
    sound = analysis_of(experiment, dataset_of(experiment, steady))["gate_error"]

    def bias(order):
        place = (np.array([order.position(i) for i in range(sweep.size)]) + 0.5) / sweep.size
        moved = analysis_of(experiment, dataset_of(experiment, at_place(survivals, place)))["gate_error"]
        return (moved.value - sound.value) / sound.stderr

    drawn = [bias(Order.drawn(sweep, 0, seed=seed)) for seed in range(40)]

    assert abs(np.mean(drawn)) < 0.15
    assert np.std(drawn) < 0.5
    assert bias(Order()) > 3
