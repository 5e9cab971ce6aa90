"""Delays that a person lists, or has spread by equal factors, are those that are swept."""

from __future__ import annotations

import numpy as np
import pytest

from oqtopus_experiments import ConfigError, ParameterError
from oqtopus_experiments.experiments import T1, Rabi, Ramsey, T2Echo
from oqtopus_experiments.plugins._options import construct


def delays_of(experiment):
    return next(axis.values for axis in experiment.sweep().axes if axis.name == "delay")


@pytest.mark.parametrize("cls", [T1, T2Echo])
def test_listed_delays_are_swept_in_ascending_order(cls):
    given = {"delays": ["40 us", 1000, "2 us", "80 us", 20_000]}
    for experiment in (cls(**given), construct(cls, given)):
        assert delays_of(experiment).tolist() == [1000, 2000, 20_000, 40_000, 80_000]


@pytest.mark.parametrize("cls", [T1, T2Echo])
def test_delays_are_spread_by_equal_factors_from_here_to_there(cls):
    experiment = construct(cls, {"delays": {"log": ["1 us", "256 us", 9]}})

    assert delays_of(experiment) == pytest.approx(1000 * 2.0 ** np.arange(9))
    assert cls(delays={"log": ("1 us", "256 us", 9)}) == experiment
    assert construct(cls, experiment.parameters()) == experiment
    linear = construct(cls, {"delays": {"linear": [0, "80 us", 5]}})
    assert delays_of(linear) == pytest.approx([0, 20_000, 40_000, 60_000, 80_000])


@pytest.mark.parametrize(
    ("delays", "said"),
    [
        ({"log": [0, "1 us", 5]}, "log begins and ends above 0"),
        ({"log": ["1 us", "9 us"]}, "needs the first, the last and how many"),
        ({"log": ["1 us", "9 us", 2.5]}, "needs a whole number of points"),
        ({"geometric": [1, 2, 3]}, "write {log = "),
        ([1, 2, 2, 3], "holds 2 ns twice"),
        ([1, 2], "4 or more different delays"),
    ],
)
def test_a_list_that_makes_no_sense_is_told_what_would(delays, said):
    for cls in (T1, T2Echo):
        with pytest.raises(ParameterError, match=said.replace("{", r"\{")):
            cls(delays=delays)


def test_delays_and_the_window_are_not_both_said():
    with pytest.raises(ConfigError, match="give 'delays' or 'max_delay', not both"):
        construct(T2Echo, {"delays": [1, 2, 3, 4], "max_delay": 9})


def test_spread_delays_are_multiples_of_a_step():
    experiment = construct(T2Echo, {"delays": {"linear": ["1 us", "10 us", 6], "step": "0.5 us"}})
    assert delays_of(experiment).tolist() == [1000, 3000, 4500, 6500, 8000, 10_000]


@pytest.mark.parametrize(
    ("delays", "takes"),
    [
        ({"log": ["1 us", "9 us", 5]}, True),
        ({"log": ["1 us", "9 us", 5], "step": "16 ns"}, True),
        ({"logs": [1, 2, 3]}, False),
        ({"log": ["1 us", "9 us", 5], "linear": [1, 2, 3]}, False),
        ({"step": "16 ns"}, False),
        ({"log": ["1 us", "9 us", 5], "step": 0}, False),
    ],
)
def test_the_schema_for_editors_takes_what_is_spread(delays, takes):
    from jsonschema import Draft202012Validator

    from oqtopus_experiments.plugins._option_schema import properties

    assert Draft202012Validator(properties(T2Echo)["delays"]).is_valid(delays) is takes


def test_a_window_that_depends_on_others_may_be_left_at_what_it_comes_to():
    """Its default is made for each experiment, so that a run folder which holds it can be read back."""
    pulses = Rabi(pulse="sx", amplitudes=[0, 0.5, 1, 2, 3])
    assert pulses.max_amplitude == 14.5
    assert construct(Rabi, pulses.parameters()) == pulses


@pytest.mark.parametrize("cls", [T1, T2Echo, Ramsey])
def test_other_windows_are_compared_at_as_many_points_as_are_listed(cls):
    listed = cls(delays=[1000.0 * delay for delay in range(1, 18)])

    others = listed.alternatives()

    assert others
    assert {one.delay_points for one in others} == {17}
    assert {one.delay_points for one in cls(delay_points=23).alternatives()} == {23}
