"""The fake devices of qiskit-ibm-runtime: snapshots of real ones, simulated with Aer."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from oqtopus_experiments import DeviceError, DeviceSummary, suggest
from oqtopus_experiments_qiskit._source import Source

if TYPE_CHECKING:
    from qiskit.providers import BackendV2


class FakeDevices(Source):
    """All fake devices of the installed qiskit-ibm-runtime."""

    def device(self, name: str) -> BackendV2:
        """
        Return a fake device.

        Raises:
            DeviceError: When there is none of that name; the message has the nearest and the way to a real one.
        """
        if name not in self._snapshots:
            step = 'for a device of IBM Quantum add the name of your account: account = "..."'
            message = f"qiskit-ibm-runtime has no fake device {name!r}{suggest(name, sorted(self._snapshots))}; {step}"
            raise DeviceError(message)
        return self._snapshots[name]

    def summaries(self) -> Sequence[DeviceSummary]:
        """Return all of them."""
        return [
            DeviceSummary(name=name, kind="simulator", status="available", num_qubits=device.num_qubits)
            for name, device in sorted(self._snapshots.items())
        ]

    @cached_property
    def _snapshots(self) -> dict[str, BackendV2]:
        from qiskit_ibm_runtime.fake_provider import FakeProviderForBackendV2

        with warnings.catch_warnings():
            # Making the list makes all of them, and some warn of themselves although another is asked for.
            warnings.simplefilter("ignore")
            return {device.name: device for device in FakeProviderForBackendV2().backends()}
