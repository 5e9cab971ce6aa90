"""The fake devices of qiskit-ibm-runtime: snapshots of real ones, simulated with Aer."""

from __future__ import annotations

import inspect
import warnings
from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

from oqtopus_experiments import DeviceError, DeviceSummary, suggest
from oqtopus_experiments_qiskit._source import Source

if TYPE_CHECKING:
    from qiskit.providers import BackendV2


class FakeDevices(Source):
    """All fake devices of the installed qiskit-ibm-runtime."""

    def __init__(self) -> None:
        self._made: dict[str, BackendV2] = {}

    def device(self, name: str) -> BackendV2:
        """
        Return a fake device.

        Raises:
            DeviceError: When there is none of that name; the message has the nearest and the way to a real one.
        """
        if name not in self._classes:
            step = 'for a device of IBM Quantum add the name of your account: account = "..."'
            message = f"qiskit-ibm-runtime has no fake device {name!r}{suggest(name, sorted(self._classes))}; {step}"
            raise DeviceError(message)
        if name not in self._made:
            # Only the one that is asked for: some warn of themselves when they are made.
            self._made[name] = self._classes[name]()
        return self._made[name]

    def summaries(self) -> Sequence[DeviceSummary]:
        """Return all of them."""
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return [
                DeviceSummary(name=name, kind="simulator", status="available", num_qubits=self.device(name).num_qubits)
                for name in sorted(self._classes)
            ]

    @cached_property
    def _classes(self) -> dict[str, type[BackendV2]]:
        from qiskit_ibm_runtime import fake_provider
        from qiskit_ibm_runtime.fake_provider.fake_backend import FakeBackendV2

        known: list[Any] = [found for found in vars(fake_provider).values() if inspect.isclass(found)]
        return {str(kind.backend_name): kind for kind in known if issubclass(kind, FakeBackendV2) and kind.backend_name}
