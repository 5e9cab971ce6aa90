"""What Qiskit knows of a device, in our words: qubits, couplings, calibration."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import TYPE_CHECKING

import attrs

from oqtopus_experiments import DeviceInfo

if TYPE_CHECKING:
    from qiskit.providers import BackendV2


def described(device: BackendV2, *, real: bool) -> DeviceInfo:
    """
    Return a device with its calibration.

    Args:
        device: As Qiskit describes it.
        real: Whether it is a device, whose values age until now, or the snapshot of one, in which they age until the
            newest of them.
    """
    if real:
        return DeviceInfo.from_qiskit(device, now=datetime.now(timezone.utc))
    info = DeviceInfo.from_qiskit(device, kind="simulator")
    description = "snapshot of a device, simulated with Aer"
    return attrs.evolve(info, summary=attrs.evolve(info.summary, description=description))
