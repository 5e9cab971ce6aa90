"""The service's own transpiler: Qiskit for the device's gates and couplings, which knows no delay."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from attrs import frozen

from oqtopus_experiments_oqtopus_emulator._devices import Device
from oqtopus_experiments_oqtopus_emulator._errors import TRANSPILE_FAILED, JobFailure

if TYPE_CHECKING:
    from qiskit import QuantumCircuit
    from qiskit.transpiler import Target

DEFAULT: dict[str, Any] = {"transpiler_lib": "qiskit", "transpiler_options": {"optimization_level": 1}}
"""What an empty ``transpiler_info`` becomes."""


@frozen
class Transpiled:
    """
    What came out.

    Args:
        circuit: On the qubits of the device.
        document: Content of ``transpile_result.json``.
    """

    circuit: QuantumCircuit
    document: dict[str, Any]


def transpile(circuit: QuantumCircuit, device: Device, info: Mapping[str, Any]) -> Transpiled:
    """
    Transpile as a ``transpiler_info`` asks for.

    Raises:
        JobFailure: Whatever went wrong; the text never tells.
    """
    for member in ("transpiler_lib", "transpiler_options"):
        if member not in info:
            raise JobFailure(repr(member))  # the text of the engine's KeyError
    from qiskit import transpile as qiskit_transpile

    if info["transpiler_lib"] != "qiskit" or device.info is None:
        raise JobFailure(TRANSPILE_FAILED)  # the other libraries are not emulated
    target = _target(device.info)
    options = dict(info["transpiler_options"])
    # Qiskit ignores basis_gates beside a target; the service lets them replace the gates but keeps the couplings.
    where = {"coupling_map": target.build_coupling_map()} if "basis_gates" in options else {"target": target}
    try:
        transpiled = qiskit_transpile(circuit, **where, **options)
        return Transpiled(transpiled, _document(circuit, transpiled))
    except MemoryError:
        raise
    except Exception as error:  # options are the user's; the service answers every failure alike
        raise JobFailure(TRANSPILE_FAILED) from error


def _target(info: Mapping[str, Any]) -> Target:
    from qiskit.circuit import Measure, Parameter
    from qiskit.circuit.library import CXGate, RZGate, SXGate, XGate
    from qiskit.transpiler import InstructionProperties, Target

    qubits, couplings = info["qubits"], info["couplings"]
    target = Target(num_qubits=len(qubits))
    for name, gate in (("x", XGate()), ("sx", SXGate()), ("rz", RZGate(Parameter("angle")))):
        properties = {
            (qubit["id"],): InstructionProperties(1e-9 * qubit["gate_duration"][name], 1 - qubit["fidelity"])
            for qubit in qubits
        }
        target.add_instruction(gate, properties)
    readout = {(q["id"],): InstructionProperties(error=q["meas_error"]["readout_assignment_error"]) for q in qubits}
    target.add_instruction(Measure(), readout)
    if couplings:
        pairs = {(c["control"], c["target"]): InstructionProperties(error=1 - c["fidelity"]) for c in couplings}
        target.add_instruction(CXGate(), pairs)
    return target


def _document(before: QuantumCircuit, after: QuantumCircuit) -> dict[str, Any]:
    from qiskit import qasm3

    layout = after.layout.initial_index_layout(filter_ancillas=True)
    return {
        "transpiled_program": qasm3.dumps(after),
        "stats": {"before": _stats(before), "after": _stats(after)},
        "virtual_physical_mapping": {
            "qubit_mapping": {str(virtual): physical for virtual, physical in enumerate(layout)},
            "bit_mapping": {str(bit): bit for bit in range(before.num_clbits)},
        },
    }


def _stats(circuit: QuantumCircuit) -> dict[str, int]:
    gates = [i for i in circuit.data if i.operation.name not in ("measure", "barrier", "delay")]
    return {
        "n_qubits": circuit.num_qubits,
        "n_gates": len(gates),
        "n_gates_1q": sum(len(gate.qubits) == 1 for gate in gates),
        "n_gates_2q": sum(len(gate.qubits) == 2 for gate in gates),
        "depth": circuit.depth(),
    }
