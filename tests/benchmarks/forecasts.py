"""
The errors that are forecast against those that are found, over random settings of T1 and Rabi.

Found is the scatter of the estimates around the truth over many data sets: what an error bar should be, not what the
fit says of itself. Data sets whose fit calls the headline undetermined are counted apart; a setting in which most are
is not held against the forecast, and the forecast has to say so of it.

Run by path (minutes): pytest -s tests/benchmarks/forecasts.py. Fewer settings are among the tests of curvefit.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

import attrs
import numpy as np
from attrs import frozen

from oqtopus_experiments import Experiment
from oqtopus_experiments.testing import synthetic
from oqtopus_experiments_curvefit import CurveFit
from oqtopus_experiments_rabi import Rabi
from oqtopus_experiments_t1 import T1

NUMBER, RUNS, SEED = 100, 400, 11
WITHIN = 0.2


@frozen(eq=False)
class Setting:
    """An experiment, a truth, and how many shots; the name of the headline, and the window in T1 or periods."""

    experiment: Experiment
    truth: Mapping[str, float]
    shots: int
    headline: str
    window: float


@frozen(eq=False)
class Outcome:
    """What was forecast, what was found, and in which part of the data sets the fit did not determine it."""

    setting: Setting
    forecast: float
    level: str
    found: float
    undetermined: float

    @property
    def ratio(self) -> float:
        return self.forecast / self.found

    def __str__(self) -> str:
        one, truth = self.setting, self.setting.truth[self.setting.headline]
        references = "with" if one.experiment.calibrate_readout else "no"
        return (
            f"{one.headline:12s} window {one.window:4.1f}  {one.experiment.sweep().size:3d} points  "
            f"{one.shots:6d} shots  {references:4s} references  forecast {100 * self.forecast / truth:7.3f} %  "
            f"found {100 * self.found / truth:7.3f} %  ratio {self.ratio:.2f}  "
            f"undetermined {100 * self.undetermined:3.0f} %  {self.level}"
        )


def drawn_setting(rng: np.random.Generator) -> Setting:
    """Return a random setting: windows of 0.7 to 8 T1, or of 0.6 to 8 periods with four points each at least."""
    shots, points = int(np.exp(rng.uniform(math.log(100), math.log(20_000)))), int(rng.integers(8, 101))
    e0, e1 = rng.uniform(0, 0.1, 2)
    referenced = bool(rng.integers(2))
    if rng.integers(2):
        t1 = float(np.exp(rng.uniform(math.log(5_000), math.log(400_000))))
        window = float(np.exp(rng.uniform(math.log(0.7), math.log(8))))
        decay = T1(max_delay=window * t1, delay_points=points, calibrate_readout=referenced)
        return Setting(decay, {"t1_time": t1, "amplitude": 1 - e0 - e1, "offset": e0}, shots, "t1_time", window)
    pi, window = float(rng.uniform(0.7, 1.4)), min(float(rng.uniform(0.6, 8)), points / 4)
    drive = Rabi(max_amplitude=2 * window * pi, amplitude_points=points, calibrate_readout=referenced)
    truth = {"pi_amplitude": pi, "contrast": 1 - e0 - e1, "offset": (1 + e0 - e1) / 2}
    return Setting(drive, truth, shots, "pi_amplitude", window)


def measured(setting: Setting, runs: int, rng: np.random.Generator) -> Outcome:
    """Return the forecast of a setting, and what so many data sets come to."""
    forecast = CurveFit().forecast(setting.experiment, setting.truth, setting.shots)
    many = attrs.evolve(setting.experiment, physical_qubits=None, targets=[(q,) for q in range(runs)])
    analyses = CurveFit().analyze(many, synthetic(many, setting.truth, setting.shots, rng))
    known = [a for a in analyses if not any(reason.code == "undetermined" for reason in a.verdict.reasons)]
    values = np.array([a[setting.headline].value for a in known])
    values = values[np.isfinite(values)]
    off = values - setting.truth[setting.headline]
    return Outcome(
        setting=setting,
        forecast=forecast[setting.headline].stderr,
        level=forecast.verdict.level,
        found=float(np.sqrt(np.mean(off**2))) if len(values) else math.nan,
        undetermined=1 - len(values) / runs,
    )


def test_the_errors_found_are_those_forecast():
    rng = np.random.default_rng(SEED)
    outcomes = [measured(drawn_setting(rng), RUNS, rng) for _ in range(NUMBER)]
    print()
    for one in sorted(outcomes, key=lambda one: one.forecast / one.setting.truth[one.setting.headline]):
        print(one)
    held = [one for one in outcomes if one.undetermined < 0.5]
    ratios = np.array([one.ratio for one in held])
    print(f"{len(held)} of {NUMBER} settings determined; ratios {ratios.min():.2f} to {ratios.max():.2f}")
    assert len(held) >= 0.9 * NUMBER
    assert (np.abs(ratios - 1) < WITHIN).all()
    assert all(one.level != "good" for one in outcomes if one.undetermined >= 0.5)
