"""Delays of a fringe that a person lists, or has spread, are those that are waited, and tell T2* and frequency."""

from __future__ import annotations

import numpy as np
import pytest

from oqtopus_experiments import Axis, ParameterError, Sweep, construct, rehearse
from oqtopus_experiments.experiments import Ramsey
from oqtopus_experiments_aer import NoisyBackend

LISTED = ["0 us", "0.3 us", "0.7 us", "1.5 us", 2500, 4000, 6000, 9000, 13_000, 18_000, 24_000, 31_000, 40_000, 50_000]


def delays_of(experiment):
    return next(axis.values for axis in experiment.sweep().axes if axis.name == "delay")


def test_listed_and_spread_delays_are_waited_in_both_quadratures():
    experiment = Ramsey(delays=["20 us", 0, 301, 1000, 5000, 9000])
    assert delays_of(experiment).tolist() == [0, 300, 1000, 5000, 9000, 20_000]
    assert experiment.sweep().grid()["quadrature"].tolist() == ["x"] * 6 + ["y"] * 6
    assert delays_of(Ramsey(delays=[0, 20, 41, 90, 500, 900]).on_clock(16)).tolist() == [0, 16, 48, 96, 496, 896]
    spread = Ramsey(delays={"log": ["1 us", "32 us", 6]})
    assert delays_of(spread) == pytest.approx(1000 * 2.0 ** np.arange(6))
    assert construct(Ramsey, spread.parameters()) == spread


def test_four_turns_fit_into_the_longest_listed_delay_unless_another_detuning_is_said():
    assert Ramsey(delays=LISTED).detuning_frequency == pytest.approx(4 / 50e-6)
    assert Ramsey(delays={"log": ["1 us", "20 us", 8]}).detuning_frequency == pytest.approx(4 / 20e-6)
    assert Ramsey(delays=LISTED, detuning_frequency="30 kHz").detuning_frequency == 30_000


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"delays": [0, 100, 100, 200, 300, 400]}, "holds 100 ns twice"),
        ({"delays": [0, 100, 200, 300, 400]}, "6 or more different delays"),
        ({"delays": [-2, 0, 100, 200, 300, 400]}, "none below 0"),
        ({"delays": [0, 100, 200, 300, 400, float("nan")]}, "each is a finite number, not nan"),
        ({"delays": [0, 100, 200, 300, 400, None]}, "each is a finite number, not None"),
        ({"delays": 50.0}, "a list, of which each is a finite number"),
        ({"delays": LISTED, "max_delay": "20 us"}, "give 'delays' or 'max_delay', not both"),
        ({"delays": LISTED, "delay_points": 14}, "give 'delays' or 'delay_points', not both"),
    ],
)
def test_delays_that_make_no_sense_are_refused_where_they_are_said(wrong, message):
    with pytest.raises(ParameterError, match=message) as refused:
        Ramsey(**wrong)
    assert refused.value.field == "delays"


@pytest.mark.parametrize("delays", [LISTED, {"log": ["0.4 us", "50 us", 24]}])
def test_listed_delays_find_the_frequency_and_t2_star_of_a_device(delays):
    detunings = (-150_000.0, 25_000.0)
    device = NoisyBackend(
        t1=60_000.0, t2=20_000.0, qubits={q: {"detuning": d} for q, d in enumerate(detunings)}, seed=8
    )
    result = Ramsey(physical_qubits=[0, 1], delays=delays).run(device, shots=2000)
    for analysis, detuning in zip(result.analyses(), detunings, strict=True):
        for name, truth in (("frequency", detuning), ("t2_star_time", 20_000.0)):
            assert abs(analysis[name].value - truth) < 3 * analysis[name].stderr
        assert analysis["frequency"].stderr < 500
        assert analysis.verdict.level == "good"


def test_a_check_says_what_a_list_cannot_tell():
    assert rehearse(Ramsey()).notes == rehearse(Ramsey(delays=LISTED)).notes == ()
    (wide,) = rehearse(Ramsey(delays={"linear": [0, "50 us", 26]})).notes
    assert "shortest gap between delays is 2000 ns: it tells detunings up to 1.7e+05 Hz" in wide
    notes = rehearse(Ramsey(delays=[1000, 1000.4, 2000, 3000, 4000, 5000, 6000])).notes
    assert "6 of 7 delays are left" in notes[0]


def test_counts_taken_elsewhere_and_other_windows_leave_the_list_behind():
    experiment = Ramsey(delays=LISTED)
    taken = experiment.for_counts(Sweep(Axis("quadrature", ["x", "y"]), Axis("delay", np.arange(8) * 999.5)), ())
    assert delays_of(taken).tolist() == (np.arange(8) * 999.5).tolist()
    assert taken.detuning_frequency == experiment.detuning_frequency
    assert all(one.delays is None for one in experiment.alternatives())
    assert {one.max_delay for one in experiment.alternatives()} >= {25_000.0, 50_000.0, 100_000.0}
