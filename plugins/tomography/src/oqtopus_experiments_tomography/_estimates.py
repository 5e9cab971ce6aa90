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


def inverted(frequencies: Real, qubits: int) -> Complex:
    """
    Return the linear inversion, shape (..., d, d), of frequencies of shape (..., settings, outcomes).

    On average it is the state. It has trace 1, and eigenvalues below 0 where the state is nearly pure.
    """
    found: Complex = np.einsum("...so,soij->...ij", frequencies, duals(qubits))
    return found


def purity(frequencies: Real, shots: Real, qubits: int) -> Real:
    """
    Return tr(rho^2) of the inversion, less what the scatter of the shots adds to it: on average that of the state.

    Args:
        frequencies: Shape (..., settings, outcomes).
        shots: Of each setting, > 1, shape (settings,).
        qubits: How many there are.
    """
    rho, own = inverted(frequencies, qubits), duals(qubits)
    sizes = np.einsum("soij,soij->so", own, own.conj()).real
    means = np.einsum("...so,soij->...sij", frequencies, own)
    scatter = (frequencies * sizes).sum(axis=-1) - np.einsum("...sij,...sij->...s", means, means.conj()).real
    squared = np.einsum("...ij,...ij->...", rho, rho.conj()).real
    found: Real = squared - (scatter / (shots - 1)).sum(axis=-1)
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
