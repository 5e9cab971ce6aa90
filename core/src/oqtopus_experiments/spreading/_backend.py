"""A backend that gives another one's work to workers elsewhere, and is that one in everything else."""

from __future__ import annotations

import os
import platform
import sys
import uuid
from abc import abstractmethod
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

import attrs
from attrs import frozen

from oqtopus_experiments.contracts.backend import Backend
from oqtopus_experiments.contracts.batch import Batch
from oqtopus_experiments.contracts.credentials import Credential
from oqtopus_experiments.contracts.devices import DeviceInfo, DeviceSummary, QubitInfo
from oqtopus_experiments.contracts.executors import ExecutorProvider
from oqtopus_experiments.contracts.nested import takes_a_seed
from oqtopus_experiments.contracts.parameters import REQUIRED, ge, parameter
from oqtopus_experiments.contracts.simulated import SimulatedJob
from oqtopus_experiments.contracts.workers import Workers
from oqtopus_experiments.spreading._errand import SpreadBatch
from oqtopus_experiments.spreading._inner import as_simulator, as_table

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from qiskit import QuantumCircuit

LINGER = 30.0
"""Seconds without work after which workers are let go: a session that goes on finds them warm."""


def this_process() -> str:
    """Return what a worker is called of which nothing else is known: its computer and its process."""
    return f"{platform.node() or 'localhost'}, process {os.getpid()}"


def _is_for_the_simulator(backend: SpreadBackend, _: attrs.Attribute[Any], seed: int | None) -> None:
    """Refuse a seed that would count for nothing."""
    if seed is None or takes_a_seed(backend.inner):
        return
    own = attrs.asdict(backend.inner, recurse=False, filter=lambda field, _: field.name == "seed")
    if own != {"seed": seed}:
        has = f"has the seed {own['seed']}: say it once" if own else "takes no seed: leave it out"
        message = f"'seed': {seed}, but the inner simulator {backend.inner.name!r} {has}"
        raise ValueError(message)


@frozen(kw_only=True)
class SpreadBackend(Backend):
    """
    Base of backends that spread a simulator over workers.

    A plugin declares where the workers are as further options, and returns them from `provider`. Noise, qubits, clock
    and everything else is that of the simulator; with the same seed so are the counts, byte for byte.
    """

    inner: Backend = parameter(
        REQUIRED,
        help='the simulator: its name, or a table { use = "noisy", ... }',
        converter=as_simulator,
        plain=as_table,
    )
    seed: int | None = parameter(
        None,
        ge(0),
        _is_for_the_simulator,
        help="the same seed gives the same counts; for a simulator that was given none itself",
    )

    @property
    def drifts(self) -> bool:
        """Whether the simulator drifts."""
        return self.inner.drifts

    @abstractmethod
    def provider(self) -> ExecutorProvider:
        """Return where the workers are. Backends with equal ones share them."""

    def worker(self) -> Callable[[], str]:
        """Return a function of a module that tells what a worker is called; it is called there."""
        return this_process

    def submit(self, batch: Batch) -> SimulatedJob:
        """
        Return a job whose pieces go to the workers.

        Raises:
            BackendError: When there are no workers, or one that must not be used.
        """
        errand = SpreadBatch(self._seeded(), batch, self.worker())
        job_id = f"{self.name}-{uuid.uuid4().hex[:12]}"
        return SimulatedJob(job_id, len(batch.circuits), errand, errand.told, _line(self.provider()))

    def _seeded(self) -> Backend:
        """Return the simulator with the seed of this backend, where it has none."""
        if self.seed is None or not takes_a_seed(self.inner):
            return self.inner
        made: Backend = attrs.evolve(self.inner, seed=self.seed)  # type: ignore[call-arg]  # that it has one was asked
        return made

    def check(self, batch: Batch) -> None:
        """Refuse what the simulator refuses."""
        self.inner.check(batch)

    def clock_step(self) -> float:
        """Return that of the simulator."""
        return self.inner.clock_step()

    def synthesized(self, gates: Sequence[str], physical_qubits: Sequence[int]) -> Mapping[str, tuple[int, ...]]:
        """Return those of the simulator."""
        return self.inner.synthesized(gates, physical_qubits)

    def devices(self) -> Sequence[DeviceSummary]:
        """Return those of the simulator."""
        return self.inner.devices()

    def device_info(self, name: str | None = None) -> DeviceInfo:
        """Return what the simulator knows."""
        return self.inner.device_info(name)

    def all_qubits(self) -> Sequence[int]:
        """Return the qubits that are meant by ``"all"`` of the inner simulator."""
        return self.inner.all_qubits()

    def qubit_calibration(self, physical_qubits: Sequence[int]) -> Sequence[QubitInfo]:
        """Return the noise of the simulator."""
        return self.inner.qubit_calibration(physical_qubits)

    def notes(self) -> Sequence[str]:
        """Return those of the simulator."""
        return self.inner.notes()

    def credentials(self) -> Sequence[Credential]:
        """Return those of the simulator."""
        return self.inner.credentials()

    def clock_ahead(self) -> float | None:
        """Return that of the simulator."""
        return self.inner.clock_ahead()

    def exact_probabilities(
        self, circuits: Sequence[QuantumCircuit], physical_qubits: tuple[int, ...]
    ) -> Sequence[NDArray[Any]] | None:
        """Return those of the simulator, computed here."""
        return self.inner.exact_probabilities(circuits, physical_qubits)

    def told_together(self, told: Sequence[Mapping[str, Any]]) -> Mapping[str, Any]:
        """Return what the simulator makes of it."""
        return self.inner.told_together(told)

    def stands_for(self) -> Backend:
        """Return the simulator: where it was computed is no other device."""
        return self.inner.stands_for()

    def identity(self) -> Mapping[str, Any]:
        """Return that of the simulator."""
        return self.inner.identity()

    def provenance(self) -> Mapping[str, Any]:
        """Return that of the simulator."""
        return self.inner.provenance()


@cache
def _line(provider: ExecutorProvider) -> Workers:
    """Return the one line before the workers of a provider."""
    return Workers(provider.open, provider.pieces_at_once, LINGER)


if sys.platform != "win32":
    # A thread does not live on in a child of its process.
    os.register_at_fork(after_in_child=_line.cache_clear)
