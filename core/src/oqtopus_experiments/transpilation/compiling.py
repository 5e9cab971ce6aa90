"""A batch, compiled for a device: as it was written, on the qubits that were asked for, by the clock of the device."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from attrs import field, frozen

from oqtopus_experiments.contracts.batch import Batch
from oqtopus_experiments.errors import DeviceError
from oqtopus_experiments.transpilation.clock import Clock, on_clock
from oqtopus_experiments.transpilation.foreign import told
from oqtopus_experiments.transpilation.own_gates import own_gates_taken_apart
from oqtopus_experiments.transpilation.scheduling import scheduled

if TYPE_CHECKING:
    from qiskit import QuantumCircuit
    from qiskit.providers import BackendV2


logger = logging.getLogger(__name__)


@frozen
class CompiledBatch:
    """
    The circuits of a batch in the gates and by the clock of a device.

    Args:
        circuits: In the order of the batch, each on all qubits of the device.
        step: What delays are multiples of, ns; None where the device has no clock.
        largest_change: By how much a delay was changed at most to be one, ns.
    """

    circuits: tuple[QuantumCircuit, ...] = field(repr=lambda circuits: f"<{len(circuits)}>")
    step: float | None = None
    largest_change: float = 0.0

    @property
    def note(self) -> str:
        """What was changed, in a sentence; empty when nothing was."""
        if not self.largest_change:
            return ""
        return (
            f"delays were rounded to the clock of the device, {self.step:.6g} ns, by up to {self.largest_change:.2g} ns"
        )

    def metadata(self) -> Mapping[str, object]:
        """Return what was changed, for the metadata of a job; empty when nothing was."""
        if not self.largest_change:
            return {}
        return {"delays": {"step_ns": self.step, "largest_change_ns": self.largest_change, "note": self.note}}


def compile_batch(circuits: Sequence[QuantumCircuit], batch: Batch, device: BackendV2) -> CompiledBatch:
    """
    Compile circuits for a device; nothing is sent.

    Args:
        circuits: The circuits of the batch, or what stands for them.
        batch: Which physical qubits they are for, and what they are called.
        device: What they are to run on.

    Raises:
        DeviceError: For a qubit the device lacks, and for circuits that cannot be written in its gates.
        UnsupportedOperationError: For a gate that nothing is known of, a delay whose length is not a number, and
            parameters that were not bound.
    """
    check_size(batch, device.num_qubits, str(device.name))
    clock = Clock.of(device.target)
    ready, largest = [], 0.0
    for index, circuit in enumerate(circuits):
        label = f"circuit {batch.order.circuit(index)} of {batch.name!r}"
        plain = own_gates_taken_apart(circuit, label)
        if clock is not None and "delay" in plain.count_ops():
            plain, change = on_clock(plain, clock, label)
            largest = max(largest, change)
        ready.append(plain)
    compiled = CompiledBatch(tuple(_compiled(ready, batch, device)), clock.step if clock else None, largest)
    if compiled.note:
        logger.warning("%s, %r: %s", device.name, batch.name, compiled.note)
    return compiled


def check_size(batch: Batch, num_qubits: int | None, device: str) -> None:
    """
    Refuse qubits beyond a device.

    Raises:
        DeviceError: Naming the device and the qubit.
    """
    if num_qubits is not None and max(batch.physical_qubits) >= num_qubits:
        message = f"{device} has qubits 0..{num_qubits - 1}; {max(batch.physical_qubits)} was asked for"
        raise DeviceError(message)


def _compiled(circuits: Sequence[QuantumCircuit], batch: Batch, device: BackendV2) -> list[QuantumCircuit]:
    from qiskit.exceptions import QiskitError
    from qiskit.transpiler.preset_passmanagers import generate_preset_pass_manager

    # Level 0 leaves the circuit as it was written: an optimizer would shorten what is to be characterized. No routing:
    # swaps would be errors that nobody wrote, and move the qubits that are to be measured.
    managers = {
        width: generate_preset_pass_manager(
            optimization_level=0,
            backend=device,
            initial_layout=list(batch.physical_qubits[:width]),
            routing_method="none",
            seed_transpiler=0,
        )
        for width in {circuit.num_qubits for circuit in circuits}
    }
    compiled = []
    for index, circuit in enumerate(circuits):
        try:
            compiled.append(scheduled(managers[circuit.num_qubits].run(circuit), device.target))
        except QiskitError as error:
            message = (
                f"circuit {batch.order.circuit(index)} of {batch.name!r} cannot be written for {device.name} on qubits "
                f"{', '.join(map(str, batch.physical_qubits))} ({told(error)}); {_abilities(batch, device)}"
            )
            raise DeviceError(message) from error
    return compiled


def _abilities(batch: Batch, device: BackendV2) -> str:
    """Return what a device takes, on the qubits that were asked for."""
    gates = ", ".join(sorted(set(device.target.operation_names)))
    coupling = device.coupling_map
    pairs = (
        [] if coupling is None else sorted({(min(p), max(p)) for p in coupling if set(p) & set(batch.physical_qubits)})
    )
    coupled = f"; it couples {', '.join(f'{a}-{b}' for a, b in pairs[:20])}" if pairs else ""
    return f"it takes {gates:.500}{coupled}"
