"""What is asked of a worker, where it is."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

from attrs import frozen

from oqtopus_experiments.spreading import WorkerRefusedError


@frozen
class Refusal:
    """
    What comes instead of an answer from a worker that must not be used.

    Args:
        worker: Its address.
        error: Why.
    """

    worker: str
    error: WorkerRefusedError


def attempted(call: Callable[[], Any]) -> Any:
    """Return what a call returns, or the refusal of this worker."""
    from distributed import get_worker

    try:
        return call()
    except WorkerRefusedError as error:
        return Refusal(str(get_worker().address), error)


def address() -> str:
    """Return the address of the worker this is called in."""
    from distributed import get_worker

    try:
        worker = get_worker()
    except ValueError:  # called in the client, where a check of the kit tries what is sent
        return f"process {os.getpid()}"
    return f"{worker.name} ({worker.address})" if str(worker.name) != worker.address else str(worker.address)
