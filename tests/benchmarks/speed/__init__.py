"""Speed of ours beside floors and beside qiskit-experiments; see `__main__`."""
