"""Any Qiskit ``BackendV2`` or ``BaseSamplerV2`` as a backend."""

from __future__ import annotations

import sys
import uuid
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from attrs import field, frozen

from oqtopus_experiments.contracts.backend import Backend, Batch
from oqtopus_experiments.contracts.counts import Counts
from oqtopus_experiments.contracts.job import FinishedJob
from oqtopus_experiments.contracts.outcome import Failure, Outcome
from oqtopus_experiments.errors import BackendError, DeviceError

if TYPE_CHECKING:
    from qiskit import QuantumCircuit
    from qiskit.primitives import BaseSamplerV2, PubResult
    from qiskit.providers import BackendV2
    from qiskit.result import Result

# An object of somebody else's cannot stand in a run file.
_NOT_CONFIGURED = {"secret": True}
_REGISTER = "c"
"""All classical bits of a circuit for a sampler."""


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
        f"{candidate!r} is not a backend: pass one from oqtopus_experiments.backends, or a Qiskit BackendV2 or "
        "BaseSamplerV2 object"
    )
    raise BackendError(message)


@frozen(kw_only=True)
class QiskitBackend(Backend):
    """Circuits are transpiled for the device, each qubit pinned to the physical qubit that was asked for."""

    name: ClassVar[str] = "qiskit-backend"
    backend: BackendV2 = field(repr=lambda backend: f"<{backend.name}>", metadata=_NOT_CONFIGURED)

    def submit(self, batch: Batch) -> FinishedJob:
        """
        Run and wait.

        Raises:
            DeviceError: When the device has too few qubits.
        """
        _check_size(batch, self.backend.num_qubits, str(self.backend.name))
        job = self.backend.run(_on_device(batch.circuits, batch.physical_qubits, self.backend), shots=batch.shots)
        result, job_id = job.result(), str(job.job_id())
        outcomes = [
            Outcome(i, _of_result(result, i, circuit.num_clbits, job_id)) for i, circuit in enumerate(batch.circuits)
        ]
        return FinishedJob(job_id, outcomes)

    def provenance(self) -> Mapping[str, Any]:
        """Return class and name of the device."""
        return {"class": type(self.backend).__name__, "device": str(self.backend.name)}


@frozen(kw_only=True)
class QiskitSampler(Backend):
    """Circuits go to a sampler, on the physical qubits that were asked for."""

    name: ClassVar[str] = "qiskit-sampler"
    sampler: BaseSamplerV2 = field(repr=lambda sampler: f"<{type(sampler).__name__}>", metadata=_NOT_CONFIGURED)

    def submit(self, batch: Batch) -> FinishedJob:
        """
        Run and wait.

        Raises:
            DeviceError: When the device has too few qubits.
            BackendError: When it cannot be told which result belongs to which circuit.
        """
        job = self.sampler.run(self._prepared(batch), shots=batch.shots)
        # Some samplers return a job without an id.
        results, job_id = list(job.result()), str(job.job_id()) or uuid.uuid4().hex
        if len(results) != len(batch.circuits):
            message = (
                f"{type(self.sampler).__name__}, job {job_id}: {len(results)} results for {len(batch.circuits)} "
                "circuits; which belongs to which cannot be told"
            )
            raise BackendError(message)
        outcomes = [
            Outcome(i, _of_bits(result, circuit.num_clbits, job_id))
            for i, (circuit, result) in enumerate(zip(batch.circuits, results, strict=True))
        ]
        return FinishedJob(job_id, outcomes)

    def _prepared(self, batch: Batch) -> list[QuantumCircuit]:
        from qiskit.primitives import BackendSamplerV2, StatevectorSampler

        if isinstance(self.sampler, StatevectorSampler):
            # Noiseless: which physical qubit is meant makes no difference.
            return [_on_one_register(circuit, range(circuit.num_qubits)) for circuit in batch.circuits]
        if isinstance(self.sampler, BackendSamplerV2):
            device = self.sampler.backend
            _check_size(batch, device.num_qubits, str(device.name))
            plain = [_on_one_register(circuit, range(circuit.num_qubits)) for circuit in batch.circuits]
            return _on_device(plain, batch.physical_qubits, device)
        # An unknown sampler takes qubit i of a circuit for physical qubit i.
        return [_on_one_register(circuit, batch.physical_qubits) for circuit in batch.circuits]

    def provenance(self) -> Mapping[str, Any]:
        """Return the class of the sampler."""
        return {"class": type(self.sampler).__name__}


def _on_device(
    circuits: Sequence[QuantumCircuit], physical_qubits: Sequence[int], device: BackendV2
) -> list[QuantumCircuit]:
    from qiskit import transpile

    prepared: list[QuantumCircuit] = transpile(
        list(circuits),
        device,
        initial_layout=list(physical_qubits),
        # Level 0 leaves the circuit as it was written: an optimizer would shorten what is to be characterized.
        optimization_level=0,
    )
    return prepared


def _on_one_register(circuit: QuantumCircuit, qubits: Sequence[int]) -> QuantumCircuit:
    """
    Return a circuit on these qubits, whose classical bits are one register in their order.

    A sampler answers register by register, and tells nothing of bits that are in none or in two.
    """
    from qiskit import ClassicalRegister, QuantumCircuit, QuantumRegister

    used = list(qubits)[: circuit.num_qubits]
    bits = ClassicalRegister(circuit.num_clbits, _REGISTER)
    plain = QuantumCircuit(QuantumRegister(max(used) + 1, "q"), bits, name=circuit.name)
    plain.compose(circuit, qubits=used, clbits=list(bits), inplace=True)
    return plain


def _of_result(result: Result, index: int, width: int, job_id: str) -> Counts | Failure:
    """Return the counts of one circuit of a device, or why it has none that can be read."""
    from qiskit.exceptions import QiskitError

    try:
        return Counts.from_dict(result.get_counts(index), width)
    except (QiskitError, ValueError) as error:
        return Failure(f"no counts: {error}", job_id)


def _of_bits(result: PubResult, width: int, job_id: str) -> Counts | Failure:
    """Return the counts of one circuit of a sampler, or why it has none that can be read."""
    from qiskit.primitives import BitArray

    data = dict(result.data.items())
    bits = data.get(_REGISTER)
    if not isinstance(bits, BitArray) or bits.num_bits != width:
        told = ", ".join(f"{name}: {value!r:.80}" for name, value in data.items()) or "nothing"
        return Failure(
            f"no counts: the sampler should have read {width} bits into {_REGISTER!r}, and gave {told}", job_id
        )
    return Counts.from_dict(bits.get_counts(), width)


def _check_size(batch: Batch, num_qubits: int | None, device: str) -> None:
    if num_qubits is not None and max(batch.physical_qubits) >= num_qubits:
        message = f"{device} has qubits 0..{num_qubits - 1}; {max(batch.physical_qubits)} was asked for"
        raise DeviceError(message)
