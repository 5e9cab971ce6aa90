"""Errors of the angle of x and sx, from 1e-4 to 0.3 rad of either sign, and none at all."""

from __future__ import annotations

import numpy as np

from catalogue.case import Case, Drawn, Rng
from catalogue.cases.t1 import device
from oqtopus_experiments.experiments import Amplify

SHOTS = 500
FULL = {"x": np.pi, "sx": np.pi / 2}


def drawn(rng: Rng, gate: str, *, right: bool = False) -> Drawn:
    error = 0.0 if right else float(10 ** rng.uniform(-4, np.log10(0.3)) * rng.choice([-1, 1]))
    scale = 1 + error / FULL[gate]
    backend = device(rng, t1=25_000.0, t2=20_000.0, drive_scale=scale, native_gates=("sx", "x", "rz", "cx"))
    return Drawn(Amplify(physical_qubit=0, gate=gate), backend, {"angle_error": error, "drive_scale": scale}, SHOTS)


CASES = [
    Case("amplify x", lambda rng: drawn(rng, "x"), "angle_error"),
    Case("amplify sx", lambda rng: drawn(rng, "sx"), "angle_error"),
    Case("amplify x that is right", lambda rng: drawn(rng, "x", right=True), "angle_error"),
]
