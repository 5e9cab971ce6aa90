"""Promises of load_run: the same results, from a copy, with what is missing missing, and nothing changed."""

import json
import shutil

import numpy as np
import pytest

from oqtopus_experiments import Counts, Dataset, PluginError, Run, StoreError, load_run
from oqtopus_experiments.storage._summary import find_runs, read_summary


def snapshot(folder):
    return {path.relative_to(folder): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def test_a_run_comes_back_with_configuration_provenance_and_results(write_run, decay, outcomes):
    experiment = decay(points=6, physical_qubits=[2, 5])

    run = load_run(write_run({"decay": experiment}).path)

    expected = Dataset.from_counts(experiment, {o.index: o.result for o in outcomes(experiment)})
    assert isinstance(run, Run)
    assert run.config["backend"]["use"] == "gone"
    assert run.provenance["seed"] == 1
    assert run.results["decay"].experiment.parameters() == experiment.parameters()
    assert run.results["decay"].job_metadata == {"job_id": "job-decay", "status": "succeeded"}
    np.testing.assert_array_equal(run.results["decay"].dataset.mean, expected.mean)
    np.testing.assert_array_equal(run.results["decay"].dataset.stderr, expected.stderr)


def test_a_loaded_run_cannot_be_changed(write_run, decay):
    run = load_run(write_run({"decay": decay()}).path)

    with pytest.raises(AttributeError):
        run.name = "other"


def test_reading_changes_nothing_even_in_a_folder_that_cannot_be_written(write_analyzed, decay):
    folder = write_analyzed({"decay": decay()}).path
    before = snapshot(folder)
    for path in [folder, *folder.rglob("*")]:
        path.chmod(0o500 if path.is_dir() else 0o400)

    result = load_run(folder).results["decay"]
    read_summary(folder)

    assert result.dataset.shots.sum() == 1000
    assert snapshot(folder) == before
    for path in [folder, *folder.rglob("*")]:
        path.chmod(0o700)


def test_points_that_failed_or_never_came_are_missing(write_run, decay):
    folder = write_run({"decay": decay(points=5)}, missing=(1,))
    journal = folder.path / "decay" / "journal.jsonl"
    lines = journal.read_text().splitlines(keepends=True)
    journal.write_text("".join(lines[:-2]))  # killed before the last outcome

    result = load_run(folder.path).results["decay"]

    assert result.dataset.shots[0].tolist() == [200, 0, 200, 200, 0]
    assert result.dataset.failures == {1: "the line was busy"}
    assert result.job_metadata == {"job_id": "job-decay", "status": "interrupted"}


def test_a_run_killed_before_its_first_count_loads_without_counts(write_run, decay):
    folder = write_run({"decay": decay()})
    shutil.rmtree(folder.path / "decay")

    result = load_run(folder.path).results["decay"]

    assert not result.dataset.shots.any()
    assert result.analyses()[0].verdict.level == "bad"


def test_sums_come_out_bit_for_bit_whatever_the_order_of_the_outcomes(tmp_path, write_run, decay):
    """The order of rows is kept, so that sums over outcomes round as they did in the run."""
    folder = write_run({"decay": decay(points=2)})
    counts = Counts.from_dict({"1": 3, "0": 7}, 1)  # not in the order of the bit strings
    from oqtopus_experiments import Outcome

    with folder.writing("decay") as section:
        section.record([Outcome(0, counts)])

    back = load_run(folder.path).results["decay"].counts[0]

    assert back.bits[:, 0].tolist() == counts.bits[:, 0].tolist() == [True, False]


def test_a_plugin_that_now_sweeps_other_points_is_refused(write_run, decay):
    folder = write_run({"decay": decay(points=5)})
    journal = folder.path / "decay" / "journal.jsonl"
    lines = journal.read_text().splitlines()
    sweep = json.loads(lines[0])
    sweep["sweep"][0][0]["values"][1] += 1.0
    journal.write_text("\n".join([json.dumps(sweep), *lines[1:], ""]))

    with pytest.raises(StoreError, match="sweeps other points"):
        load_run(folder.path)


def test_a_missing_plugin_is_named_with_the_versions_the_run_was_made_with(write_run, decay):
    folder = write_run({"decay": decay()})
    file = folder.path / "run.json"
    file.write_text(file.read_text().replace('"test-decay"', '"absent"'))

    with pytest.raises(PluginError, match=r"needs the experiment 'absent'.*oqtopus-experiments-gone 0\.1"):
        load_run(folder.path)


def test_parameters_that_the_experiment_refuses_are_a_damaged_folder(write_run, decay):
    folder = write_run({"decay": decay(points=5)})
    file = folder.path / "run.json"
    file.write_text(file.read_text().replace('"points": 5', '"points": -5'))

    with pytest.raises(StoreError, match="points"):
        load_run(folder.path)


def test_runs_are_listed_by_time_and_the_damaged_are_named(write_analyzed, decay, tmp_path):
    for hour in (12, 9, 15):
        write_analyzed({"decay": decay()}, created=f"2026-11-20T{hour:02}:00:00+00:00")
    broken = write_analyzed({"decay": decay()}).path
    (broken / "run.json").write_text("{")
    (tmp_path / "runs" / ".half-made").mkdir()
    (tmp_path / "runs" / "no-run").mkdir()

    runs, damaged = find_runs(tmp_path / "runs")

    assert [run.created[11:13] for run in runs] == ["09", "12", "15"]
    assert len(damaged) == 1
    assert broken.name in str(damaged[0])


def test_a_folder_that_may_not_be_looked_into_is_named_and_the_others_are_listed(
    write_analyzed, decay, tmp_path, monkeypatch
):
    from pathlib import Path

    closed = write_analyzed({"decay": decay()}).path
    write_analyzed({"decay": decay()})
    real = Path.is_file

    def is_file(path):
        if path.parent == closed:
            raise PermissionError(13, "Permission denied")
        return real(path)

    monkeypatch.setattr(Path, "is_file", is_file)
    runs, damaged = find_runs(tmp_path / "runs")

    assert len(runs) == 1
    assert closed.name in str(damaged[0])


def test_a_result_bears_the_label_of_the_run_file(write_run, decay):
    folder = write_run({"morning": decay(), "evening": decay()})

    assert [(label, result.label) for label, result in load_run(folder.path).results.items()] == [
        ("morning", "morning"), ("evening", "evening")
    ]  # fmt: skip
