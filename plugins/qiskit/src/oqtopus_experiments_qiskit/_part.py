"""The qubits of a device that a batch uses, as a device of their own."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from qiskit.providers import BackendV2, Options
from qiskit.transpiler import Target


class Part(BackendV2):  # type: ignore[misc]  # Qiskit ships no types
    """
    Some qubits of a device, numbered anew, with their gates, errors and times.

    A simulator makes ready every error of a device, also of the hundred qubits that nothing happens to: that takes a
    hundred times as long as the experiment.

    Args:
        device: The device.
        qubits: Qubit i of the part is ``qubits[i]`` of the device.
    """

    def __init__(self, device: BackendV2, qubits: Sequence[int]) -> None:
        super().__init__(name=device.name)
        self._target = part_of(device.target, qubits)

    @property
    def target(self) -> Target:
        """What the part can do."""
        return self._target

    @property
    def max_circuits(self) -> None:
        """Any number of circuits."""
        return None

    @classmethod
    def _default_options(cls) -> Options:
        return Options()

    def run(self, run_input: Any, **options: Any) -> Any:
        """Refuse: a part is simulated."""
        raise NotImplementedError


def part_of(target: Target, qubits: Sequence[int]) -> Target:
    """Return what a device can do with some of its qubits, these numbered from 0 in the order given."""
    places = {qubit: place for place, qubit in enumerate(qubits)}
    properties = target.qubit_properties
    part = Target(
        num_qubits=len(places),
        dt=target.dt,
        granularity=target.granularity,
        min_length=target.min_length,
        pulse_alignment=target.pulse_alignment,
        acquire_alignment=target.acquire_alignment,
        qubit_properties=None if properties is None else [properties[qubit] for qubit in qubits],
    )
    for name in target.operation_names:
        operation = target.operation_from_name(name)
        known = target[name]
        if isinstance(operation, type) or known is None:  # control flow acts on any qubits
            part.add_instruction(operation, name=name)
            continue
        kept = {
            tuple(places[q] for q in on): p for on, p in known.items() if on is not None and places.keys() >= set(on)
        }
        if kept or None in known:
            part.add_instruction(operation, kept or None, name=name)
    return part
