"""What counts say of a state: the linear inversion, its purity without bias, the state nearest to it."""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from oqtopus_experiments_tomography._settings import Complex, duals, projectors

Real: TypeAlias = NDArray[Any]
TINY = 1e-12


def probabilities(rho: Complex, qubits: int) -> Real:
    """Return those of all outcomes, shape (..., settings, outcomes), of states of shape (..., d, d)."""
    found: Real = np.einsum("soij,...ji->...so", projectors(qubits), rho).real
    return found


def inverted(values: Real, qubits: int) -> Complex:
    """
    Return the linear inversion, shape (..., d, d), of probabilities of shape (..., settings, outcomes).

    On average it is the state. It has trace 1, and eigenvalues below 0 where the state is nearly pure.
    """
    found: Complex = np.einsum("...so,soij->...ij", values, duals(qubits))
    return found


def scatter(frequencies: Real, shots: Real, qubits: int, undoing: Real) -> Real:
    """
    Return what the scatter of the shots adds to tr(rho^2) of the inversion, on average.

    Args:
        frequencies: How often each outcome was read, shape (..., settings, outcomes).
        shots: Of each setting, > 1, shape (settings,).
        qubits: How many there are.
        undoing: What a mitigation makes of what was read, shape (outcomes, outcomes); the identity without one.
    """
    # What an outcome that was read stands for: a sum of what those stand for that may have been there.
    own = np.einsum("or,soij->srij", undoing, duals(qubits))
    sizes = np.einsum("soij,soij->so", own, own.conj()).real
    means = np.einsum("...so,soij->...sij", frequencies, own)
    spread = (frequencies * sizes).sum(axis=-1) - np.einsum("...sij,...sij->...s", means, means.conj()).real
    found: Real = (spread / (shots - 1)).sum(axis=-1)
    return found


def purity(inverted_state: Complex, added: Real) -> Real:
    """Return tr(rho^2) of linear inversions, less what their scatter adds to it: on average that of the state."""
    squared = np.einsum("...ij,...ij->...", inverted_state, inverted_state.conj()).real
    found: Real = squared - added
    return found


def nearest(matrices: Complex) -> Complex:
    """
    Return the states nearest to Hermitian matrices of trace 1, shape (..., d, d).

    Their eigenvalues are moved down alike until those that are left sum up to 1: J. A. Smolin, J. M. Gambetta,
    G. Smith, Phys. Rev. Lett. 108, 070502 (2012).
    """
    values, vectors = np.linalg.eigh(matrices)
    falling = values[..., ::-1]
    shifts = (np.cumsum(falling, axis=-1) - 1) / np.arange(1, values.shape[-1] + 1)
    kept = (falling > shifts).sum(axis=-1, keepdims=True)
    raised = np.maximum(values - np.take_along_axis(shifts, kept - 1, axis=-1), 0)
    found: Complex = (vectors * raised[..., None, :]) @ vectors.conj().swapaxes(-1, -2)
    return found


def deviance(frequencies: Real, shots: Real, rho: Complex, qubits: int) -> Real:
    """Return twice the log-likelihood that states of shape (n, d, d) are short of the frequencies themselves."""
    expected = np.maximum(probabilities(rho, qubits), TINY)
    ratio = np.where(frequencies > 0, frequencies, 1) / np.where(frequencies > 0, expected, 1)
    found: Real = 2 * (frequencies * np.log(ratio) * shots[:, None]).sum(axis=(-1, -2))
    return found
