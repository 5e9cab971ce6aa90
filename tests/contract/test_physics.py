"""What a device has is what is found: seeded runs on the noisy backend against the truth it was given."""

from __future__ import annotations

import math

import pytest

from oqtopus_experiments.backends import LocalBackend
from oqtopus_experiments.experiments import T1, Rabi


@pytest.mark.parametrize(("scale", "pi_amplitude"), [(0.8, 1.25), (1.0, 1.0), (1.25, 0.8)])
def test_rabi_finds_the_pi_amplitude_of_a_miscalibrated_drive(scale, pi_amplitude):
    backend = LocalBackend(device="noisy", drive_scale=scale, seed=31)

    row = Rabi(amplitude_points=40, max_amplitude=2.5).run(backend, shots=1000).analyze().iloc[0]

    assert abs(row.pi_amplitude - pi_amplitude) < 3 * row.pi_amplitude_stderr
    assert row.pi_amplitude_stderr < 0.005
    assert row.verdict == "good"


@pytest.mark.parametrize("t1_us", [10, 50, 200])
def test_t1_finds_the_relaxation_time_the_device_has(t1_us):
    truth = t1_us * 1000.0
    backend = LocalBackend(device="noisy", t1=truth, seed=32)

    frame = T1(delay_points=40, max_delay=3 * truth).run(backend, shots=1000).analyze()

    row = frame.iloc[0]
    assert abs(row.t1_time - truth) < 3 * row.t1_time_stderr
    assert row.t1_time_stderr < 0.05 * truth
    assert row.verdict == "good"
    assert frame.attrs["units"]["t1_time"] == "ns"


def test_without_noise_t1_reports_no_number_and_says_why():
    frame = T1().run(LocalBackend(device="qulacs", seed=1), shots=1000).analyze()

    assert math.isnan(frame.t1_time[0])
    assert math.isnan(frame.t1_time_stderr[0])
    assert frame.verdict[0] == "bad"
    assert frame.reasons[0] == "no_signal"


def test_many_qubits_cost_no_more_circuits_than_one_and_each_gets_its_own_number():
    truths = {qubit: {"t1": (10.0 + 5 * qubit) * 1000} for qubit in range(8)}
    backend = LocalBackend(device="noisy", t1=40_000.0, qubits=truths, seed=33)

    result = T1(physical_qubits=range(8), delay_points=30, max_delay=100_000.0).run(backend, shots=1000)
    frame = result.analyze()

    assert len(result.counts) == 30 + 6  # delays and references
    pulls = (frame.t1_time - [truths[q]["t1"] for q in range(8)]) / frame.t1_time_stderr
    assert pulls.abs().max() < 3.5
