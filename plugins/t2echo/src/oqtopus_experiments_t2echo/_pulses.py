"""
Echo sequences: which pi pulses, about which axis, and the circuit of half pi, waits and pulses, half pi.

After the first half pi about x the state lies along -y. A pi pulse about x turns it over, one about y leaves it there:
what a pulse misses by is then made good by the next (S. Meiboom and D. Gill, Rev. Sci. Instrum. 29, 688 (1958)). Pulses
about x and y in turn do so for every state (A. A. Maudsley, J. Magn. Reson. 69, 488 (1986)).
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from qiskit import QuantumCircuit

SEQUENCES = ("hahn", "cpmg", "xy4")
BLOCK = {"hahn": 1, "cpmg": 1, "xy4": 4}
"""Numbers of pulses are multiples of this."""
ENDINGS = ("ground", "excited")


def axes(sequence: str, pulses: int) -> str:
    """Return the axis of each pi pulse, for example ``"xyxy"``."""
    return {"hahn": "x", "cpmg": "y", "xy4": "xy"}[sequence] * (pulses // (2 if sequence == "xy4" else 1))


def circuit(about: str, delay: float, ending: str) -> QuantumCircuit:
    """
    Return half pi, the pulses in equal parts of the delay with half a part at both ends, half pi, measured.

    Args:
        about: The axis of each pi pulse.
        delay: Free evolution in all, ns.
        ending: The state that a qubit ends in that has lost nothing: ``"ground"`` or ``"excited"``.
    """
    from qiskit import QuantumCircuit

    made = QuantumCircuit(1, 1)
    half = delay / (2 * len(about))
    made.sx(0)
    for number, axis in enumerate(about):
        _wait(made, half if number == 0 else 2 * half)
        # About y by a pulse about x: it is the same pulse, at another phase, on every device.
        if axis == "y":
            made.rz(-math.pi / 2, 0)
        made.x(0)
        if axis == "y":
            made.rz(math.pi / 2, 0)
    _wait(made, half)
    if (about.count("x") % 2 == 0) == (ending == "ground"):
        made.rz(math.pi, 0)
    made.sx(0)
    made.measure(0, 0)
    return made


def _wait(made: QuantumCircuit, time: float) -> None:
    # Without a wait nothing else keeps a compiler from making one gate of two pulses.
    made.barrier(0)
    # Hardware refuses a delay of zero.
    if time > 0:
        made.delay(time, 0, unit="ns")
        made.barrier(0)
