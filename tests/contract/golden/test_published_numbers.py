"""Counts of a real machine in, the numbers that were published of it out."""

from __future__ import annotations

import numpy as np
import pytest

from oqtopus_experiments import load_run
from oqtopus_experiments_rb import RandomizedBenchmarking

# Parameters of the experiment, quantity, published mean over all targets, its standard error.
PUBLISHED = {
    "SPAM": ("spam", {}, "spam_error", 1.33e-3, 0.09e-3),
    "TQ_RB": ("rb", {"num_qubits": 2}, "error_per_gate", 1.3e-3, 0.1e-3),
    # A one-qubit Clifford is a gate to those who published it.
    "SQ_RB": ("rb", {}, "error_per_clifford", 7e-5, 2e-5),
}


def mean_over_targets(frame, quantity):
    """Return the mean over the targets and its standard error."""
    errors = frame[f"{quantity}_stderr"]
    return frame[quantity].mean(), np.sqrt((errors**2).sum()) / len(errors)


def experiment_of(stranger, name):
    kind, parameters, *_ = PUBLISHED[name]
    return {"spam": stranger.Spam, "rb": RandomizedBenchmarking}[kind](**parameters)


@pytest.mark.parametrize("name", PUBLISHED)
def test_the_published_number_comes_out_within_one_standard_error(stranger, published, name):
    _, _, quantity, expected, stderr = PUBLISHED[name]

    frame = experiment_of(stranger, name).result_from(published[name]).analyze()
    value, error = mean_over_targets(frame, quantity)

    assert abs(value - expected) < stderr
    # The published error has one digit; ours is that error, from the same counts.
    assert 0.75 * stderr < error < 1.25 * stderr
    assert (frame.verdict == "good").all()


def test_the_same_numbers_come_out_of_a_file_and_of_its_run_folder(stranger, published, tmp_path):
    file = tmp_path / "pairs.csv"
    published["TQ_RB"].to_csv(file, index=False)

    result = experiment_of(stranger, "TQ_RB").result_from(file, runs=tmp_path / "runs")

    (folder,) = (tmp_path / "runs").iterdir()
    loaded = load_run(folder).results["rb"]
    assert loaded.dataset.sweep.shape == (3, 4)
    assert loaded.analyze().equals(result.analyze())
    assert mean_over_targets(loaded.analyze(), "error_per_gate")[0] == pytest.approx(1.3e-3, abs=0.1e-3)


def test_the_error_holds_the_scatter_of_the_sequences_and_not_shot_noise_alone(stranger, published):
    """Long sequences scatter by more than their shots; with all shots of a length in one sequence none can be seen."""
    table = published["TQ_RB"]
    joined = table.groupby(["length", "target", "outcome"], as_index=False, sort=False)["count"].sum()
    experiment = experiment_of(stranger, "TQ_RB")

    with_scatter = experiment.result_from(table).analyze()
    shots_only = experiment.result_from(joined.assign(sequence=0)).analyze()

    errors = [mean_over_targets(frame, "error_per_gate")[1] for frame in (with_scatter, shots_only)]
    assert errors[0] > 1.1 * errors[1]
    assert mean_over_targets(shots_only, "error_per_gate")[0] == pytest.approx(1.3e-3, abs=0.1e-3)


def test_a_line_of_counts_that_is_changed_changes_the_number(stranger, published):
    """The suite can fail: a tenth of the survivals of one length moved away is seen."""
    table = published["TQ_RB"].copy()
    long = (table.length == "128") & (table.outcome == 1)
    moved = (table.loc[long, "count"] * 0.1).astype(int)
    table.loc[long, "count"] -= moved.to_numpy()
    table.loc[(table.length == "128") & (table.outcome == 0), "count"] += moved.to_numpy()

    value, _ = mean_over_targets(experiment_of(stranger, "TQ_RB").result_from(table).analyze(), "error_per_gate")

    assert abs(value - 1.3e-3) > 0.1e-3
