"""What each command makes of a sweep or a watch."""

from __future__ import annotations

import csv
import json
import re
import shutil
import time

import pytest

from oqtopus_experiments import BackendError, run
from oqtopus_experiments.cli import _several
from oqtopus_experiments.execution import _pipeline
from oqtopus_experiments.execution._several import resume_several
from oqtopus_experiments.storage._archive import find
from oqtopus_experiments.storage._parent import ParentFolder, RecordedMember

RUN = """\
shots = 100
backend = "toy"
seed = 1
[sweep]
"experiments.ramp.top" = [0.2, 0.8]
shots = [50, 100]
[[experiments]]
use = "ramp"
points = 4
"""


@pytest.fixture
def oqx(tmp_path, fakes, monkeypatch, oqx):
    """Run the command line in a folder with a sweep."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "run.toml").write_text(RUN)
    return oqx


@pytest.fixture
def swept(oqx, tmp_path):
    """Return the command line behind a sweep that has been run, and its folder."""
    code, out, err = oqx("run", "run.toml")
    assert (code, err) == (0, ""), err
    assert "003: experiments.ramp.top = 0.8, shots = 50" in out
    assert "4 of 4 runs are analyzed" in out
    (folder,) = (tmp_path / "runs").iterdir()
    return oqx, folder


def test_check_and_plan_know_the_runs_before_they_are_run(oqx, tmp_path):
    code, out, _ = oqx("check", "run.toml")
    assert code == 0
    assert "run.toml is fine: 1 experiment on toy; 4 runs, one for each of experiments.ramp.top and shots" in out
    assert out.count("made-up counts") == 4

    code, out, _ = oqx("plan", "run.toml", "--json")
    planned = json.loads(out)
    assert (code, planned["kind"], planned["times"]) == (0, "sweep", 4)
    assert [run["values"] for run in planned["runs"]][1] == {"experiments.ramp.top": 0.2, "shots": 100}
    code, out, _ = oqx("plan", "run.toml")
    assert (code, out.count("experiments.ramp.top = 0.2"), out.count("in all: 4 runs")) == (0, 2, 1)
    assert not (tmp_path / "runs").exists()


def test_a_sweep_is_one_row_of_the_runs_and_latest_stands_for_all_of_it(swept):
    oqx, folder = swept

    code, out, _ = oqx("runs")

    assert code == 0
    assert out.count(folder.name) == 1
    assert "sweep of 4, 4 begun: 4 good" in " ".join(out.split())
    assert "4 of 4 runs are analyzed" in oqx("resume", "latest")[1]


def test_compare_export_analyze_and_jobs_take_all_runs(swept, tmp_path):
    oqx, folder = swept

    code, out, _ = oqx("compare", "latest")
    assert code == 0
    assert "differ by more than chance allows" in out
    assert "B: 002 (" in out
    assert oqx("export", "latest", "--output", "points.csv")[0] == 0
    rows = list(csv.DictReader((tmp_path / "points.csv").read_text().splitlines()))
    assert {(row["run"], row["experiments.ramp.top"], row["swept.shots"]) for row in rows} == {
        ("001", "0.2", "50"), ("002", "0.2", "100"), ("003", "0.8", "50"), ("004", "0.8", "100"),
    }  # fmt: skip
    assert {(row["swept.shots"], row["shots"]) for row in rows} == {("50", "50"), ("100", "100")}
    (folder / "table.csv").unlink()
    assert oqx("analyze", "latest")[0] == 0
    assert len((folder / "table.csv").read_text().splitlines()) == 5
    told = json.loads(oqx("jobs", "latest", "--json")[1])
    assert [job["experiment"] for job in told] == ["001/ramp", "002/ramp", "003/ramp", "004/ramp"]


def test_results_are_those_of_all_runs_with_what_was_swept(swept):
    oqx, _ = swept

    code, out, err = oqx("results", "latest", "--fail-on", "suspect")

    assert (code, err) == (0, "")
    assert "top of ramp" in out
    assert [name for name in ("001", "002", "003", "004") if name in out] == ["001", "002", "003", "004"]


def test_runs_of_two_sweeps_are_told_apart_by_sweep_and_by_what_was_swept(swept, tmp_path):
    oqx, folder = swept
    other = tmp_path / "runs" / "another"
    shutil.copytree(folder, other)

    code, out, _ = oqx("compare", folder, other)

    assert code == 0
    heads = [line for line in out.splitlines() if re.match(r"[A-H]: ", line)]
    assert len({head[3:] for head in heads}) == len(heads) == 8
    assert heads[4].startswith("E: another/001 (experiments.ramp.top = 0.2")
    assert oqx("compare", folder / "001", folder / "001")[0] == 0


def test_where_no_run_is_like_that_the_list_says_what_there_is(swept):
    oqx, _ = swept

    assert "--quantity meen; did you mean 'mean'? (known: mean)" in oqx("runs", "--quantity", "meen")[1]
    assert "--experiment rmap; did you mean 'ramp'?" in oqx("runs", "--experiment", "rmap")[1]
    assert "--device tyo; did you mean 'toy'?" in oqx("runs", "--device", "tyo")[1]
    assert "known" not in oqx("runs", "--quantity", "mean", "--since", "2099-01-01")[1]


def test_what_all_shows_is_said_of_each_command(oqx):
    assert "every quantity" in oqx("compare", "--help")[1]
    assert "every run" in oqx("history", "--help")[1]
    assert "every target" in oqx("results", "--help")[1]


def test_an_option_of_an_executor_without_one_says_how_one_is_named(swept):
    oqx, _ = swept

    code, _, err = oqx("analyze", "latest", "--set", "executor.workers=2")

    assert (code, "add --executor NAME" in err) == (2, True)


def test_a_history_holds_each_run(swept):
    oqx, _ = swept

    code, out, _ = oqx("history", "mean", "--qubit", "0")

    assert code == 0
    assert [name for name in ("001", "002", "003", "004") if name in out] == ["001", "002", "003", "004"]


def test_a_swept_value_that_the_command_line_overrules_is_refused(oqx):
    code, _, err = oqx("run", "run.toml", "--shots", "70")

    assert code == 2
    assert "run.toml:6: sweep.shots: nothing that is run changes with it" in err


def test_a_command_for_one_run_names_a_way_when_it_is_given_several(swept):
    oqx, folder = swept

    code, _, err = oqx("run", str(folder), "--compare-with-twin")

    assert code == 2
    assert "--compare-with-twin is for one run; this is a sweep" in err


def test_cancel_lets_no_further_run_begin_and_says_how_to_let_them_again(swept):
    oqx, folder = swept

    code, out, _ = oqx("cancel", "latest")

    assert code == 0
    assert "no further run begins" in out
    assert ParentFolder.open(folder).gate.closed
    assert "it was cancelled" in oqx("resume", "latest")[2]
    assert oqx("resume", "latest", "--failed")[0] == 0
    assert not ParentFolder.open(folder).gate.closed


def test_the_latest_of_runs_that_start_within_a_second_is_the_last_of_them(oqx, tmp_path):
    for _ in range(4):
        before = set((tmp_path / "runs").glob("*"))
        assert oqx("run", "run.toml")[0] == 0
        (made,) = set((tmp_path / "runs").glob("2*")) - before
        assert find(tmp_path / "runs", newest=1)[0][0].path == made
    # Their names begin with the second and end by chance.
    assert len({run.created for run in find(tmp_path / "runs")[0]}) == 4


def test_only_bad_of_a_sweep_is_what_was_bad_in_any_of_its_runs(oqx, fakes, monkeypatch, tmp_path):
    analyze = fakes.Mean.analyze

    def judged(self, experiment, dataset):
        found = analyze(self, experiment, dataset)
        bad = fakes.Verdict([fakes.Reason("steep", "too steep", "bad")])
        return [fakes.Analysis(one.target, one.quantities, bad) for one in found] if experiment.top == 0.2 else found

    monkeypatch.setattr(fakes.Mean, "analyze", judged)
    assert oqx("run", "run.toml")[0] == 0

    assert oqx("check", "run.toml", "--only", "bad")[0] == 0
    monkeypatch.setattr(fakes.Mean, "analyze", analyze)
    assert oqx("run", "run.toml")[0] == 0
    code, _, err = oqx("check", "run.toml", "--only", "bad")
    assert code == 2
    assert "--only bad: nothing is left to run" in err


def test_a_sweep_that_goes_on_is_judged_by_all_of_its_runs(oqx, fakes, monkeypatch):
    analyze = fakes.Mean.analyze

    def judged(self, experiment, dataset):
        if experiment.top == 0.8:
            return analyze(self, experiment, dataset)
        bad = fakes.Verdict([fakes.Reason("steep", "too steep", "bad")])
        return [fakes.Analysis(one.target, one.quantities, bad) for one in analyze(self, experiment, dataset)]

    monkeypatch.setattr(fakes.Mean, "analyze", judged)
    told = oqx("run", "run.toml", "--fail-on", "bad")

    assert told[0] == 3
    assert oqx("resume", "latest", "--fail-on", "bad")[::2] == told[::2]
    assert oqx("results", "latest", "--fail-on", "bad")[::2] == told[::2]


def test_an_experiment_that_failed_earlier_is_a_failure_of_the_sweep_that_goes_on(oqx, fakes, monkeypatch):
    def failing(*_):
        raise ValueError("no")

    monkeypatch.setattr(fakes.Mean, "analyze", failing)
    assert "4 have experiments that failed" in oqx("run", "run.toml")[2]

    code, _, err = oqx("resume", "latest")

    assert code == 1
    assert "4 have experiments that failed" in err


def test_from_python_a_sweep_tells_what_failed_could_not_begin_and_was_lost(oqx, fakes, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "run.toml").write_text(RUN.replace('"toy"', '{use = "toy", broken = [1, 2]}', 1))
    begin = _pipeline.run

    def run_or_not(config, *arguments, **options):
        if config.folder.endswith("002"):
            raise BackendError("nobody answers")
        return begin(config, *arguments, **options)

    monkeypatch.setattr(_pipeline, "run", run_or_not)
    done = run("run.toml")

    assert [member.path.name for member in done.members] == ["001", "003", "004"]
    assert dict(done.refused) == {"002": "nobody answers"}
    assert (done.lost_points, done.complete, done.failed) == (6, False, ())


def test_the_runs_that_an_earlier_process_ended_are_there_with_their_results(swept):
    _, folder = swept

    again = resume_several(ParentFolder.open(folder))

    assert [member.path.name for member in again.members] == ["001", "002", "003", "004"]
    assert again.complete
    assert [member["ramp"].experiment.top for member in again.members] == [0.2, 0.2, 0.8, 0.8]
    assert list(again.members[0].results) == ["ramp"]
    assert len(again.experiments) == 4


def test_a_run_that_begins_at_last_is_no_problem_any_more(oqx, fakes, monkeypatch, tmp_path):
    submit, answers = fakes.Toy.check, []

    def unreachable(self, batch):
        if (tmp_path / "runs").is_dir() and len(list(tmp_path.glob("runs/*/*/run.json"))) == 1 and not answers:
            raise fakes.BackendError("nobody answers")
        return submit(self, batch)

    monkeypatch.setattr(fakes.Toy, "check", unreachable)
    code, _, err = oqx("run", "run.toml")
    assert code == 1
    assert "3 could not begin. Go on with: oqx resume" in err

    answers.append("at last")
    code, out, err = oqx("resume", "latest")

    assert (code, err) == (0, "")
    assert "4 of 4 runs are analyzed" in out


@pytest.mark.skipif(not hasattr(time, "tzset"), reason="has a time zone of its own")
def test_the_next_run_of_a_watch_begins_at_a_day_and_a_time_by_the_clock_on_the_wall(monkeypatch, capsys):
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    time.tzset()
    monkeypatch.setattr(_several.time, "time", lambda: 1_000_000.0)

    _several.TerminalParentObserver().waiting(RecordedMember("002", None), 86_400)

    monkeypatch.undo()
    time.tzset()
    assert capsys.readouterr().out == "002 begins at 1970-01-13 22:46:40; Ctrl-C is safe\n"
