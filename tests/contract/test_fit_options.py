"""What a person says of a fit holds, is kept, and is never taken for what was measured."""

from __future__ import annotations

import csv
import json
import math
import re

import numpy as np
import pytest

from oqtopus_experiments import ConfigError, Counts, Dataset, forecast, load_run
from oqtopus_experiments.execution._reanalysis import reanalyze
from oqtopus_experiments.execution._result import ExperimentResult
from oqtopus_experiments.experiments import T1, Rabi

FILE = """
shots = 400
seed = 3
backend = "noisy"

[backends.noisy]
t1 = "30 us"

[[experiments]]
use = "t1"
delay_points = 12
calibrate_readout = false
max_delay = "150 us"
spacing = "linear"

[experiments.fit]
guess = { t1_time = "20 us" }
fixed = { offset = 0.02 }
bounds = { amplitude = [0.5, inf] }
"""


def counts_of(experiment, probability, shots=2000):
    sweep = experiment.sweep()
    ones = np.rint(shots * np.asarray(probability(sweep.axes[0].values))).astype(int)
    results = {i: Counts.from_shots(np.arange(shots)[:, None] < ones[i]) for i in range(sweep.size)}
    return ExperimentResult(experiment, Dataset.from_counts(experiment, results), results, {})


@pytest.fixture(scope="module")
def decay():
    experiment = T1(max_delay="100 us", delay_points=20, calibrate_readout=False)
    return counts_of(experiment, lambda delay: 0.9 * np.exp(-delay / 30_000) + 0.03)


@pytest.fixture
def run(oqx, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "run.toml").write_text(FILE)
    code, out, err = oqx("run", "run.toml")
    assert (code, err) == (0, "")
    (folder,) = (tmp_path / "runs").iterdir()
    return folder, out


def test_what_is_held_moves_what_is_measured_and_has_no_number_itself(decay):
    (free,), (held,) = decay.analyses(), decay.analyses(fit={"fixed": {"offset": 0.1}})

    assert not held["offset"].is_known
    assert held["offset"].held == 0.1
    assert str(held["offset"]) == "0.1 (held)"
    assert held.degrees_of_freedom == free.degrees_of_freedom + 1
    assert held["t1_time"].value < free["t1_time"].value - 3 * free["t1_time"].stderr
    frame = decay.analyze(fit={"fixed": {"offset": 0.1}})
    assert math.isnan(frame.offset[0])
    assert (frame.offset_held[0], "held" in frame.reasons[0]) == (0.1, True)


def test_a_headline_that_is_held_is_never_reported_as_measured(decay):
    (analysis,) = decay.analyses(fit={"fixed": {"t1_time": "30 us"}})

    assert not analysis["t1_time"].is_known
    assert str(analysis["t1_time"]) == "30 us (held)"
    assert analysis.verdict.level == "bad"
    assert analysis.verdict.why.startswith("held: t1_time = 30 us was held by hand: nothing was measured of t1_time")
    assert analysis["amplitude"].is_known


def test_what_follows_from_held_parameters_alone_is_held_too():
    result = counts_of(Rabi(amplitude_points=15), lambda amplitude: np.sin(np.pi * amplitude / 2) ** 2)

    (analysis,) = result.analyses(fit={"fixed": {"pi_amplitude": 1.0}})

    assert analysis["drive_scale"].held == pytest.approx(1.0)
    assert not analysis["drive_scale"].is_known
    assert analysis.verdict.level == "bad"


def test_a_guess_begins_the_fit_and_bounds_end_it(decay):
    (guessed,) = decay.analyses(fit={"guess": {"t1_time": "29 us", "amplitude": 0.9, "offset": 0.03}})
    (bounded,) = decay.analyses(fit={"bounds": {"t1_time": ["1 us", "20 us"]}})

    assert guessed["t1_time"].value == pytest.approx(30_000, rel=0.05)
    assert bounded["t1_time"].value <= 20_000.001
    assert "at_bound" in bounded.verdict.codes


