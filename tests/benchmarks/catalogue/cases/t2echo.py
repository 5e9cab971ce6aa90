"""T2 of a qubit drawn at random, by one echo pulse and by several."""

from __future__ import annotations

from typing import Any

from catalogue.case import Case, Drawn, Rng
from catalogue.cases.t1 import device
from oqtopus_experiments.experiments import T2Echo

SHOTS = 500


def drawn(rng: Rng, **parameters: Any) -> Drawn:
    t2 = float(10 ** rng.uniform(4, 5))
    experiment = T2Echo(physical_qubit=0, delay_points=12, max_delay=t2 * rng.uniform(1.0, 3.0), **parameters)
    return Drawn(experiment, device(rng, t1=t2 * rng.uniform(0.6, 3.0), t2=t2), {"t2_time": t2}, SHOTS)


CASES = [
    Case("t2echo by Hahn", drawn, "t2_time"),
    Case("t2echo by XY4", lambda rng: drawn(rng, sequence="xy4", num_echoes=8), "t2_time"),
]
