"""
Noise as superoperators on column-stacked density matrices: vec(rho') = S vec(rho), Qiskit's convention.

Index of rho_ij in vec(rho) is i + 2j for one qubit.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Complex = NDArray[np.complex128]

_PAULIS: Complex = np.array(
    [[[1, 0], [0, 1]], [[0, 1], [1, 0]], [[0, -1j], [1j, 0]], [[1, 0], [0, -1]]], dtype=np.complex128
) / math.sqrt(2)


def relaxation(duration: float, t1: float | None, t2: float | None) -> Array:
    """
    Return amplitude and phase damping over a time, shape (4, 4).

    Populations relax towards 0 with exp(-t/T1), coherences with exp(-t/T2) (Nielsen and Chuang, Quantum Computation
    and Quantum Information, 2010, section 7.7.4). Without T2 there is no dephasing beyond T1: T2 = 2 T1.
    """
    survival, coherence = _left(duration, t1, t2)
    channel = np.diag([1.0, coherence, coherence, survival])
    channel[0, 3] = 1 - survival
    return channel


def _left(duration: float, t1: float | None, t2: float | None) -> tuple[float, float]:
    """Return what is left of the excited population and of coherences after a time."""
    survival = math.exp(-duration / t1) if t1 else 1.0
    return survival, math.exp(-duration / t2) if t2 else math.sqrt(survival)


def waiting(duration: float, t1: float | None, t2: float | None, angle: float) -> Array:
    """
    Return `relaxation` over a time and a turn about z, rad, on coefficients in the Pauli basis, shape (4, 4).

    They commute. Written down, as `pauli_transfer` takes ten times as long to find it.
    """
    survival, coherence = _left(duration, t1, t2)
    cosine, sine = coherence * math.cos(angle), coherence * math.sin(angle)
    return np.array(
        [[1.0, 0.0, 0.0, 0.0], [0.0, cosine, -sine, 0.0], [0.0, sine, cosine, 0.0], [1 - survival, 0.0, 0.0, survival]]
    )


def depolarizing(probability: float, qubits: int) -> Array:
    """Return rho -> (1 - p) rho + p I/2^n tr(rho), shape (4^n, 4^n)."""
    size = 2**qubits
    identity = np.eye(size).ravel()
    mixed: Array = np.outer(identity, identity) / size
    return (1 - probability) * np.eye(size**2) + probability * mixed


def confusion(read_1_in_0: float, read_0_in_1: float) -> Array:
    """Return the readout matrix M[read, state], shape (2, 2)."""
    return np.array([[1 - read_1_in_0, read_0_in_1], [read_1_in_0, 1 - read_0_in_1]])


def of_unitary(matrix: Complex) -> Complex:
    """Return rho -> U rho U^+, shape (4^n, 4^n)."""
    return np.kron(matrix.conj(), matrix).astype(np.complex128)


def kraus(superoperator: Complex) -> list[Complex]:
    """Return operators K with rho -> sum of K rho K^+, the most probable first: eigenvectors of the Choi matrix."""
    size = math.isqrt(len(superoperator))
    # S is indexed [(j', i'), (j, i)] with rho_ij -> rho_i'j'; the Choi matrix [(i, i'), (j, j')].
    choi = superoperator.reshape((size,) * 4).transpose(3, 1, 2, 0).reshape(size**2, size**2)
    weights, vectors = np.linalg.eigh(choi)
    found = [
        math.sqrt(weight) * vector.reshape(size, size).T
        for weight, vector in zip(weights, vectors.T, strict=True)
        if weight > 1e-15
    ]
    return found[::-1]


def pauli_transfer(superoperator: Complex) -> Array:
    """
    Return a channel on the coefficients of a density matrix in the Pauli basis, which are real; shape (4^n, 4^n).

    The basis is orthonormal, P / sqrt(2) for each qubit in the order I, X, Y, Z. The last qubit is the fastest index,
    and the least significant of the superoperator.
    """
    basis = _PAULIS
    while len(basis) < len(superoperator):
        basis = np.einsum("aij,bkl->abikjl", basis, _PAULIS).reshape(-1, 2 * basis.shape[1], 2 * basis.shape[2])
    columns = basis.transpose(0, 2, 1).reshape(len(basis), -1).T
    transfer: Array = (columns.conj().T @ superoperator @ columns).real
    return transfer
