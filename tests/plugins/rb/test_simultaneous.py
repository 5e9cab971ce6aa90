"""Which qubits suffer from their neighbours, among many."""

from __future__ import annotations

import numpy as np
import pytest

from oqtopus_experiments import AnalysisError, Batch, Dataset
from oqtopus_experiments.execution._circuits import build
from oqtopus_experiments_aer import NoisyBackend
from oqtopus_experiments_rb import Crosstalk, RandomizedBenchmarking, SimultaneousRandomizedBenchmarking
from oqtopus_experiments_rb._crosstalk import adjusted

DEPOLARIZING = {"t1": None, "t2": None, "single_qubit_error": 0.004, "readout_error_0": 0.01, "readout_error_1": 0.06}
QUBITS = 6
DISTURBED = 3


@pytest.fixture(scope="module")
def experiment():
    return SimultaneousRandomizedBenchmarking(
        physical_qubits=list(range(QUBITS)), num_samples=12, num_lengths=5, max_sequence_length=80
    )


def measured(experiment, disturbed_error):
    """Return counts of a device on which one qubit errs more as soon as the others are driven."""
    alone = NoisyBackend(**DEPOLARIZING, seed=1)
    together = NoisyBackend(**DEPOLARIZING, qubits={DISTURBED: {"single_qubit_error": disturbed_error}}, seed=2)
    circuits, kinds = build(experiment), experiment.sweep().grid()["kind"]
    found = [
        {outcome.index: outcome.result for outcome in device.submit(Batch(circuits, 1000, range(QUBITS))).outcomes()}
        for device in (alone, together)
    ]
    counts = {index: found[kind == "together"][index] for index, kind in enumerate(kinds.tolist())}
    return Dataset.from_counts(experiment, counts)


def test_the_qubit_that_suffers_is_found_and_no_other(experiment):
    analyses = Crosstalk().analyze(experiment, measured(experiment, 0.010))

    codes = ["crosstalk_found" in one.verdict.codes for one in analyses]
    assert codes == [qubit == DISTURBED for qubit in range(QUBITS)]
    for qubit, one in enumerate(analyses):
        true = (0.006 if qubit == DISTURBED else 0) * 5 / 12
        assert one["crosstalk"].value == pytest.approx(true, abs=3.5 * one["crosstalk"].stderr)
        assert one["error_alone"].value == pytest.approx(0.004 * 5 / 12, abs=3.5 * one["error_alone"].stderr)
        assert one.verdict.level == "good"


def test_in_its_turn_every_second_qubit_is_driven_by_the_sequence_it_has_together(experiment):
    point = {"length": 5, "ending": "1", "sequence": 0}

    def gates(kind, qubit):
        return [step.operation.name for step in experiment.circuit(kind, **point, target=(qubit,)).data]

    for qubit in range(QUBITS):
        assert gates(f"turn {qubit % 2}", qubit) == gates("together", qubit)
        assert gates(f"turn {1 - qubit % 2}", qubit) == ["measure"]
    assert gates("together", 0) != gates("together", 2)


def test_chances_are_those_of_the_family():
    assert adjusted([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])
    found = adjusted([0.5, float("nan"), 0.02])
    assert found[0] == 0.5
    assert np.isnan(found[1])
    assert found[2] == pytest.approx(0.04)


def test_among_a_hundred_targets_none_is_called_real_by_luck_in_99_of_100_runs():
    """Where no target suffers; each on its own at 1 % would give one in every run."""
    rng = np.random.default_rng(3)
    chances = rng.random((4000, 100))

    called = np.mean([min(adjusted(run.tolist())) < 0.01 for run in chances])

    assert 0.005 < called < 0.015


def test_another_experiment_is_refused_by_the_analyzer(experiment):
    with pytest.raises(AnalysisError, match="simultaneous_rb, not 'rb'"):
        Crosstalk().analyze(RandomizedBenchmarking(), measured(experiment, 0.004))


def test_targets_that_are_never_apart_are_noted():
    assert "turns" in SimultaneousRandomizedBenchmarking(physical_qubits=[0, 2]).notes()[0]
    assert SimultaneousRandomizedBenchmarking(physical_qubits=[0, 1]).notes() == []
