"""What a worker gets, and what it returns: some circuits of a batch, and their counts."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any

from attrs import field, frozen

from oqtopus_experiments.contracts.backend import Backend
from oqtopus_experiments.contracts.batch import Batch
from oqtopus_experiments.contracts.counts import Counts
from oqtopus_experiments.contracts.errand import Errand, Simulate
from oqtopus_experiments.contracts.order import Order
from oqtopus_experiments.contracts.outcome import Failure
from oqtopus_experiments.contracts.simulated import SimulatedJob
from oqtopus_experiments.errors import BackendError, ConfigError
from oqtopus_experiments.plugins._fence import fence
from oqtopus_experiments.spreading._circuits import read, written
from oqtopus_experiments.spreading._inner import as_simulator, as_table
from oqtopus_experiments.spreading._versions import WorkerRefusedError, check_versions


@frozen
class Answer:
    """
    What comes back.

    Args:
        seconds: What simulating took, without what a worker does only once.
        results: What came of each circuit, in order.
        told: What the simulator says of how it simulated them.
    """

    seconds: float
    results: Sequence[Counts | Failure]
    told: Mapping[str, Any]


@frozen
class Parcel:
    """
    A part of a batch on its way. Called, it simulates: in this process as it is, in another after it was pickled.

    Its circuits are written as it is pickled, in whichever thread that is, and read when it is
    called: what cannot be read is an error of this parcel then, and not the end of the worker.

    Args:
        simulator: Name and options of the backend, as a table in JSON.
        versions: What a worker must have, by distribution.
        batch: The circuits of this part, with the numbers that they have in the whole.
        worker: Returns what the worker is called; it is called there.
    """

    simulator: str
    versions: tuple[tuple[str, str], ...]
    batch: Batch
    worker: Callable[[], str] = field(repr=False)

    def __call__(self) -> Answer:
        """
        Simulate.

        Raises:
            BackendError: When the circuits cannot be simulated.
            WorkerRefusedError: When this worker has other versions than the client.
            PluginFault: When the code of the simulator fails.
        """
        return _simulated(self.simulator, self.batch)

    def __reduce__(self) -> tuple[Any, ...]:
        # Only numbers of circuits are needed there, and a part has few of all.
        about = (self.batch.shots, self.batch.physical_qubits, self.batch.name, self.batch.order.circuits)
        return _Sent, (self.simulator, self.versions, about, written(self.batch.circuits), self.worker)


@frozen
class _Sent:
    """A parcel as it arrives."""

    simulator: str
    versions: tuple[tuple[str, str], ...]
    about: tuple[int, tuple[int, ...], str, tuple[int, ...]]
    circuits: bytes = field(repr=False)
    worker: Callable[[], str] = field(repr=False)

    def __call__(self) -> Answer:
        check_versions(dict(self.versions), self.worker())
        shots, qubits, name, numbers = self.about
        try:
            _backend(self.simulator)
        except (ConfigError, ValueError) as error:
            message = f"worker {self.worker()} is not used: it cannot build the simulator: {error}"
            raise WorkerRefusedError(message) from error
        batch = Batch(read(self.circuits), shots, qubits, name, Order(numbers, whole=False))
        if self.simulator not in _WARM:
            # The libraries of a simulator are imported when it first reads a circuit: no cost of circuits.
            _submitted(self.simulator, batch.part([0]))
            _WARM.add(self.simulator)
        return _simulated(self.simulator, batch)


def table_of(backend: Backend) -> str:
    """Return a simulator as a parcel names it."""
    return json.dumps(as_table(backend))


@lru_cache(maxsize=8)
def _backend(simulator: str) -> Backend:
    """Return the simulator of a table; a worker gets many parcels for one."""
    return as_simulator(json.loads(simulator))


_WARM: set[str] = set()
"""Simulators that have read a circuit in this process."""


def _simulated(simulator: str, batch: Batch) -> Answer:
    begin = time.perf_counter()
    simulate, told = _submitted(simulator, batch)
    with fence(
        "simulate", type(_backend(simulator)), f"of experiment {batch.name!r}", passing=(BackendError, ConfigError)
    ):
        results = tuple(simulate(range(len(batch.circuits))))
        return Answer(time.perf_counter() - begin, results, dict(told()))


def _submitted(simulator: str, batch: Batch) -> tuple[Simulate, Callable[[], Mapping[str, Any]]]:
    """Return what simulates circuits of a batch, and what tells how."""
    backend = _backend(simulator)
    with fence("submit", type(backend), f"of experiment {batch.name!r}", passing=(BackendError, ConfigError)):
        job = backend.submit(batch)
        if not isinstance(job, SimulatedJob) or isinstance(job.simulate, Errand):
            message = (
                f"{backend.name!r} simulates a batch as a whole, so it cannot be spread: it would give other counts in "
                "other pieces; its submit must return a SimulatedJob"
            )
            raise BackendError(message)
        return job.simulate, job.told
