"""Where devices come from: an account of IBM Quantum, or the snapshots in qiskit-ibm-runtime."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import TYPE_CHECKING

from oqtopus_experiments import DeviceSummary, JobError
from oqtopus_experiments_qiskit._service import Service

if TYPE_CHECKING:
    from qiskit.providers import BackendV2


class Source(ABC):
    """Devices by their names."""

    @abstractmethod
    def device(self, name: str) -> BackendV2:
        """
        Return a device.

        Raises:
            DeviceError: When there is none of that name; the message lists those there are.
        """

    @abstractmethod
    def summaries(self) -> Sequence[DeviceSummary]:
        """Return the devices there are."""

    def service(self) -> Service:
        """
        Return what keeps their jobs.

        Raises:
            JobError: When nothing does.
        """
        message = "fake devices keep no jobs; name an account"
        raise JobError(message)


def source_of(account: str | None) -> Source:
    """Return the devices of an account, or the fake ones when None; nothing is asked yet."""
    if account is None:
        from oqtopus_experiments_qiskit._fake import FakeDevices

        return FakeDevices()
    from oqtopus_experiments_qiskit._account import Account

    return Account(account)
