"""A run folder of counts taken elsewhere is like any other, and says what it is."""

from __future__ import annotations

import hashlib
import json

import numpy as np
import pytest
from click.testing import CliRunner

from oqtopus_experiments import OqtopusExperimentsError, StoreError, load_run
from oqtopus_experiments.cli import cli
from oqtopus_experiments.contracts.declared_class import declared_class
from oqtopus_experiments.contracts.measured import measured
from oqtopus_experiments.execution._resume import reopen
from oqtopus_experiments.plugins._registry import registry
from oqtopus_experiments.reporting._history import history

TABLE = """\
delay (us),target,outcome,count
0,3,0,10
0,3,1,990
0.2,3,0,400
0.2,3,1,600
0,5,1,7
0,5,0,3
"""


@pytest.fixture
def folder(here, table):
    here.Wait().result_from(table(TABLE), runs="runs", name="by hand")
    (path,) = here.path.glob("runs/*")
    return path


def call(*arguments):
    done = CliRunner().invoke(cli, arguments)
    if isinstance(done.exception, OqtopusExperimentsError):
        raise done.exception
    return done


def test_a_folder_says_where_its_counts_come_from_and_invents_no_backend(folder, here):
    content = json.loads((folder / "run.json").read_text())

    (entry,) = content["config"]["experiments"]
    assert content["config"]["backend"] == {}
    assert "backend" not in content["provenance"]
    assert entry["imported"]["source"].endswith("counts.csv")
    assert entry["imported"]["sha256"] == hashlib.sha256((here.path / "counts.csv").read_bytes()).hexdigest()
    assert content["provenance"]["imported"]["sha256"] == entry["imported"]["sha256"]
    assert content["provenance"]["plugins"]["elsewhere-distribution"] is not None
    assert {"analysis.json", "journal.jsonl", "table.csv", "points.csv"} <= {
        path.name for path in next(folder.glob("by-hand*")).iterdir()
    }
    assert "counts.csv" in (folder / "report.html").read_text()


def test_a_folder_is_read_back_with_the_points_and_targets_that_were_measured(folder, here):
    result = load_run(folder).results["by hand"]

    direct = here.Wait().result_from(here.path / "counts.csv")
    np.testing.assert_array_equal(result.dataset.mean, direct.dataset.mean)
    np.testing.assert_array_equal(result.dataset.shots, [[1000, 1000], [10, 0]])
    assert result.dataset.sweep.is_same(direct.dataset.sweep)
    assert result.experiment.sweep().is_same(direct.dataset.sweep)
    assert (result.dataset.positions == -1).all()
    assert result.job_metadata == {"job_id": "", "status": "imported"}
    assert result.analyze()["mean"].tolist() == direct.analyze()["mean"].tolist()


def test_a_damaged_line_of_a_target_costs_itself_only(folder, caplog):
    (journal,) = folder.glob("*/journal.jsonl")
    lines = journal.read_text().splitlines(keepends=True)
    assert lines[1].startswith('{"apart":0,"target":0')
    journal.write_text("".join([lines[0], lines[1].replace("990", "991"), *lines[2:]]))

    dataset = load_run(folder).results["by hand"].dataset

    np.testing.assert_array_equal(dataset.shots, [[0, 1000], [10, 0]])
    assert "an outcome of circuit 0 is lost" in caplog.text


def test_counts_of_a_target_that_there_is_not_are_damage(folder):
    (journal,) = folder.glob("*/journal.jsonl")
    with journal.open("a") as file:
        file.write('{"apart":0,"target":2,"width":1,"counts":{"0":5}}\n')

    with pytest.raises(StoreError, match="a circuit or target that there is not"):
        load_run(folder)


def test_references_that_have_no_counts_are_missing_when_a_folder_is_read_back_too(here, table):
    text = "delay (ns),reference,target,outcome,count\n0,,0,1,6\n0,,0,0,4\n,ground 3,0,0,10\n"
    given = here.Wait().result_from(table(text), runs="runs")
    (folder,) = here.path.glob("runs/*")

    read = load_run(folder).results["wait"].dataset

    assert read.reference_names == given.dataset.reference_names == ("ground 3", "excited 1", "excited 2")
    np.testing.assert_array_equal(read.references.mean, [[0.0, np.nan, np.nan]])


def test_there_is_nothing_to_resume(folder):
    for ask in (lambda: reopen(folder), lambda: call("resume", str(folder)), lambda: call("jobs", str(folder))):
        with pytest.raises(StoreError, match="nothing to resume: its counts were taken elsewhere"):
            ask()


def test_it_cannot_be_run_again_as_if_it_had_been_run(folder):
    with pytest.raises(OqtopusExperimentsError, match="its counts were taken elsewhere"):
        call("run", str(folder))


def test_the_command_line_makes_the_same_folder(here, table):
    table(TABLE)
    done = call("analyze", "counts.csv", "--as", "wait", "--set", "points=7", "--runs", "kept")

    assert done.exit_code == 0, done.output
    (path,) = here.path.glob("kept/*")
    assert f"run folder: kept/{path.name}" in done.output
    assert load_run(path).entries["wait"].imported["sha256"]
    assert call("analyze", str(path)).exit_code == 0
    assert "imported" in call("runs", "kept").output


def test_an_option_of_one_experiment_is_checked_like_that_of_a_run_file(here, table):
    with pytest.raises(OqtopusExperimentsError, match=r"poinst.*did you mean 'points'"):
        call("analyze", str(table(TABLE)), "--as", "wait", "--set", "poinst=7")
    with pytest.raises(OqtopusExperimentsError, match=r"wiat.*did you mean 'wait'"):
        call("analyze", str(table(TABLE)), "--as", "wiat")
    assert "--as t1" in call("analyze", "counts.csv").output


def test_print_only_makes_no_folder(here, table):
    assert call("analyze", str(table(TABLE)), "--as", "wait", "--print-only").exit_code == 0
    assert [path.name for path in here.path.iterdir()] == ["counts.csv"]


def test_whoever_listens_is_told_of_the_run(here, table, fakes):
    heard = []
    from oqtopus_experiments import hookimpl

    module = type(fakes)("listener_plugin")
    module.run_finished = hookimpl(lambda run, complete: heard.append((run, complete)))
    registry().register(module, "listener-distribution")

    here.Wait().result_from(table(TABLE), runs="runs")

    assert heard == [("wait", True)]


def test_an_experiment_at_other_points_is_still_its_authors(here):
    plain = here.Wait(physical_qubit=4, points=3)
    other = measured(plain, here.Settings().sweep())

    assert other.sweep().size == 3
    assert declared_class(type(other)) is here.Wait
    assert registry().provider(type(other)).distribution == "elsewhere-distribution"
    assert other.parameters() == plain.parameters()
    assert repr(other) == repr(plain)
    assert measured(other, plain.sweep()).sweep().is_same(plain.sweep())
    assert declared_class(type(measured(other, plain.sweep()))) is here.Wait


def test_histories_of_different_devices_are_kept_apart(here, table):
    for device in ("fridge one", "fridge two", "fridge one"):
        assert call("analyze", str(table(TABLE)), "--as", "wait", "--device", device).exit_code == 0

    found = history(here.path / "runs", "mean", (3,))

    assert [len(series.entries) for series in found] == [2, 1]
    assert "fridge one" in found[0].name
    assert load_run(found[0].entries[0].run).entries["wait"].imported["device"] == "fridge one"
