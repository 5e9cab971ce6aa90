"""T1 of a qubit drawn at random, with references and without."""

from __future__ import annotations

from catalogue.case import Case, Drawn, Rng
from oqtopus_experiments.experiments import T1
from oqtopus_experiments_aer import NoisyBackend

SHOTS = 500


def device(rng: Rng, **known: float) -> NoisyBackend:
    """Draw the readout of a qubit whose other values are known."""
    return NoisyBackend(
        readout_error_0=rng.uniform(0.005, 0.04), readout_error_1=rng.uniform(0.01, 0.08), seed=0, **known
    )


def drawn(rng: Rng, windows: tuple[float, float], *, calibrate_readout: bool) -> Drawn:
    t1 = float(10 ** rng.uniform(4, 5))
    window = t1 * rng.uniform(*windows)
    experiment = T1(physical_qubit=0, delay_points=20, max_delay=window, calibrate_readout=calibrate_readout)
    return Drawn(experiment, device(rng, t1=t1), {"t1_time": t1}, SHOTS)


CASES = [
    Case("t1 with references", lambda rng: drawn(rng, (1.0, 3.0), calibrate_readout=True), "t1_time"),
    Case("t1", lambda rng: drawn(rng, (5.0, 8.0), calibrate_readout=False), "t1_time"),
]
