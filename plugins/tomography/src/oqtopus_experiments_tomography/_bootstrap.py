"""A state from counts, with the scatter of its shots and of its calibration: a bootstrap, seeded by the counts."""

from __future__ import annotations

import numpy as np
from attrs import frozen

from oqtopus_experiments import OutcomeProbabilities
from oqtopus_experiments_tomography import _estimates as estimates
from oqtopus_experiments_tomography._estimates import Real
from oqtopus_experiments_tomography._likelihood import Normal, likeliest, read_of
from oqtopus_experiments_tomography._settings import Complex


@frozen(eq=False)
class Estimate:
    """
    What was found, and what was found again of data drawn from it, in rows.

    Args:
        rho: The likeliest state, shape (1 + resamples, d, d).
        fidelity: <psi| rho |psi> of the linear inversion, shape (1 + resamples,); so are the other three.
        purity: tr(rho^2) without the part of the scatter.
        physical_fidelity: That of the likeliest state.
        physical_purity: That of the likeliest state.
        deviance: What the likeliest state is short of the data, likewise.
    """

    rho: Complex
    fidelity: Real
    purity: Real
    physical_fidelity: Real
    physical_purity: Real
    deviance: Real


@frozen(eq=False)
class _Found:
    """What was found of sets of data, in rows: probabilities, the likeliest state, and what it is short of them."""

    values: Real
    rho: Complex
    deviance: Real


def estimate(measured: OutcomeProbabilities, ket: Complex, resamples: int) -> Estimate:
    """
    Return the state behind what was measured at all settings, and its fidelity to a ket.

    Drawn are counts of the likeliest state, as they would be read, and where the readout is undone, a calibration too,
    which moves all settings. Half a count is added to each outcome, as anywhere in this library, so that no error is
    zero because all shots agreed. The seed is the counts: the same ones have the same errors.
    """
    qubits = len(ket).bit_length() - 1
    rng = np.random.default_rng(measured.counts.ravel())
    found, frequencies = (_mitigated if measured.mitigated else _as_read)(measured, qubits, resamples, rng)
    inverted = estimates.inverted(found.values, qubits)
    moved = estimates.inverted(measured.shifts, qubits)
    added = estimates.scatter(frequencies, measured.shots, qubits, measured.undoing)
    return Estimate(
        rho=found.rho,
        fidelity=_fidelity(inverted, ket),
        purity=estimates.purity(inverted, added + np.einsum("kij,kij->", moved, moved.conj()).real),
        physical_fidelity=_fidelity(found.rho, ket),
        physical_purity=np.einsum("nij,nji->n", found.rho, found.rho).real,
        deviance=found.deviance,
    )


def _as_read(
    measured: OutcomeProbabilities, qubits: int, resamples: int, rng: np.random.Generator
) -> tuple[_Found, Real]:
    """Return what is found of counts and of those drawn, with how often each outcome was read in them."""
    seen, shots = measured.read[None], measured.shots
    own = likeliest(seen, shots, qubits)
    drawn = _drawn(measured, own[0], resamples, rng)
    every = np.concatenate([seen, drawn])
    rho = np.concatenate([own, likeliest(drawn, shots, qubits)])
    return _Found(every, rho, estimates.deviance(every, shots, rho, qubits)), every


def _mitigated(
    measured: OutcomeProbabilities, qubits: int, resamples: int, rng: np.random.Generator
) -> tuple[_Found, Real]:
    """Return the same of mitigated probabilities."""
    seen = measured.values[None]
    # First with the covariance of what the inversion says, then with that of the likeliest state.
    start = estimates.inverted(seen, qubits)
    for _ in range(2):
        normal = Normal.at(measured, estimates.nearest(start)[0])
        start = normal.likeliest(seen, start)
    drawn = _drawn(measured, start[0], resamples, rng)
    kicks = np.tensordot(rng.standard_normal((resamples, len(measured.shifts))), measured.shifts, axes=1)
    every = np.concatenate([seen, drawn @ measured.undoing.T + kicks])
    rho = np.concatenate([start, normal.likeliest(every[1:], estimates.inverted(every[1:], qubits))])
    found = _Found(every, rho, normal.deviance(every, rho))
    return found, np.concatenate([measured.read[None], drawn])


def _drawn(measured: OutcomeProbabilities, rho: Complex, resamples: int, rng: np.random.Generator) -> Real:
    """Return how often each outcome would be read of a state, drawn so often, shape (resamples, settings, outcomes)."""
    shots = measured.shots
    expected = np.maximum(read_of(rho, measured), 0)
    chances = (expected * shots[:, None] + 0.5) / (shots + expected.shape[1] / 2)[:, None]
    drawn = rng.multinomial(shots, chances / chances.sum(axis=1, keepdims=True), (resamples, len(shots)))
    found: Real = drawn / shots[:, None]
    return found


def _fidelity(rho: Complex, ket: Complex) -> Real:
    found: Real = np.einsum("i,nij,j->n", ket.conj(), rho, ket).real
    return found
