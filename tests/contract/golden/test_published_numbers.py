"""Counts of a real machine in, the numbers that were published of it out."""

from __future__ import annotations

import numpy as np
import pytest

from oqtopus_experiments import load_run
from oqtopus_experiments_rb import RandomizedBenchmarking
from oqtopus_experiments_readout import Readout

# The experiment, what is published of its quantities, its mean over all targets, its standard error.
PUBLISHED = {
    # The mean of both states over how often the other one was read: what a fidelity lacks.
    "SPAM": (Readout(), lambda frame: 1 - frame.assignment_fidelity, "assignment_fidelity", 1.33e-3, 0.09e-3),
    "TQ_RB": (
        RandomizedBenchmarking(num_qubits=2),
        lambda frame: frame.error_per_gate,
        "error_per_gate",
        1.3e-3,
        0.1e-3,
    ),
    # A one-qubit Clifford is a gate to those who published it.
    "SQ_RB": (RandomizedBenchmarking(), lambda frame: frame.error_per_clifford, "error_per_clifford", 7e-5, 2e-5),
}
PAIRS = PUBLISHED["TQ_RB"][0]


def mean_over_targets(values, errors):
    """Return the mean over the targets and its standard error."""
    return values.mean(), np.sqrt((errors**2).sum()) / len(errors)


def error_per_gate(frame):
    return mean_over_targets(frame.error_per_gate, frame.error_per_gate_stderr)


@pytest.mark.parametrize("name", PUBLISHED)
def test_the_published_number_comes_out_within_one_standard_error(published, name):
    experiment, values, quantity, expected, stderr = PUBLISHED[name]

    frame = experiment.result_from(published[name]).analyze()
    value, error = mean_over_targets(values(frame), frame[f"{quantity}_stderr"])

    assert abs(value - expected) < stderr
    # The published error has one digit; ours is that error, from the same counts.
    assert 0.75 * stderr < error < 1.25 * stderr
    assert (frame.verdict == "good").all()


def test_the_same_numbers_come_out_of_a_file_and_of_its_run_folder(published, tmp_path):
    file = tmp_path / "pairs.csv"
    published["TQ_RB"].to_csv(file, index=False)

    result = PAIRS.result_from(file, runs=tmp_path / "runs")

    (folder,) = (tmp_path / "runs").iterdir()
    loaded = load_run(folder).results["rb"]
    assert loaded.dataset.sweep.shape == (3, 4)
    assert loaded.analyze().equals(result.analyze())
    assert error_per_gate(loaded.analyze())[0] == pytest.approx(1.3e-3, abs=0.1e-3)


def test_the_error_holds_the_scatter_of_the_sequences_and_not_shot_noise_alone(published):
    """Long sequences scatter by more than their shots; with all shots of a length in one sequence none can be seen."""
    table = published["TQ_RB"]
    joined = table.groupby(["length", "target", "outcome"], as_index=False, sort=False)["count"].sum()

    with_scatter = PAIRS.result_from(table).analyze()
    shots_only = PAIRS.result_from(joined.assign(sequence=0)).analyze()

    errors = [error_per_gate(frame)[1] for frame in (with_scatter, shots_only)]
    assert errors[0] > 1.1 * errors[1]
    assert error_per_gate(shots_only)[0] == pytest.approx(1.3e-3, abs=0.1e-3)


def test_a_line_of_counts_that_is_changed_changes_the_number(published):
    """The suite can fail: a tenth of the survivals of one length moved away is seen."""
    table = published["TQ_RB"].copy()
    long = (table.length == "128") & (table.outcome == 1)
    moved = (table.loc[long, "count"] * 0.1).astype(int)
    table.loc[long, "count"] -= moved.to_numpy()
    table.loc[(table.length == "128") & (table.outcome == 0), "count"] += moved.to_numpy()

    value, _ = error_per_gate(PAIRS.result_from(table).analyze())

    assert abs(value - 1.3e-3) > 0.1e-3