def test_where_a_guess_leads_elsewhere_the_fit_goes_there():
    """The start that a person gives goes before that of the model: an alias that it names is found."""
    experiment = Rabi(amplitude_points=21, max_amplitude=2)
    result = counts_of(experiment, lambda amplitude: np.sin(np.pi * amplitude / 2) ** 2)
    names = {"pi_amplitude": 1 / 19}

    (analysis,) = result.analyses(fit={"guess": names, "bounds": {"pi_amplitude": [0.04, 0.06]}})

    assert analysis["pi_amplitude"].value == pytest.approx(1 / 19, rel=0.05)


@pytest.mark.parametrize(
    ("fit", "said"),
    [
        ({"fixed": {"offst": 0}}, r"fixed.offst: the model has no parameter 'offst'; did you mean 'offset'\?"),
        ({"guess": {"t1": "20 us"}}, "guess.t1: the model has no parameter 't1'"),
        ({"bounds": {"t1_time": [3, 1]}}, r"bounds.t1_time: nothing lies between the bounds \[3, 1\]"),
        ({"bounds": {"t1_time": 3}}, r"bounds.t1_time: must be two bounds, \[low, high\], not 3"),
        ({"fixed": {"t1_time": "20 MHz"}}, "fixed.t1_time: '20 MHz' has the unit 'MHz'"),
        ({"fixed": {"offset": True}}, "fixed.offset: must be a number, not True"),
        ({"fixed": {"offset": 0}, "guess": {"offset": 0}}, "'offset' is held, so that nothing is left for its guess"),
        ({"guess": {"offset": 2}, "bounds": {"offset": [0, 1]}}, "the guess of 'offset' lies outside of its bounds"),
        ({"fixed": {"offset": 0, "amplitude": 1, "t1_time": 3}}, "every parameter is held: there is nothing to fit"),
        ({"fix": {"offset": 0}}, r"fit.fix: unknown key; did you mean 'fixed'\?"),
        ({"fixed": 3}, "must be values by name of the parameter"),
    ],
)
def test_what_does_not_go_with_the_model_is_refused_with_the_way_out(decay, fit, said):
    with pytest.raises(ConfigError, match=said):
        decay.analyses(fit=fit)


def test_what_is_computed_is_named_by_what_it_is_computed_from():
    result = counts_of(Rabi(amplitude_points=15), lambda amplitude: np.sin(np.pi * amplitude / 2) ** 2)

    with pytest.raises(ConfigError, match=r"'drive_scale' is computed from .* name one of those: .*pi_amplitude"):
        result.analyses(fit={"fixed": {"drive_scale": 1}})


