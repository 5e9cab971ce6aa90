"""A batch whose pieces are simulated by workers elsewhere."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from oqtopus_experiments.contracts.backend import Backend
from oqtopus_experiments.contracts.batch import Batch
from oqtopus_experiments.contracts.counts import Counts
from oqtopus_experiments.contracts.errand import Errand
from oqtopus_experiments.contracts.outcome import Failure
from oqtopus_experiments.errors import JobError, OqtopusExperimentsError
from oqtopus_experiments.simulation.ranges import ranges
from oqtopus_experiments.spreading._inner import as_table
from oqtopus_experiments.spreading._parcel import Answer, Parcel, table_of
from oqtopus_experiments.spreading._versions import versions_here


class SpreadBatch(Errand):
    """
    The pieces of one batch.

    Args:
        backend: The simulator, with its seed.
        batch: The batch.
        worker: Returns what a worker is called; it is called there.
    """

    def __init__(self, backend: Backend, batch: Batch, worker: Callable[[], str]) -> None:
        self._backend = backend
        self._batch = batch
        self._worker = worker
        self._simulator = table_of(backend)
        self._versions = tuple(versions_here(type(backend)).items())
        self._told: dict[str, Mapping[str, Any]] = {}

    def pack(self, positions: Sequence[int]) -> Parcel:
        """Return these circuits as a batch of their own."""
        return Parcel(self._simulator, self._versions, self._batch.part(positions), self._worker)

    def unpack(self, answer: Answer) -> tuple[float, Sequence[Counts | Failure]]:
        """Keep what was told, and return what came."""
        # Most pieces of a million tell the same.
        self._told.setdefault(json.dumps(answer.told, sort_keys=True, default=repr), answer.told)
        return answer.seconds, answer.results

    def failed(self, positions: Sequence[int], error: BaseException) -> BaseException:
        """Return an error that says which circuits are concerned, where it is not one of ours that says what is."""
        if isinstance(error, OqtopusExperimentsError):
            return error
        named = ranges(self._batch.order.circuit(position) for position in positions)
        lost = JobError(
            f"circuits {named} of {self._batch.name!r} were not simulated: {error or type(error).__name__}; all counts "
            "that came are safe, and going on (oqx resume) tries these again"
        )
        lost.__cause__ = error
        return lost

    def told(self) -> Mapping[str, Any]:
        """Return what all pieces told, as one."""
        return {**self._backend.told_together(list(self._told.values())), "simulator": as_table(self._backend)["use"]}
