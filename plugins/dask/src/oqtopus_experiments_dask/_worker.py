"""What is asked of a worker, where it is."""

from __future__ import annotations

import os


def address() -> str:
    """Return the address of the worker this is called in."""
    from distributed import get_worker

    try:
        worker = get_worker()
    except ValueError:  # called in the client, as a simulation without workers does
        return f"process {os.getpid()}"
    return f"{worker.name} ({worker.address})" if str(worker.name) != worker.address else str(worker.address)
