"""Prices of the experiments of this repository: what a calibration tells them, and that what is paid for is got."""

from __future__ import annotations

import attrs
import numpy as np
import pytest

from oqtopus_experiments import DeviceInfo, DeviceSummary, QubitInfo, cli, forecast, price
from oqtopus_experiments.experiments import T1, Rabi
from oqtopus_experiments.testing import synthetic
from oqtopus_experiments_curvefit import CurveFit

SUMMARY = DeviceSummary(name="far", kind="QPU", status="available")
FULL = QubitInfo(index=0, t1=80_000.0, readout_error_0=0.01, readout_error_1=0.05)


@pytest.mark.parametrize(
    ("experiment", "qubit", "told"),
    [
        (T1(), FULL, {"t1_time": 80_000.0, "amplitude": 0.94, "offset": 0.01}),
        (T1(), QubitInfo(index=0, t1=80_000.0, readout_error_0=0.01), {"t1_time": 80_000.0}),
        (T1(), QubitInfo(index=0), {}),
        (Rabi(), FULL, {"contrast": 0.94, "offset": 0.48}),
        (Rabi(), QubitInfo(index=0, t1=80_000.0), {}),
    ],
)
def test_the_calibration_tells_what_it_knows_of_the_model_and_the_example_the_rest(experiment, qubit, told):
    (found,) = forecast(experiment, 1000, device=DeviceInfo(summary=SUMMARY, qubits=(qubit,)))

    by_calibration = {n: v for n, v in found.truth.values.items() if found.truth.sources[n] == "calibration"}
    by_example = {n: v for n, v in found.truth.values.items() if found.truth.sources[n] == "example"}
    example = experiment.fit_model().example
    assert by_calibration == pytest.approx(told)
    assert by_example == {name: value for name, value in example.items() if name not in told}


@pytest.mark.parametrize(
    ("experiment", "precision", "truth"),
    [
        (T1(max_delay=40_000.0, calibrate_readout=False), {"t1_time": "2 %"}, {"t1_time": 40_000.0}),
        (Rabi(max_amplitude=1.0, amplitude_points=12), {"pi_amplitude": 0.004}, {"pi_amplitude": 1.1}),
        (Rabi(pulse="sx", amplitude_points=12), {"pi_amplitude": 0.004}, {"pi_amplitude": 1.1}),
    ],
)
def test_the_precision_that_is_paid_for_is_got_with_better_points_too(experiment, precision, truth):
    """The scatter of 200 data sets is known to 5 %: it is what was asked for within a fifth."""
    found = price(experiment, precision, truth=truth)
    (name,) = precision
    wanted = found.as_asked.forecasts[0].analysis[name].stderr

    for offer in (found.as_asked, found.better):
        many = attrs.evolve(offer.experiment, physical_qubits=None, targets=[(q,) for q in range(200)])
        dataset = synthetic(many, offer.forecasts[0].truth.values, offer.shots, np.random.default_rng(4))
        off = [one[name].value - truth[name] for one in CurveFit().analyze(many, dataset)]
        assert np.sqrt(np.mean(np.square(off))) == pytest.approx(wanted, rel=0.2)
    assert found.better.total_shots < 0.6 * found.as_asked.total_shots


def test_a_window_that_is_far_too_short_is_not_offered_but_a_longer_one():
    found = price(T1(max_delay=20_000.0, calibrate_readout=False), {"t1_time": "5 %"}, truth={"t1_time": 80_000.0})
    assert 80_000.0 <= found.better.changes["max_delay"] <= 160_000.0
    assert found.better.is_good


def test_no_alternative_of_rabi_leaves_fewer_than_four_points_a_period():
    for points in (5, 8, 12, 30):
        for largest in (1.0, 2.0, 8.0):
            for other in Rabi(amplitude_points=points, max_amplitude=largest).alternatives():
                assert (other.amplitude_points - 1) * 2 / other.max_amplitude >= 4


@pytest.mark.parametrize("longest", [1e-3, 1e15])
def test_windows_at_the_limits_of_what_a_parameter_may_be_have_a_price_too(longest):
    assert price(T1(max_delay=longest), {"t1_time": "2 %"}).better.is_good


def test_a_window_that_shows_next_to_nothing_gives_way_to_a_period():
    assert price(Rabi(max_amplitude=0.1), {"pi_amplitude": "2 %"}).better.changes == {"max_amplitude": 2.0}


def test_listed_delays_that_are_given_up_are_said_to_be(tmp_path, monkeypatch, capsys):
    run = 'backend = "noisy"\n[[experiments]]\nuse = "t1"\ndelays = [0, 10, 20, 4000, 8000]\n'
    (tmp_path / "run.toml").write_text(run)
    monkeypatch.setattr("sys.argv", ["oqx", "plan", str(tmp_path / "run.toml"), "--precision", "t1_time=2%"])
    with pytest.raises(SystemExit):
        cli.main()
    out = capsys.readouterr().out
    assert "without delays" in out
    assert "null" not in out


def test_a_plan_on_a_device_with_a_calibration_is_made_for_its_qubits(tmp_path, monkeypatch, capsys):
    pytest.importorskip("qiskit_ibm_runtime")  # lowest versions of the others come before those of IBM
    backend = 'backend = "qiskit"\n[backends.qiskit]\ndevice = "fake_manila"\n'
    (tmp_path / "run.toml").write_text(f'{backend}[[experiments]]\nuse = "t1"\nphysical_qubit = 2\n')
    monkeypatch.setattr("sys.argv", ["oqx", "plan", str(tmp_path / "run.toml")])
    with pytest.raises(SystemExit) as stop:
        cli.main()
    out = capsys.readouterr().out
    assert not stop.value.code
    assert "(as calibrated)" in out
    assert "(as an example)" not in out
