"""A state from counts, with the scatter that its shots would have: a parametric bootstrap, seeded by the counts."""

from __future__ import annotations

import numpy as np
from attrs import frozen

from oqtopus_experiments_tomography import _estimates as estimates
from oqtopus_experiments_tomography._estimates import Real
from oqtopus_experiments_tomography._likelihood import likeliest
from oqtopus_experiments_tomography._settings import Complex


@frozen(eq=False)
class Estimate:
    """
    What was found, and what was found again of data drawn from it, in rows.

    Args:
        rho: The likeliest state, shape (1 + resamples, d, d).
        fidelity: <psi| rho |psi> of the linear inversion, shape (1 + resamples,); so are the other three.
        purity: tr(rho^2) without the part of the shots' scatter.
        physical_fidelity: That of the likeliest state.
        physical_purity: That of the likeliest state.
        deviance: What the likeliest state is short of the counts, likewise.
    """

    rho: Complex
    fidelity: Real
    purity: Real
    physical_fidelity: Real
    physical_purity: Real
    deviance: Real


def estimate(counts: Real, ket: Complex, resamples: int) -> Estimate:
    """
    Return the state behind counts of shape (settings, outcomes), and its fidelity to a ket.

    Drawn are counts of the likeliest state. Half a count is added to each outcome, as anywhere in this library, so that
    no error is zero because all shots agreed. The seed is the counts: the same ones have the same errors.
    """
    qubits, shots = len(ket).bit_length() - 1, counts.sum(axis=1)
    seen = counts / shots[:, None]
    (own,) = likeliest(seen[None], shots, qubits)
    expected = np.maximum(estimates.probabilities(own, qubits), 0)
    chances = (expected * shots[:, None] + 0.5) / (shots + counts.shape[1] / 2)[:, None]
    rng = np.random.default_rng(counts.astype(np.int64).ravel())
    drawn = rng.multinomial(
        shots.astype(np.int64), chances / chances.sum(axis=1, keepdims=True), (resamples, len(shots))
    )
    every = np.concatenate([seen[None], drawn / shots[:, None]])
    rho = np.concatenate([own[None], likeliest(every[1:], shots, qubits)])
    return Estimate(
        rho=rho,
        fidelity=_fidelity(estimates.inverted(every, qubits), ket),
        purity=estimates.purity(every, shots, qubits),
        physical_fidelity=_fidelity(rho, ket),
        physical_purity=np.einsum("nij,nji->n", rho, rho).real,
        deviance=estimates.deviance(every, shots, rho, qubits),
    )


def _fidelity(rho: Complex, ket: Complex) -> Real:
    found: Real = np.einsum("i,nij,j->n", ket.conj(), rho, ket).real
    return found
