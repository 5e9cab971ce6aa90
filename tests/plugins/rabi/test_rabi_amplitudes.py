"""Rabi: which amplitudes, and that no drive is taken for another because of them."""

from __future__ import annotations

import sys

import numpy as np
import pytest

from oqtopus_experiments import Axis, Sweep, cli, rehearse
from oqtopus_experiments.testing import drawn, synthetic
from oqtopus_experiments_curvefit import CurveFit
from oqtopus_experiments_rabi import Rabi, oscillation

CONTRAST = {"contrast": 0.95, "offset": 0.495}


def amplitudes(**parameters):
    return Rabi(**parameters).sweep().grid()["amplitude"]


@pytest.mark.parametrize(
    ("points", "largest"), [(30, 2.0), (20, 2.0), (10, 2.0), (50, 3.0), (30, 4.0), (9, 2.0), (30, 7.25)]
)
def test_equal_steps_of_up_to_a_quarter_are_equal(points, largest):
    assert amplitudes(amplitude_points=points, max_amplitude=largest) == pytest.approx(np.linspace(0, largest, points))


@pytest.mark.parametrize(("points", "largest"), [(30, 40.0), (10, 10.0), (5, 2.0), (30, 7.3), (100, 1e6)])
def test_coarser_ones_grow_by_equal_amounts_from_a_quarter(points, largest):
    found = amplitudes(amplitude_points=points, max_amplitude=largest)
    gaps = np.diff(found)
    assert (len(found), found[0], found[-1]) == (points, 0, largest)
    assert gaps[0] == pytest.approx(0.25)
    assert np.diff(gaps) == pytest.approx(np.mean(np.diff(gaps)))
    assert (np.diff(gaps) > 0).all()
    assert found.tolist() == amplitudes(amplitude_points=points, max_amplitude=largest).tolist()


@pytest.mark.parametrize(("points", "largest"), [(30, 10.0), (30, 20.0), (30, 40.0), (50, 100.0)])
def test_no_two_plausible_drives_look_alike(points, largest):
    """Of the signal of one drive, half to twice as strong, no other up to four times as strong explains over a half."""
    x = amplitudes(amplitude_points=points, max_amplitude=largest)
    others = np.arange(0.3 / largest, 2, 1 / (8 * largest))
    waves = np.cos(2 * np.pi * np.outer(others, x))
    waves -= waves.mean(axis=1, keepdims=True)
    for own in np.linspace(0.25, 1, 40):
        wave = np.cos(2 * np.pi * own * x)
        wave -= wave.mean()
        far = np.abs(others - own) > 1.2 / largest
        explained = (waves[far] @ wave) ** 2 / (waves[far] ** 2).sum(axis=1) / (wave @ wave)
        assert explained.max() < 0.5


@pytest.mark.parametrize("largest", [8.0, 20.0, 40.0, 80.0])
@pytest.mark.parametrize("shots", [100, 1000, 10_000])
def test_a_coarse_sweep_finds_the_drive_and_is_never_wrong_by_a_factor(largest, shots):
    """200 data sets of 40 drives; 30 amplitudes to 40, once good and 2.2 for 1: none off by more than 5 sigma."""
    rng = np.random.default_rng(1)
    experiment = Rabi(physical_qubits=range(5), max_amplitude=largest)
    found = []
    for truth in np.exp(rng.uniform(np.log(0.5), np.log(2), 40)):
        dataset = synthetic(experiment, {"pi_amplitude": truth, **CONTRAST}, shots, rng)
        for one in CurveFit().analyze(experiment, dataset):
            quantity = one["pi_amplitude"]
            found.append((abs(quantity.value - truth) < 5 * quantity.stderr, one.verdict.level, one.verdict.codes))
    assert all(right for right, _, _ in found)
    assert "bad" not in {level for _, level, _ in found}
    if largest >= 40:
        assert all("undersampled" in codes for _, _, codes in found)


