"""``oqx show`` of the experiments there are: what is reported, in which units, by which formula, from which circuit."""

from __future__ import annotations

import pytest

from oqtopus_experiments.execution._drawing import typical
from oqtopus_experiments.experiments import Rabi


def test_show_gives_quantities_with_units_formula_and_circuit_in_eighty_columns(oqx):
    code, out, _ = oqx("show", "t1")
    portrait = out[out.index("reads ") :]

    assert code == 0
    assert "reads P(1) at 30 points of\n  delay: 30 values from 0 to 100000 ns\n" in portrait
    assert "and in circuits beside the sweep: ground (3), excited (3)\n" in portrait
    assert "\n  P(1) = offset + amplitude * exp(-delay / t1_time)\n" in portrait
    assert "\n  t1_time in ns, fitted\n  amplitude, fitted\n" in portrait
    assert "its circuit at delay = 51724 ns\n" in portrait
    assert "┤ X ├┤ Delay(" in portrait
    assert max(map(len, portrait.splitlines())) <= 80


def test_show_names_what_a_quantity_is_computed_from(oqx):
    assert "\n  drive_scale, from pi_amplitude\n" in oqx("show", "rabi")[1]


@pytest.mark.parametrize("name", ["noisy", "curvefit"])
def test_show_of_a_backend_or_an_analyzer_ends_with_its_options(oqx, name):
    code, out, _ = oqx("show", name)

    assert code == 0
    assert "reads" not in out.splitlines()[-1]
    assert "circuit" not in out.splitlines()[-1]


@pytest.mark.parametrize("columns", [40, 80])
def test_a_long_circuit_goes_on_below(columns):
    point, drawing = typical(Rabi(pulse="sx"), columns)

    assert point == {"amplitude": 7.5}
    assert drawing.count("┤ √X ├") == 15
    assert columns - 20 < max(map(len, drawing.splitlines())) <= columns


def test_an_earlier_point_stands_for_one_whose_circuit_fills_the_screen():
    point, drawing = typical(Rabi(pulse="sx", amplitude_points=200), 80)

    assert 0 < point["amplitude"] < 50
    assert drawing.count("\n") < 40
