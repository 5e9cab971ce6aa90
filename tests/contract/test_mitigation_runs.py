"""Mitigation in a run file: refused with file and line, resumed, and read again after an interruption."""

from __future__ import annotations

import pytest

from oqtopus_experiments import load_run
from oqtopus_experiments.errors import ConfigError
from oqtopus_experiments.execution import _pipeline as pipeline
from oqtopus_experiments.runfile._reading import load

HEAD = 'shots = 200\nseed = 1\nbackend = "noisy"\n'
READOUT = '[[experiments]]\nuse = "readout"\nrepetitions = 2\n'
T1 = '[[experiments]]\nuse = "t1"\ndelay_points = 5\nmitigation = "readout"\n'


def test_an_unknown_mitigation_is_refused_with_its_line_and_the_nearest_name(tmp_path):
    (tmp_path / "run.toml").write_text(HEAD + T1.replace('"readout"', '"readuot"'))

    with pytest.raises(ConfigError, match=r"run\.toml:7: .*no mitigation 'readuot'.*'readout'"):
        load(tmp_path / "run.toml")


def test_a_run_that_was_interrupted_before_its_analysis_finds_its_own_calibration_again(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "run.toml").write_text(HEAD + READOUT + T1)
    finished = pipeline.run(load(tmp_path / "run.toml"))
    before = finished["t1"].dataset
    for file in ("t1/calibration.json", "t1/analysis.json", "readout/analysis.json"):
        (finished.path / file).unlink()

    read = load_run(finished.path).results["t1"].dataset
    resumed = pipeline.resume(finished.path)["t1"].dataset

    for again in (read, resumed):
        assert again.mean.tolist() == before.mean.tolist()
        assert again.stderr.tolist() == before.stderr.tolist()
    assert (finished.path / "t1" / "calibration.json").exists()


def test_a_readout_that_turns_out_bad_costs_only_what_it_was_to_calibrate(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    dead = "[backends.noisy]\nreadout_error_0 = 0.5\nreadout_error_1 = 0.5\n"
    (tmp_path / "run.toml").write_text(
        HEAD + dead + READOUT + T1 + '[[experiments]]\nuse = "t1"\nname = "raw"\ndelay_points = 5\n'
    )

    finished = pipeline.run(load(tmp_path / "run.toml"))

    (failed,) = finished.failed
    assert failed.label == "t1"
    assert "is bad: no_signal" in failed.problem
    assert failed.measured
    assert set(finished.results) == {"readout", "raw"}
