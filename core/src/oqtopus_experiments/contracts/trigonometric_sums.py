"""Sums of cosines and sines at many frequencies at once, for points that need not be equally spaced."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

# Each point is spread over so many nodes of a grid twice as fine as needed: sums are then right to twelve digits.
WIDTH = 14
_SHARPNESS = 2.3 * WIDTH


def trigonometric_sums(
    x: NDArray[np.float64], weights: NDArray[np.float64], lowest: float, step: float, count: int
) -> NDArray[np.complex128]:
    """
    Return the sum over all points of weight * exp(2 pi i f x), at equally spaced frequencies f.

    A nonuniform fast Fourier transform: points are spread over an equally spaced grid by a narrow kernel, the grid is
    transformed, and the kernel divided out (Dutt and Rokhlin 1993, SIAM J. Sci. Comput. 14, 1368; kernel and width of
    Barnett, Magland and af Klinteberg 2019, SIAM J. Sci. Comput. 41, C479). Time and memory grow with n + count,
    where the sums written out would take n * count.

    Args:
        x: Positions, shape (n,), in any order.
        weights: Weight of each, shape (n,).
        lowest: The lowest frequency, in cycles per unit of x.
        step: From one frequency to the next.
        count: Number of frequencies, >= 1.

    Returns:
        Shape (count,); right to 1e-11 of the sum of the absolute weights.
    """
    size = 2 ** int(np.ceil(np.log2(max(2 * count, 2 * WIDTH))))
    # Counted from the middle frequency, so that the kernel is divided out where it is large.
    turned = weights * np.exp(2j * np.pi * (lowest + step * (count // 2)) * x)
    place = (step * x % 1.0) * size
    nodes = np.ceil(place - WIDTH / 2).astype(np.int64)[:, None] + np.arange(WIDTH)
    spread = turned[:, None] * _kernel((nodes - place[:, None]) / (WIDTH / 2))
    nodes %= size
    grid = np.bincount(nodes.ravel(), spread.real.ravel(), size) + 1j * np.bincount(
        nodes.ravel(), spread.imag.ravel(), size
    )
    orders = np.arange(count) - count // 2
    sums: NDArray[np.complex128] = np.fft.ifft(grid)[orders % size] * (size / _transformed_kernel(count, size))
    return sums


def sums_over_points(x: NDArray[np.float64], lowest: float, step: float, count: int) -> NDArray[np.complex128]:
    """
    Return the sums where every point has the weight 1, shape (count,), read-only.

    They depend on the points alone, and many signals have the same ones: targets side by side, and a guess and a check
    of one fit. The last are remembered.
    """
    return _over_points(np.asarray(x, dtype=float).tobytes(), lowest, step, count)


@lru_cache(maxsize=8)
def _over_points(x: bytes, lowest: float, step: float, count: int) -> NDArray[np.complex128]:
    points = np.frombuffer(x)
    sums = trigonometric_sums(points, np.ones(len(points)), lowest, step, count)
    sums.setflags(write=False)
    return sums


def _kernel(z: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the exponential of a semicircle, 1 at z = 0 and next to nothing at +-1."""
    values: NDArray[np.float64] = np.exp(_SHARPNESS * (np.sqrt(np.maximum(1 - z**2, 0.0)) - 1))
    return values


@lru_cache(maxsize=8)
def _transformed_kernel(count: int, size: int) -> NDArray[np.float64]:
    """Return the Fourier transform of the kernel at the orders that are kept, by Gauss-Legendre quadrature."""
    z, weights = np.polynomial.legendre.leggauss(2 * WIDTH + 12)
    orders = np.arange(count) - count // 2
    return (WIDTH / 2) * np.cos(np.pi * WIDTH / size * np.outer(orders, z)) @ (weights * _kernel(z))
