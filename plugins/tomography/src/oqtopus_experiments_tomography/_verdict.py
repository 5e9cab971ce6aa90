"""What speaks for or against a state that was found: settings read twice, whether any state explains the counts."""

from __future__ import annotations

import itertools
import math
from typing import Literal

import numpy as np

from oqtopus_experiments import Quantity, Reason, ReasonCode
from oqtopus_experiments_tomography._bootstrap import Estimate
from oqtopus_experiments_tomography._estimates import TINY, Real
from oqtopus_experiments_tomography._settings import Complex

CLEARLY, BELOW = 5.0, 3.0
"""Errors above what others reach, from which a fidelity is good, and below a half, from which it is bad: a dephased
pair lies on the bound itself, and passes three errors once in 700 runs."""
CLASSICAL = 2 / 3
PRECISE = 0.1
DOUBTFUL, IMPOSSIBLE = 3.5, 6.0
"""Standard deviations of the deviance beyond what the likeliest state gives, at which it is doubted, and refused."""

REPEATED = 3.0
"""The same for settings that are read again."""
LITTLE = 10.0
"""A deviance larger by less is no doubt: of one qubit inside the ball it is 0, whatever was read."""


def bound(ket: Complex) -> float:
    """
    Return the largest fidelity to a ket that a state without entanglement between all its qubits can have.

    It is the largest squared Schmidt coefficient over all ways to part the qubits (M. Bourennane et al., Phys. Rev.
    Lett. 92, 087902, 2004). Where the ket itself is a product: 2/3, what a qubit keeps that is measured and prepared
    anew (S. Massar, S. Popescu, Phys. Rev. Lett. 74, 1259, 1995), and what mixed up settings give a state on an axis.
    """
    qubits = len(ket).bit_length() - 1
    tensor = ket.reshape((2,) * qubits)
    largest = 0.0
    for size in range(1, qubits // 2 + 1):
        for part in itertools.combinations(range(qubits), size):
            rest = [axis for axis in range(qubits) if axis not in part]
            matrix = tensor.transpose([*part, *rest]).reshape(2**size, -1)
            largest = max(largest, float(np.linalg.svd(matrix, compute_uv=False)[0]) ** 2)
    return largest if 0 < largest < 1 - 1e-9 else CLASSICAL


def of_repeats(pairs: list[tuple[Real, Real]]) -> list[Reason]:
    """Return whether settings that were read twice read the same: a chi-square of all of them; none without counts."""
    known = [pair for pair in pairs if pair[0].sum() and pair[1].sum()]
    if not known:
        message = "no setting was read twice, so that nobody knows whether the state stayed the same"
        return [Reason(ReasonCode.MISSING_POINTS, message, "suspect")]
    away, freedom = 0.0, 0
    for first, again in known:
        seen = (first + again) > 0
        pooled = (first + again)[seen] / (first.sum() + again.sum())
        apart = first[seen] / first.sum() - again[seen] / again.sum()
        away += float((apart**2 / pooled).sum() / (1 / first.sum() + 1 / again.sum()))
        freedom += int(seen.sum()) - 1
    if not freedom or _deviates(away, freedom) < REPEATED:
        return []
    message = f"settings read again read something else: chi-square {away:.0f}, where {freedom} is usual"
    return [Reason(ReasonCode.DRIFTING, message, "bad" if _deviates(away, freedom) > IMPOSSIBLE else "suspect")]


def of_fit(found: Estimate) -> list[Reason]:
    """Return whether some state explains the counts as well as chance lets it, as the bootstrap says."""
    own, drawn = float(found.deviance[0]), found.deviance[1:]
    away = _deviates(own, float(drawn.mean()))
    if away < DOUBTFUL or own < drawn.mean() + LITTLE:
        return [Reason("one_state", "a state explains the counts of all settings", "good")]
    message = (
        f"no state explains the counts: their deviance is {own:.0f}, where the likeliest has {drawn.mean():.0f} ± "
        f"{drawn.std():.0f}; the state, or the readout, changed from setting to setting"
    )
    return [Reason(ReasonCode.POOR_FIT, message, "bad" if away > IMPOSSIBLE else "suspect")]


def _deviates(own: float, usual: float) -> float:
    """Return how far a chi-square is out, in standard deviations of the normal variable its cube root nearly is."""
    spread = 2 / (9 * max(usual, TINY))
    return float((np.cbrt(own / max(usual, TINY)) - (1 - spread)) / math.sqrt(spread))


def of_fidelity(fidelity: Quantity, name: str, least: float) -> list[Reason]:
    """Return whether the state is near the one that was asked for: nearer than what has nothing to do with it."""
    if fidelity.stderr > PRECISE:
        message = f"the fidelity is known to {fidelity.stderr:.2f} only; take more shots"
        return [Reason(ReasonCode.UNDETERMINED, message, "suspect")]
    if fidelity.value - CLEARLY * fidelity.stderr > least:
        message = f"the fidelity to {name} is {fidelity}, above {least:.3g}"
        return [Reason("near_target", message, "good")]
    message = f"the fidelity to {name} is {fidelity}, not clearly above {least:.3g}, which others reach as well"
    level: Literal["suspect", "bad"] = "bad" if fidelity.value + BELOW * fidelity.stderr < 0.5 else "suspect"
    return [Reason("another_state", message, level)]


def of_boundary(found: Estimate) -> list[Reason]:
    """Return what the likeliest state is biased by, as no eigenvalue of it can be below 0; nothing where it is not."""
    bias, error = bias_of(found.physical_fidelity), float(found.physical_fidelity[1:].std())
    if not abs(bias) > 0.2 * error:
        return []
    message = (
        f"the state is at the boundary of what is physical, which moves physical_fidelity by about {bias:+.2g} and "
        f"physical_purity by {bias_of(found.physical_purity):+.2g}; fidelity and purity have no such bias"
    )
    return [Reason("boundary", message, "good")]


def bias_of(values: Real) -> float:
    """Return by how much the estimates of drawn data are off that from which they were drawn, on average."""
    return float(values[1:].mean() - values[0])
