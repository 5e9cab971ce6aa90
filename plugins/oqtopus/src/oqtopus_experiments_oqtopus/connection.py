"""What one backend object knows of the service while it lives: the open connection, devices asked for, programs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import attrs

from oqtopus_experiments import Batch, DeviceError, DeviceInfo, DeviceSummary

if TYPE_CHECKING:
    from oqtopus_experiments_oqtopus import OqtopusBackend
    from oqtopus_experiments_oqtopus.native import Native
    from oqtopus_experiments_oqtopus.orders import Orders
    from oqtopus_experiments_oqtopus.service import Service


class Connection:
    """Made empty with its backend; fills as it is used."""

    def __init__(self) -> None:
        self._service: Service | None = None
        self._devices: dict[str, tuple[dict[str, Any], DeviceInfo]] = {}
        self._orders: list[Orders] = []

    def service(self, backend: OqtopusBackend) -> Service:
        """
        Return the service, looked up and opened on first use.

        Raises:
            AuthenticationError: When there are no credentials.
            ConfigError: When they are malformed, or the address is not encrypted.
        """
        if self._service is None:
            from oqtopus_experiments_oqtopus.credentials import resolve
            from oqtopus_experiments_oqtopus.retrying import Patience
            from oqtopus_experiments_oqtopus.service import Service
            from oqtopus_experiments_oqtopus.transport import Transport

            credentials = resolve(
                backend.url, backend.token, backend.proxy, backend.profile, allow_http=backend.allow_http
            )
            transport = Transport(credentials, backend.request_timeout, backend.parallel)
            self._service = Service(transport, Patience(backend.retry_budget))
        self._service.patience.renew()
        return self._service

    def summaries(self, backend: OqtopusBackend) -> list[DeviceSummary]:
        """Return the devices the account may use."""
        from oqtopus_experiments_oqtopus.description import summary

        found = self.service(backend).devices()
        return [summary(content) for content in found if isinstance(content.get("device_id"), str)]

    def choose(self, backend: OqtopusBackend) -> str:
        """
        Return the device of a backend: the one it names, or else the one QPU that is available.

        Raises:
            DeviceError: When it is not available, or there is not exactly one; the message lists all devices.
        """
        if backend.device is not None:
            summary = self.info(backend, backend.device).summary
            if summary.status != "available":
                message = f"device {summary.name!r} is {summary.status or 'of unknown status'}: {self._list(backend)}"
                raise DeviceError(message)
            return summary.name
        found = [device for device in self.summaries(backend) if device.kind == "QPU" and device.status == "available"]
        if len(found) != 1:
            message = (
                f"{len(found) or 'no'} QPUs are available; choose a device, as in OqtopusBackend(device='NAME'): "
                f"{self._list(backend)}"
            )
            raise DeviceError(message)
        return found[0].name

    def info(self, backend: OqtopusBackend, name: str) -> DeviceInfo:
        """
        Return a device with its calibration, asked for once.

        Raises:
            DeviceError: When there is none; the message lists those there are.
        """
        return self._device(backend, name)[1]

    def orders(self, backend: OqtopusBackend, batch: Batch, device: str) -> Orders:
        """
        Return the programs of a batch, written once.

        Raises:
            BackendError: For what the device cannot run.
        """
        from oqtopus_experiments_oqtopus.orders import Orders

        found = next((orders for orders in self._orders if orders.batch is batch), None)
        if found is None:
            found = Orders.make(backend, batch, self._native(backend, device))
            self._orders.append(found)
        return found

    def _native(self, backend: OqtopusBackend, name: str) -> Native:
        from oqtopus_experiments_oqtopus.native import Native

        content, info = self._device(backend, name)
        return Native.of(info, content.get("basis_gates"), content.get("supported_instructions"))

    def _device(self, backend: OqtopusBackend, name: str) -> tuple[dict[str, Any], DeviceInfo]:
        if name not in self._devices:
            from oqtopus_experiments_oqtopus.description import describe, fetched
            from oqtopus_experiments_oqtopus.native import gate_notes

            try:
                content, file = fetched(self.service(backend), name)
            except DeviceError as error:
                message = f"no device {name!r} for this account ({error}): {self._list(backend)}"
                raise DeviceError(message) from error
            info = describe(content, file)
            notes = (*gate_notes(content.get("basis_gates")), *info.notes)
            self._devices[name] = content, attrs.evolve(info, notes=notes)
        return self._devices[name]

    def _list(self, backend: OqtopusBackend) -> str:
        lines = [
            f"{device.name} ({device.kind}, {device.status}, {'?' if device.queue is None else device.queue} waiting)"
            for device in self.summaries(backend)
        ]
        return "; ".join(lines) or "the account may use no device"