@pytest.mark.parametrize("truth", [0.1, 0.2, 3.0, 10.0, 60.0])
def test_a_drive_that_no_sweep_can_show_is_not_called_good_for_another(truth):
    for largest in (2.0, 40.0):
        experiment = Rabi(physical_qubits=range(40), max_amplitude=largest)
        dataset = synthetic(experiment, {"pi_amplitude": truth, **CONTRAST}, 1000, np.random.default_rng(2))
        for one in CurveFit().analyze(experiment, dataset):
            quantity = one["pi_amplitude"]
            right = abs(quantity.value - truth) < 5 * quantity.stderr
            assert right or one.verdict.level != "good"


class EvenRabi(Rabi):
    """Equal steps whatever their length: counts of other programs, and of older runs."""

    def sweep(self):
        return Sweep(Axis("amplitude", np.linspace(0, self.max_amplitude, self.amplitude_points)))


@pytest.mark.parametrize("truth", [0.6, 0.9, 1.0, 1.1, 1.8])
@pytest.mark.parametrize("shots", [100, 1000, 10_000])
def test_equal_steps_that_cannot_tell_are_named_with_the_other_amplitude(truth, shots):
    experiment = EvenRabi(physical_qubits=range(40), max_amplitude=40.0)
    signal = oscillation(experiment.sweep().grid()["amplitude"], truth, **CONTRAST)
    analyses = CurveFit().analyze(experiment, drawn(experiment, signal, shots, np.random.default_rng(3)))
    assert {one.verdict.level for one in analyses} == {"bad"}
    assert all("undersampled" in one.verdict.codes for one in analyses)
    assert np.mean(["explains the points about as well" in str(one.verdict) for one in analyses]) > 0.95


@pytest.mark.parametrize("shots", [100, 1000, 10_000])
@pytest.mark.parametrize(("points", "largest"), [(8, 2.0), (10, 2.0), (30, 1.2), (30, 4.0), (200, 2.0)])
def test_amplitudes_that_tell_are_not_doubted(points, largest, shots):
    experiment = Rabi(physical_qubits=range(200), amplitude_points=points, max_amplitude=largest)
    dataset = synthetic(experiment, {"pi_amplitude": 1.05, **CONTRAST}, shots, np.random.default_rng(4))
    assert not any("undersampled" in one.verdict.codes for one in CurveFit().analyze(experiment, dataset))


def test_a_check_says_that_the_calibrated_period_is_undersampled_and_what_to_take():
    assert rehearse(Rabi()).notes == rehearse(Rabi(pulse="sx")).notes == ()
    (grown,) = rehearse(Rabi(max_amplitude=10.0)).notes
    assert "gaps that grow from 0.25 to 0.44" in grown
    notes = rehearse(Rabi(max_amplitude=40.0)).notes
    assert "1.4 amplitudes per calibrated period" in notes[1]
    assert "amplitude_points of 61 or max_amplitude of 19.3" in notes[1]
    for enough in ({"amplitude_points": 61, "max_amplitude": 40.0}, {"max_amplitude": 19.3}):
        assert len(rehearse(Rabi(**enough)).notes) == 1


def test_the_terminal_shows_it_before_anything_is_run(tmp_path, capsys, monkeypatch):
    file = tmp_path / "wide.toml"
    file.write_text('backend = "noisy"\n[[experiments]]\nuse = "rabi"\nmax_amplitude = 40.0\n')
    monkeypatch.setattr(sys, "argv", ["oqx", "check", str(file)])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    assert not ended.value.code
    assert "rabi: note: 1.4 amplitudes per calibrated period" in " ".join(capsys.readouterr().out.split())


class Talkative(Rabi):
    """Notes that are a sentence by itself, which is a list of letters."""

    def notes(self):
        return "take care"


def test_notes_that_are_no_list_of_sentences_are_the_fault_of_their_author():
    with pytest.raises(Exception, match=r"Talkative\.notes must return sentences in a list, not 'take care'"):
        rehearse(Talkative())
