"""Names and limits of the methods of simulation; light, because the backend's options name them."""

from __future__ import annotations

DENSITY_MATRIX = "density_matrix"
MATRIX_PRODUCT_STATE = "matrix_product_state"
TRAJECTORIES = "trajectories"
METHODS = ("automatic", DENSITY_MATRIX, MATRIX_PRODUCT_STATE, TRAJECTORIES)

# Bonds of a matrix product state may become as wide as leaves it quicker than what else there is: density matrices of
# up to ten qubits, or larger ones and trajectories.
NARROW_BOND, WIDE_BOND = 32, 128
