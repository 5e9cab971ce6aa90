"""The experiment: a state prepared, and each of its qubits read along x, y and z."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar

import attrs
import numpy as np
from attrs import frozen

from oqtopus_experiments import Axis, Experiment, Parity, Sweep, ge, in_, le, parameter
from oqtopus_experiments_tomography import _gates
from oqtopus_experiments_tomography._settings import Complex, settings

if TYPE_CHECKING:
    from qiskit import QuantumCircuit

GROUND, EXCITED, AGAIN = "ground", "excited", "again"
WIDEST = 3


def check_gates(instance: StateTomography, field: attrs.Attribute[Any], lines: tuple[str, ...]) -> None:
    """Refuse what is no gate, acts on more qubits than there are, or is said beside a name."""
    if not lines:
        return
    if not all(isinstance(line, str) for line in lines):
        return  # that they are texts is checked by their type
    if instance.state is not None:
        message = f"give 'state' or {field.name!r}, not both"
        raise ValueError(message)
    needed, there = _gates.width(lines), instance.n_qubits or WIDEST
    if needed > there:
        message = f"{field.name!r} act on {needed} qubits; there are at most {there}"
        raise ValueError(message)
    _gates.circuit_of(lines, needed)


def check_state(instance: StateTomography, field: attrs.Attribute[Any], state: str) -> None:
    """Refuse a state that so many qubits do not have."""
    if state in _gates.USUAL and instance.n_qubits not in (None, 2, 3)[: 2 if state == "bell" else 3]:
        message = f"'state' = {state!r} has {'2 qubits' if state == 'bell' else '2 qubits or more'}"
        raise ValueError(message)


@frozen(kw_only=True)
class StateTomography(Experiment):
    """
    The density matrix of a state of one to three qubits, each read along x, y and z.

    Reports `fidelity` to the state that was asked for and `purity`, both of the linear inversion, which is right on
    average; and `density_matrix`, the state of maximum likelihood, with its own `physical_fidelity` and
    `physical_purity`. Reference circuits tell how well each qubit is read, as what the readout errs by is part of the
    state that is found; and whether a setting that is read again reads the same.

    Source: D. F. V. James, P. G. Kwiat, W. J. Munro, A. G. White, "Measurement of qubits", Phys. Rev. A 64, 052312
    (2001); the likelihood is climbed as in J. Shang, Z. Zhang, H. K. Ng, Phys. Rev. A 95, 062336 (2017).
    """

    name: ClassVar[str] = "state_tomography"
    signal: ClassVar[Parity] = Parity()
    analyzer: ClassVar[str] = "tomography"

    n_qubits: int | None = parameter(None, ge(1), le(WIDEST), help="qubits (default: what the state needs)")
    state: str | None = parameter(
        None, in_(tuple(_gates.NAMED)), check_state, help="state to prepare (default: bell; plus of 1 qubit, ghz of 3)"
    )
    gates: tuple[str, ...] = parameter(
        (),
        check_gates,
        converter=_gates.as_lines,
        help="gates that prepare another one: 'h 0', 'rx(pi/2) 1'; or a circuit",
    )

    @property
    def num_qubits(self) -> int:
        """Qubits of the state."""
        usual = _gates.width(self.gates) if self.gates else _gates.USUAL.get(self._named, 1)
        return usual if self.n_qubits is None else self.n_qubits

    @property
    def label(self) -> str:
        """What the state is called."""
        return "what the gates prepare" if self.gates else self._named

    def settings(self) -> dict[str, Any]:
        """Return what decides which state this is: the gates too."""
        return {**super().settings(), "gates": "; ".join(self.gates)} if self.gates else super().settings()

    def sweep(self) -> Sweep:
        """Return the settings: an axis for each qubit, the right-most letter for qubit 0."""
        return Sweep(Axis("setting", settings(self.num_qubits)))

    def circuit(self, setting: str) -> QuantumCircuit:
        """Return prepare, turn the axis of each qubit to z, measure."""
        circuit = self._prepared()
        # So that no compiler makes another preparation of each setting.
        circuit.barrier()
        for qubit, axis in enumerate(reversed(setting)):
            if axis == "Y":
                circuit.sdg(qubit)
            if axis != "Z":
                circuit.h(qubit)
        circuit.measure(range(self.num_qubits), range(self.num_qubits))
        return circuit

    def references(self) -> Mapping[str, QuantumCircuit]:
        """
        Return circuits that read out all qubits in |0> and all in |1>, and three settings once more.

        Three settings of one qubit are as many numbers as a state has: without a repetition nothing would show that
        they were mixed up, or that the state changed.
        """
        from qiskit import QuantumCircuit

        ground, excited = (QuantumCircuit(self.num_qubits, self.num_qubits) for _ in range(2))
        excited.x(range(self.num_qubits))
        for circuit in (ground, excited):
            circuit.measure(range(self.num_qubits), range(self.num_qubits))
        return {GROUND: ground, EXCITED: excited} | {
            f"{AGAIN} {setting}": self.circuit(setting) for setting in self.repeated
        }

    @property
    def repeated(self) -> tuple[str, ...]:
        """The settings that are read twice: all qubits along one axis."""
        return tuple(axis * self.num_qubits for axis in "XYZ")

    def ket(self) -> Complex:
        """Return the state that a perfect device prepares, shape (2**num_qubits,); bit j of the index is qubit j."""
        from qiskit.quantum_info import Statevector

        prepared = _gates.circuit_of(self._lines, self.num_qubits)
        return np.asarray(Statevector(prepared).data, dtype=np.complex128)

    @property
    def _named(self) -> str:
        return self.state or {None: "bell", 1: "plus", 2: "bell"}.get(self.n_qubits, "ghz")

    @property
    def _lines(self) -> tuple[str, ...]:
        return self.gates or _gates.NAMED[self._named](self.num_qubits)

    def _prepared(self) -> QuantumCircuit:
        from qiskit import QuantumCircuit

        circuit = QuantumCircuit(self.num_qubits, self.num_qubits)
        circuit.compose(_gates.circuit_of(self._lines, self.num_qubits), inplace=True)
        return circuit
