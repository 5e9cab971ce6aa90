"""Any Qiskit ``BackendV2`` or ``BaseSamplerV2`` as a backend."""

from __future__ import annotations

import sys
import uuid
from typing import TYPE_CHECKING, Any, ClassVar

from attrs import field, frozen

from oqtopus_experiments.backend import Backend, Batch, FinishedJob, Outcome
from oqtopus_experiments.counts import Counts
from oqtopus_experiments.errors import BackendError, DeviceError

if TYPE_CHECKING:
    from qiskit import QuantumCircuit
    from qiskit.primitives import BaseSamplerV2
    from qiskit.providers import BackendV2


def as_backend(candidate: Any) -> Backend:
    """
    Return a backend for whatever a user passed as ``backend=``.

    Raises:
        BackendError: When it is neither one of ours nor one of Qiskit's.
    """
    if isinstance(candidate, Backend):
        return candidate
    # An object of Qiskit's can only exist when Qiskit is imported; without it nothing needs to be.
    if "qiskit" in sys.modules:
        from qiskit.primitives import BaseSamplerV2
        from qiskit.providers import BackendV2

        if isinstance(candidate, BackendV2):
            return QiskitBackend(backend=candidate)
        if isinstance(candidate, BaseSamplerV2):
            return QiskitSampler(sampler=candidate)
    message = (
        f"{candidate!r} is no backend: pass one from oqtopus_experiments.backends, or a Qiskit BackendV2 or "
        "BaseSamplerV2 object"
    )
    raise BackendError(message)


@frozen(kw_only=True)
class QiskitBackend(Backend):
    """Circuits are transpiled for the device, each qubit pinned to the physical qubit that was asked for."""

    name: ClassVar[str] = "qiskit-backend"
    backend: BackendV2 = field(repr=lambda backend: f"<{backend.name}>")

    def submit(self, batch: Batch) -> FinishedJob:
        """
        Run and wait.

        Raises:
            DeviceError: When the device has too few qubits.
        """
        _check_size(batch, self.backend.num_qubits, str(self.backend.name))
        job = self.backend.run(_on_device(batch, self.backend), shots=batch.shots)
        result = job.result()
        outcomes = [
            Outcome(i, Counts.from_dict(result.get_counts(i), circuit.num_clbits))
            for i, circuit in enumerate(batch.circuits)
        ]
        return FinishedJob(str(job.job_id()), outcomes)

    def description(self) -> dict[str, Any]:
        """Return class and name of the device."""
        return {"use": self.name, "options": {"class": type(self.backend).__name__, "name": str(self.backend.name)}}


@frozen(kw_only=True)
class QiskitSampler(Backend):
    """Circuits go to a sampler, on the physical qubits that were asked for."""

    name: ClassVar[str] = "qiskit-sampler"
    sampler: BaseSamplerV2 = field(repr=lambda sampler: f"<{type(sampler).__name__}>")

    def submit(self, batch: Batch) -> FinishedJob:
        """Run and wait."""
        job = self.sampler.run(self._prepared(batch), shots=batch.shots)
        outcomes = []
        for i, (circuit, result) in enumerate(zip(batch.circuits, job.result(), strict=True)):
            names = [register.name for register in circuit.cregs if register.size]
            counts = result.join_data(names).get_counts()
            outcomes.append(Outcome(i, Counts.from_dict(counts, circuit.num_clbits)))
        # Some samplers return a job without an id.
        return FinishedJob(str(job.job_id()) or uuid.uuid4().hex, outcomes)

    def _prepared(self, batch: Batch) -> list[QuantumCircuit]:
        from qiskit.primitives import BackendSamplerV2, StatevectorSampler

        if isinstance(self.sampler, StatevectorSampler):
            return list(batch.circuits)  # noiseless: which physical qubit is meant makes no difference
        if isinstance(self.sampler, BackendSamplerV2):
            device = self.sampler.backend
            _check_size(batch, device.num_qubits, str(device.name))
            return _on_device(batch, device)
        # An unknown sampler takes qubit i of a circuit for physical qubit i.
        return [_widened(circuit, batch.physical_qubits) for circuit in batch.circuits]

    def description(self) -> dict[str, Any]:
        """Return the class of the sampler."""
        return {"use": self.name, "options": {"class": type(self.sampler).__name__}}


def _on_device(batch: Batch, device: BackendV2) -> list[QuantumCircuit]:
    from qiskit import transpile

    prepared: list[QuantumCircuit] = transpile(
        list(batch.circuits),
        device,
        initial_layout=list(batch.physical_qubits),
        # Level 0 leaves the circuit as it was written: an optimizer would shorten what is to be characterized.
        optimization_level=0,
    )
    return prepared


def _widened(circuit: QuantumCircuit, physical_qubits: tuple[int, ...]) -> QuantumCircuit:
    from qiskit import QuantumCircuit

    wide = QuantumCircuit(max(physical_qubits) + 1)
    wide.add_bits([bit for bit in circuit.clbits if not circuit.find_bit(bit).registers])
    for register in circuit.cregs:
        wide.add_register(register)
    wide.compose(circuit, qubits=physical_qubits[: circuit.num_qubits], clbits=circuit.clbits, inplace=True)
    return wide


def _check_size(batch: Batch, num_qubits: int | None, device: str) -> None:
    if num_qubits is not None and max(batch.physical_qubits) >= num_qubits:
        message = f"{device} has qubits 0..{num_qubits - 1}; {max(batch.physical_qubits)} was asked for"
        raise DeviceError(message)
