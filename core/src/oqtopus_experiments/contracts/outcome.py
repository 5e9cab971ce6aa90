"""What becomes of a circuit: its counts, or why there are none."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from attrs import frozen

from oqtopus_experiments.contracts.counts import Counts


@frozen
class Failure:
    """
    Why a circuit has no counts. It stays a missing point: nothing is put in its place.

    Args:
        reason: Why, for a person.
        job_id: Its job, where it had one.
        final: Whether going on with the run cannot change it; False for a job that could not be asked for.
    """

    reason: str
    job_id: str = ""
    final: bool = True


@frozen
class Outcome:
    """
    What became of one circuit of a batch.

    Args:
        index: Position of the circuit in the batch.
        result: Its counts, or why there are none.
        time: When it ran, in seconds since 1970 (UTC); None where the backend does not know.
    """

    index: int
    result: Counts | Failure
    time: float | None = None


Progress: TypeAlias = Callable[[Outcome], None]
"""Called for each outcome once it is safe."""
