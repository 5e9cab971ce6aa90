"""
Noise as superoperators on column-stacked density matrices: vec(rho') = S vec(rho), Qiskit's convention.

Index of rho_ij in vec(rho) is i + 2j for one qubit.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


def relaxation(duration: float, t1: float | None, t2: float | None) -> Array:
    """
    Return amplitude and phase damping over a time, shape (4, 4).

    Populations relax towards 0 with exp(-t/T1), coherences with exp(-t/T2) (Nielsen and Chuang, Quantum Computation
    and Quantum Information, 2010, section 7.7.4). Without T2 there is no dephasing beyond T1: T2 = 2 T1.
    """
    survival = math.exp(-duration / t1) if t1 else 1.0
    coherence = math.exp(-duration / t2) if t2 else math.sqrt(survival)
    channel = np.diag([1.0, coherence, coherence, survival])
    channel[0, 3] = 1 - survival
    return channel


def depolarizing(probability: float, qubits: int) -> Array:
    """Return rho -> (1 - p) rho + p I/2^n tr(rho), shape (4^n, 4^n)."""
    size = 2**qubits
    identity = np.eye(size).ravel()
    mixed: Array = np.outer(identity, identity) / size
    return (1 - probability) * np.eye(size**2) + probability * mixed


def confusion(read_1_in_0: float, read_0_in_1: float) -> Array:
    """Return the readout matrix M[read, state], shape (2, 2)."""
    return np.array([[1 - read_1_in_0, read_0_in_1], [read_1_in_0, 1 - read_0_in_1]])
