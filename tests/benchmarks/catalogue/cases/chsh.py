"""
The CHSH value of a pair whose cx and readout err at random.

Depolarizing the pair by p leaves 1 - p of each correlation, and a readout that flips 0 with e0 and 1 with e1 makes z of
each qubit ``(e1 - e0) + (1 - e0 - e1) z``. Neither qubit has a mean of its own.
"""

from __future__ import annotations

import math

from catalogue.case import Case, Drawn, Rng
from oqtopus_experiments_aer import NoisyBackend
from oqtopus_experiments_chsh import CHSH, CHSHPhaseScan

SHOTS, SHOTS_OF_A_POINT = 2000, 500


def pair(rng: Rng) -> tuple[NoisyBackend, float, float]:
    """Return a device, what it leaves of a correlation, and what it adds."""
    error, flips_0, flips_1 = rng.uniform(0.0, 0.05), rng.uniform(0.005, 0.03), rng.uniform(0.01, 0.05)
    backend = NoisyBackend(
        t1=None,
        t2=None,
        single_qubit_error=0.0,
        two_qubit_error=error,
        readout_error_0=flips_0,
        readout_error_1=flips_1,
        seed=0,
    )
    return backend, (1 - error) * (1 - flips_0 - flips_1) ** 2, (flips_1 - flips_0) ** 2


def once(rng: Rng) -> Drawn:
    theta = math.pi / 4 + rng.uniform(-0.2, 0.2)
    backend, left, added = pair(rng)
    truth = 2 * math.sqrt(2) * left * math.cos(theta - math.pi / 4) + 2 * added
    return Drawn(CHSH(theta=theta), backend, {"chsh_value": truth}, SHOTS)


def scan(rng: Rng) -> Drawn:
    backend, left, added = pair(rng)
    truth = {
        "max_chsh_value": 2 * math.sqrt(2) * left + 2 * added,
        "max_chsh_phase": math.pi / 4,
        "offset": added,
    }
    return Drawn(CHSHPhaseScan(), backend, truth, SHOTS_OF_A_POINT)


CASES = [Case("chsh", once, "chsh_value"), Case("chsh phase scan", scan, "max_chsh_value")]
