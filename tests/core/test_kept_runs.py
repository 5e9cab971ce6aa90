"""Run folders of every version there was are read by this one, and say what they said."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from oqtopus_experiments import __version__, load_run
from oqtopus_experiments.cli._commands import cli
from oqtopus_experiments.execution._pipeline import resume

KEPT = Path(__file__).with_name("kept_runs")
VERSIONS = sorted(path.name for path in KEPT.iterdir() if path.is_dir() and path.name != "__pycache__")
WAYS = ("finished", "references", "two", "failed", "interrupted", "imported")
ANALYZED = tuple(way for way in WAYS if way != "interrupted")


def stored(folder):
    """Return the quantities, verdicts and arrays that are written in a run folder, by label."""
    files = {path.parent.name: json.loads(path.read_text()) for path in folder.glob("*/analysis.json")}
    return {
        label: [{key: one[key] for key in ("target", "quantities", "verdict", "arrays")} for one in content["analyses"]]
        for label, content in files.items()
    }


@pytest.fixture(params=VERSIONS)
def kept(request, frozen, tmp_path, monkeypatch):
    """Return a function that copies a kept run of one version into the current folder."""
    monkeypatch.chdir(tmp_path)

    def of(way):
        return Path(shutil.copytree(KEPT / request.param / way, tmp_path / "runs" / way))

    return of


def call(*arguments):
    return cli.main([str(argument) for argument in arguments], standalone_mode=False) or 0


def test_every_version_kept_a_run_for_each_way_it_can_be_left():
    assert __version__ in VERSIONS, "keep the runs of this version: tests/core/kept_runs/keep.py says how"
    for version in VERSIONS:
        assert sorted(path.name for path in (KEPT / version).iterdir()) == sorted(WAYS)


@pytest.mark.parametrize("way", ANALYZED)
def test_a_kept_run_is_loaded_and_its_counts_give_the_numbers_that_are_stored(kept, way):
    folder = kept(way)
    run = load_run(folder)

    assert run.results.keys() == stored(folder).keys()
    for label, (told,) in stored(folder).items():
        (analysis,) = run.results[label].analyses(run.analyzer(label))
        assert list(analysis.target) == told["target"]
        for quantity, kept_one in zip(analysis.quantities, told["quantities"], strict=True):
            assert (quantity.name, quantity.unit) == (kept_one["name"], kept_one["unit"])
            assert quantity.value == pytest.approx(kept_one["value"], rel=1e-12)
            assert quantity.stderr == pytest.approx(kept_one["stderr"], rel=1e-12)
        assert [str(reason.code) for reason in analysis.verdict.reasons] == [
            reason["code"] for reason in told["verdict"]["reasons"]
        ]


@pytest.mark.parametrize("way", ANALYZED)
def test_a_kept_run_is_analyzed_again_and_its_files_say_the_same(kept, way):
    folder = kept(way)
    before, tables = stored(folder), {path: path.read_text() for path in folder.glob("**/*.csv")}

    assert call("analyze", folder) == 0

    assert stored(folder) == before
    assert {path: path.read_text() for path in folder.glob("**/*.csv")} == tables
    assert "mean_up" in (folder / "report.html").read_text(encoding="utf-8")


@pytest.mark.parametrize("what", ["points", "quantities", "arrays"])
@pytest.mark.parametrize("way", ANALYZED)
def test_a_kept_run_is_exported(kept, way, what):
    folder = kept(way)

    assert call("export", folder, "--what", what, "--output", "out.csv") == 0

    rows = Path("out.csv").read_text().splitlines()
    points = 6 if way == "references" else 8  # those that failed have a row, too
    assert len(rows) - 1 == len(stored(folder)) * {"points": points, "quantities": 2, "arrays": points}[what]


def test_kept_runs_are_compared_listed_and_followed(kept, capsys):
    for way in ANALYZED:
        kept(way)

    assert call("compare", "runs/finished", "runs/failed") == 0
    assert call("compare", "runs/finished", "runs/imported") == 0
    assert call("runs") == 0
    assert call("history", "mean_up", "--qubit", 0) == 0
    out = capsys.readouterr().out
    assert "0.504(14)" in out
    for way in ANALYZED:
        assert way in out


def test_a_kept_run_that_was_interrupted_goes_on_and_ends_as_the_others(kept, capsys):
    interrupted, finished = kept("interrupted"), kept("finished")
    journals = {path: path.read_bytes() for path in interrupted.glob("*/journal.jsonl")}
    assert call("jobs", interrupted) == 0
    assert "waiting" in capsys.readouterr().out

    done = resume(interrupted)

    assert not done.failed
    wanted = stored(finished)["frozen-ramp"]
    assert stored(interrupted) == {"frozen-ramp": wanted, "second": wanted}
    for path, before in journals.items():
        assert path.read_bytes().startswith(before), "what was on disk is on disk"


def test_what_failed_in_a_kept_run_is_still_missing_and_says_why(kept):
    dataset = load_run(kept("failed")).results["frozen-ramp"].dataset

    assert set(dataset.failures) == {1, 6}
    assert all("the card was lost" in reason for reason in dataset.failures.values())
