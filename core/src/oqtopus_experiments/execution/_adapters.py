"""Any Qiskit ``BackendV2`` or ``BaseSamplerV2`` as a backend."""

from __future__ import annotations

import sys
import uuid
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from attrs import field, frozen

from oqtopus_experiments.contracts.backend import Backend
from oqtopus_experiments.contracts.batch import Batch
from oqtopus_experiments.contracts.job import FinishedJob
from oqtopus_experiments.contracts.outcome import Outcome
from oqtopus_experiments.errors import BackendError
from oqtopus_experiments.execution._sampler import NOT_CONFIGURED, QiskitSampler
from oqtopus_experiments.plugins._options import construct
from oqtopus_experiments.plugins._registry import registry
from oqtopus_experiments.transpilation import asked, compile_batch, of_result, step_of, synthesized_on

if TYPE_CHECKING:
    from qiskit.providers import BackendV2


def as_backend(candidate: Any) -> Backend:
    """
    Return a backend for whatever a user passed as ``backend=``: also for the name of one, as a run file gives it.

    Raises:
        BackendError: When it is neither one of ours nor one of Qiskit's.
        PluginError: When there is none of that name.
        ConfigError: When one of that name cannot be made without options.
    """
    if isinstance(candidate, Backend):
        return candidate
    if isinstance(candidate, str):
        made: Backend = construct(registry().get("backend", candidate), {})
        return made
    # An object of Qiskit's can only exist when Qiskit is imported; without it nothing needs to be.
    if "qiskit" in sys.modules:
        from qiskit.primitives import BaseSamplerV2
        from qiskit.providers import BackendV2

        if isinstance(candidate, BackendV2):
            return QiskitBackend(backend=candidate)
        if isinstance(candidate, BaseSamplerV2):
            return QiskitSampler(sampler=candidate)
    message = (
        f"{candidate!r} is not a backend: pass one from oqtopus_experiments.backends, its name, or a Qiskit BackendV2 "
        "or BaseSamplerV2 object"
    )
    raise BackendError(message)


@frozen(kw_only=True)
class QiskitBackend(Backend):
    """Circuits are transpiled for the device, each qubit pinned to the physical qubit that was asked for."""

    name: ClassVar[str] = "qiskit-backend"
    backend: BackendV2 = field(repr=lambda backend: f"<{backend.name}>", metadata=NOT_CONFIGURED)

    def clock_step(self) -> float:
        """Return what delays on the device are multiples of, ns."""
        return step_of(self.backend)

    def synthesized(self, gates: Sequence[str], physical_qubits: Sequence[int]) -> Mapping[str, tuple[int, ...]]:
        """Return which gates are not among those of the device, and on which qubits."""
        return synthesized_on(self.backend.target, gates, physical_qubits)

    def submit(self, batch: Batch) -> FinishedJob:
        """
        Run and wait.

        Raises:
            BackendError: When the batch cannot be written for the device, naming circuit, qubit or gate; when the
                device raises.
        """
        compiled = compile_batch(batch.circuits, batch, self.backend)
        where = f"{self.backend.name}, {batch.name!r}"
        job = asked(where, lambda: self.backend.run(list(compiled.circuits), shots=batch.shots))
        job_id = asked(where, lambda: str(job.job_id())) or uuid.uuid4().hex
        result = asked(f"{where}, job {job_id}", job.result)
        outcomes = [
            Outcome(i, of_result(result, i, circuit.num_clbits, job_id)) for i, circuit in enumerate(batch.circuits)
        ]
        return FinishedJob(job_id, outcomes, compiled.metadata())

    def identity(self) -> Mapping[str, Any]:
        """Return class and name of the device."""
        return self.provenance()

    def provenance(self) -> Mapping[str, Any]:
        """Return class and name of the device."""
        return {"class": type(self.backend).__name__, "device": str(self.backend.name)}
