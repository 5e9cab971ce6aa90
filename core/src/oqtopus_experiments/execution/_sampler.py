"""Any Qiskit ``BaseSamplerV2`` as a backend."""

from __future__ import annotations

import inspect
import logging
import uuid
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from attrs import field, frozen

from oqtopus_experiments.contracts.backend import Backend
from oqtopus_experiments.contracts.batch import Batch
from oqtopus_experiments.contracts.counts import Counts
from oqtopus_experiments.contracts.job import FinishedJob
from oqtopus_experiments.contracts.outcome import Failure, Outcome
from oqtopus_experiments.errors import BackendError
from oqtopus_experiments.transpilation import (
    CompiledBatch,
    asked,
    compile_batch,
    of_pub,
    on_one_register,
    step_of,
    synthesized_on,
)

if TYPE_CHECKING:
    from qiskit import QuantumCircuit
    from qiskit.primitives import BaseSamplerV2, PubResult
    from qiskit.providers import BackendV2

# An object of somebody else's cannot stand in a run file.
NOT_CONFIGURED = {"secret": True}

logger = logging.getLogger(__name__)


@frozen(kw_only=True)
class QiskitSampler(Backend):
    """
    A sampler that holds a device is given circuits transpiled for it; for `StatevectorSampler` all qubits are alike.

    One that holds none is given circuits on as many qubits as the highest physical qubit asked for needs, so that
    qubit i means physical qubit i.
    """

    name: ClassVar[str] = "qiskit-sampler"
    sampler: BaseSamplerV2 = field(repr=lambda sampler: f"<{type(sampler).__name__}>", metadata=NOT_CONFIGURED)

    def clock_step(self) -> float:
        """Return what delays on the device it holds are multiples of, ns."""
        device = held_by(self.sampler)
        return 0.0 if device is None else step_of(device)

    def synthesized(self, gates: Sequence[str], physical_qubits: Sequence[int]) -> Mapping[str, tuple[int, ...]]:
        """Return which gates the device it holds does not have; without one, circuits run as they are written."""
        device = held_by(self.sampler)
        return {} if device is None else synthesized_on(device.target, gates, physical_qubits)

    def submit(self, batch: Batch) -> FinishedJob:
        """
        Run and wait.

        Raises:
            BackendError: When the batch cannot be written for the device, naming circuit, qubit or gate; when the
                sampler raises; when it cannot be told which result belongs to which circuit.
        """
        from qiskit.primitives import PrimitiveJob

        compiled = self._prepared(batch)
        where = f"{type(self.sampler).__name__}, {batch.name!r}"
        job = asked(where, lambda: self.sampler.run(list(compiled.circuits), shots=batch.shots))
        # Some samplers return a job without an id.
        job_id = asked(where, lambda: str(job.job_id())) or uuid.uuid4().hex
        try:
            results = asked(f"{where}, job {job_id}", lambda: list(job.result()))
        except BackendError as error:
            # A sampler raises for one circuit that failed, and the counts of all others are gone with it. One that
            # runs in this process can be asked again at nobody's cost.
            if len(compiled.circuits) == 1 or not isinstance(job, PrimitiveJob):
                raise
            logger.warning("%s; its circuits are run one by one", error)
            return FinishedJob(job_id, self._one_by_one(where, compiled.circuits, batch), compiled.metadata())
        _check_number(results, len(batch.circuits), f"{type(self.sampler).__name__}, job {job_id}")
        outcomes = [
            Outcome(i, of_pub(result, circuit.num_clbits, job_id))
            for i, (circuit, result) in enumerate(zip(batch.circuits, results, strict=True))
        ]
        return FinishedJob(job_id, outcomes, compiled.metadata())

    def _one_by_one(self, where: str, circuits: Sequence[QuantumCircuit], batch: Batch) -> list[Outcome]:
        outcomes, problems = [], []
        for index, circuit in enumerate(circuits):
            label = f"{where}, circuit {index}"
            try:
                outcomes.append(Outcome(index, self._alone(label, circuit, batch, index)))
            except BackendError as error:
                outcomes.append(Outcome(index, Failure(str(error))))
                problems.append(error)
        if len(problems) == len(circuits):
            raise problems[0]
        return outcomes

    def _alone(self, label: str, circuit: QuantumCircuit, batch: Batch, index: int) -> Counts | Failure:
        results = asked(label, lambda: list(self.sampler.run([circuit], shots=batch.shots).result()))
        _check_number(results, 1, label)
        return of_pub(results[0], batch.circuits[index].num_clbits, "")

    def _prepared(self, batch: Batch) -> CompiledBatch:
        from qiskit.primitives import StatevectorSampler

        device = held_by(self.sampler)
        if device is not None:
            plain = [on_one_register(circuit, range(circuit.num_qubits)) for circuit in batch.circuits]
            return compile_batch(plain, batch, device)
        # Noiseless: which physical qubit is meant makes no difference. For any other, qubit i is physical qubit i.
        alike = isinstance(self.sampler, StatevectorSampler)
        places = [range(c.num_qubits) if alike else batch.physical_qubits for c in batch.circuits]
        return CompiledBatch(tuple(map(on_one_register, batch.circuits, places)))

    def identity(self) -> Mapping[str, Any]:
        """Return the class of the sampler, and the device it holds."""
        return self.provenance()

    def provenance(self) -> Mapping[str, Any]:
        """Return the class of the sampler, and the device it holds."""
        device = held_by(self.sampler)
        told = {} if device is None else {"device": str(device.name)}
        return {"class": type(self.sampler).__name__, **told}


def held_by(sampler: BaseSamplerV2) -> BackendV2 | None:
    """
    Return the device a sampler holds; None when it holds none.

    Samplers have nothing in common that would name it: it is an attribute (Qiskit), a method (IBM), or private (Aer).
    """
    from qiskit.providers import BackendV2

    for name in ("backend", "_backend"):
        held = getattr(sampler, name, None)
        device = held() if inspect.ismethod(held) else held
        if isinstance(device, BackendV2):
            return device
    return None


def _check_number(results: Sequence[PubResult], expected: int, where: str) -> None:
    if len(results) != expected:
        message = f"{where}: {len(results)} results for {expected} circuits; which belongs to which cannot be told"
        raise BackendError(message)
