"""The drive of a qubit drawn at random, by an rx gate and by repeated sx."""

from __future__ import annotations

from catalogue.case import Case, Drawn, Rng
from catalogue.cases.t1 import device
from oqtopus_experiments.experiments import Rabi

SHOTS = 500


def drawn(rng: Rng, experiment: Rabi) -> Drawn:
    scale = rng.uniform(0.75, 1.3)
    return Drawn(experiment, device(rng, drive_scale=scale), {"pi_amplitude": 1 / scale, "drive_scale": scale}, SHOTS)


RX = Rabi(physical_qubit=0, amplitude_points=20, max_amplitude=3.0)
SX = Rabi(physical_qubit=0, pulse="sx", amplitude_points=20)
CASES = [
    Case("rabi", lambda rng: drawn(rng, RX), "pi_amplitude"),
    Case("rabi with sx", lambda rng: drawn(rng, SX), "pi_amplitude"),
]
