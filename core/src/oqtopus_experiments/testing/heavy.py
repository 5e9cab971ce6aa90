"""What importing a plugin must not load: whoever lists experiments would wait for it."""

HEAVY = (
    "qiskit",
    "qiskit_aer",
    "qiskit_ibm_runtime",
    "qulacs",
    "scipy",
    "lmfit",
    "matplotlib",
    "pandas",
    "requests",
    "sympy",
    "networkx",
    "copier",
    "torch",
    "jax",
)
"""Libraries that are imported inside the functions that need them."""
MOST = 100
"""Modules of other people that a plugin may load beside those that core does, whatever they are called."""