def test_an_analyzer_that_fits_nothing_takes_no_fit(oqx, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    text = 'backend = "noisy"\n[[experiments]]\nuse = "readout"\n[experiments.fit]\nfixed = { offset = 0 }\n'
    (tmp_path / "run.toml").write_text(text)

    code, _, err = oqx("check", "run.toml")

    assert code == 2
    assert "run.toml:5: experiments.0.fit.fixed: the analyzer 'assignment' has no option 'fixed'" in err


def test_a_run_file_says_it_and_its_folder_keeps_it(run, oqx):
    folder, out = run
    assert "offset = 0.02 was held by hand, not measured" in out
    (entry,) = json.loads((folder / "run.json").read_text())["config"]["experiments"]
    analyzer = entry["analyzer"]
    assert analyzer["options"]["guess"] == {"t1_time": "20 us"}
    assert analyzer["options"]["bounds"] == {"amplitude": [0.5, None]}
    before = (folder / "t1" / "analysis.json").read_text()

    assert oqx("analyze", str(folder))[0] == 0

    assert (folder / "t1" / "analysis.json").read_text() == before
    assert load_run(folder).analyzer("t1").fixed == {"offset": 0.02}
    assert "held" in (folder / "report.html").read_text()
    assert oqx("check", str(folder))[0] == 0


def test_the_table_of_a_run_says_what_was_held_and_at_what(run, oqx):
    folder, _ = run

    for file in (folder / "table.csv", folder / "quantities.csv"):
        if not file.exists():
            assert oqx("export", folder, "--what", "quantities", "-o", file)[0] == 0
        rows = {row["quantity"]: row for row in csv.DictReader(file.read_text().splitlines())}
        assert (rows["offset"]["held"], rows["offset"]["value"]) == ("0.02", "")
        assert (rows["t1_time"]["held"], rows["t1_time"]["value"] != "") == ("", True)


def test_a_run_that_is_resumed_is_fitted_as_its_file_says(run, oqx):
    """As if it had been killed before it was analyzed: what is held stands in its folder, not in what is typed."""
    folder, _ = run
    before = json.loads((folder / "t1" / "analysis.json").read_text())
    rows = (folder / "table.csv").read_text()
    for file in ("t1/analysis.json", "t1/curves.json", "table.csv", "report.html"):
        (folder / file).unlink()

    code, out, _ = oqx("resume", folder)

    assert (code, "offset = 0.02 was held by hand, not measured" in out) == (0, True)
    after = json.loads((folder / "t1" / "analysis.json").read_text())
    assert after["analyzer"]["options"]["fixed"] == {"offset": 0.02}
    assert after["analyzer"]["options"]["guess"] == {"t1_time": "20 us"}
    assert after["analyses"] == before["analyses"]
    assert (folder / "table.csv").read_text() == rows


def test_a_refusal_names_the_line_of_the_run_file(oqx, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "run.toml").write_text(FILE.replace("offset =", "ofset ="))

    for command in ("check", "plan", "run"):
        code, _, err = oqx(command, "run.toml")
        assert code == 2
        assert re.search(r"run.toml:18: experiments.0.fit.fixed.ofset: .* did you mean 'offset'", err)
    assert not (tmp_path / "runs").exists()


def test_analyze_takes_the_same_paths(run, oqx):
    folder, _ = run

    code, out, err = oqx("analyze", str(folder), "--set", "t1.fit.fixed.offset=0.05")
    assert (code, err) == (0, "")
    assert "offset = 0.05 was held by hand" in out
    stored = json.loads((folder / "t1" / "analysis.json").read_text())
    assert stored["analyzer"]["options"]["fixed"] == {"offset": 0.05}

    code, out, _ = oqx("analyze", str(folder), "--set", "experiments.t1.analyzer.intervals=true")
    assert (code, "offset = 0.02 was held by hand" in out) == (0, True)
    assert reanalyze(folder, write=False).experiments[0].analyses[0]["offset"].held == 0.02


@pytest.mark.parametrize(
    ("setting", "said"),
    [
        ("t11.fit.fixed.offset=0", "the run has no experiment 't11'; did you mean 't1'?"),
        ("t1.fit.fixed.ofset=0", "did you mean 'offset'?"),
        ("t1.fits.fixed.offset=0", "unknown key; did you mean 'fit'?"),
        ("t1=3", "write --set t1.fit.fixed.PARAMETER=VALUE"),
    ],
)
def test_a_setting_of_analyze_that_is_wrong_leads_to_the_right_one(run, oqx, setting, said):
    folder, _ = run
    before = (folder / "t1" / "analysis.json").read_text()

    code, _, err = oqx("analyze", str(folder), "--set", setting)

    assert code == 2
    assert said in err
    assert (folder / "t1" / "analysis.json").read_text() == before


def test_a_plan_forecasts_what_is_left_to_measure(run, oqx):
    folder, _ = run

    (known,) = forecast(load_run(folder).results["t1"].experiment, 400, analyzer=load_run(folder).analyzer("t1"))
    (free,) = forecast(load_run(folder).results["t1"].experiment, 400)

    assert known.analysis["t1_time"].stderr < 0.8 * free.analysis["t1_time"].stderr
    assert str(known.analysis["offset"]) == "0.02 (held)"
    assert oqx("plan", str(folder))[0] == 0
