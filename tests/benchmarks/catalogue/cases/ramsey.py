"""Ramsey fringes of a qubit drawn at random: detuned either way, with fast noise, slow noise or both."""

from __future__ import annotations

import math

from catalogue.case import Case, Drawn, Rng
from oqtopus_experiments.experiments import Ramsey
from oqtopus_experiments_aer import NoisyBackend

SHOTS = 500


def drawn(rng: Rng) -> Drawn:
    """T2* of 3 to 60 us, of which 0 to 0.95 of the exponent is Gaussian; detunings up to 1.5 artificial ones."""
    time, part = float(10 ** rng.uniform(3.5, 4.8)), float(rng.uniform(0, 0.95))
    t2 = time / (1 - part)
    window = time * rng.uniform(2.0, 3.0)
    experiment = Ramsey(physical_qubit=0, delay_points=20, max_delay=window)
    # At a detuning of the artificial one there is no fringe, and the verdict says so.
    detuning = experiment.detuning_frequency * rng.uniform(-1.5, 0.75)
    backend = NoisyBackend(
        t1=2 * t2,
        t2=t2,
        detuning=detuning,
        detuning_spread=math.sqrt(2 * part) / (2 * math.pi * time * 1e-9),
        readout_error_0=rng.uniform(0.005, 0.04),
        readout_error_1=rng.uniform(0.01, 0.08),
        seed=0,
    )
    return Drawn(experiment, backend, {"t2_star_time": time, "frequency": detuning, "gaussian_part": part}, SHOTS)


CASES = [Case("ramsey t2_star_time", drawn, "t2_star_time"), Case("ramsey frequency", drawn, "frequency")]
