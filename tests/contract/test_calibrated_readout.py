"""Readout calibration on the noisy backend: reference circuits run beside the sweep, and the truth is found."""

from __future__ import annotations

import pytest

from oqtopus_experiments.backends import LocalBackend
from oqtopus_experiments.experiments import T1, Rabi


@pytest.mark.parametrize("t1_us", [10, 50, 200])
def test_a_window_of_one_t1_finds_it_within_three_standard_errors(t1_us):
    truth = t1_us * 1000.0
    backend = LocalBackend(device="noisy", t1=truth, seed=41)

    result = T1(delay_points=26, max_delay=truth, calibrate_readout=True).run(backend, shots=1000)
    row = result.analyze().iloc[0]

    assert len(result.counts) == 30
    assert abs(row.t1_time - truth) < 3 * row.t1_time_stderr
    assert row.t1_time_stderr < 0.02 * truth
    assert row.verdict == "good"


@pytest.mark.parametrize("scale", [0.8, 1.25])
def test_the_x_gate_of_a_miscalibrated_drive_biases_no_rabi(scale):
    backend = LocalBackend(device="noisy", drive_scale=scale, seed=42)

    row = Rabi(amplitude_points=40, max_amplitude=2.0, calibrate_readout=True).run(backend, 2000).analyze().iloc[0]

    assert abs(row.pi_amplitude - 1 / scale) < 3 * row.pi_amplitude_stderr
    assert abs(row.drive_scale - scale) < 3 * row.drive_scale_stderr
    assert row.verdict == "good"
