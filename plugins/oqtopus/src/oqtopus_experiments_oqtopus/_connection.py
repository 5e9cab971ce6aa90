"""What one backend object knows of the service while it lives: the open connection, devices asked for, programs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import attrs

from oqtopus_experiments import Batch, DeviceError, DeviceInfo, DeviceSummary
from oqtopus_experiments_oqtopus._options import OqtopusOptions

if TYPE_CHECKING:
    from oqtopus_experiments_oqtopus._native import Native
    from oqtopus_experiments_oqtopus._service import Service
    from oqtopus_experiments_oqtopus._submission_request import SubmissionRequests


class Connection:
    """
    Made empty; fills as it is used.

    Args:
        options: Where the service is, which device, and how patient to be.
    """

    def __init__(self, options: OqtopusOptions) -> None:
        self.options = options
        self._service: Service | None = None
        self._devices: dict[str, tuple[dict[str, Any], DeviceInfo]] = {}
        self._requests: list[SubmissionRequests] = []

    def service(self) -> Service:
        """
        Return the service, looked up and opened on first use.

        Raises:
            AuthenticationError: When no credentials are found.
            ConfigError: When they are malformed, or the address is not encrypted.
        """
        if self._service is None:
            from oqtopus_experiments_oqtopus._credentials import resolve
            from oqtopus_experiments_oqtopus._retrying import Patience
            from oqtopus_experiments_oqtopus._service import Service
            from oqtopus_experiments_oqtopus._transport import Transport

            options = self.options
            credentials = resolve(
                options.url, options.token, options.proxy, options.profile, allow_http=options.allow_http
            )
            transport = Transport(credentials, options.request_timeout, options.parallel)
            self._service = Service(transport, Patience(options.retry_budget))
        self._service.patience.renew()
        return self._service

    def summaries(self) -> list[DeviceSummary]:
        """Return the devices the account may use."""
        from oqtopus_experiments_oqtopus._device_description import summary

        found = self.service().devices()
        return [summary(content) for content in found if isinstance(content.get("device_id"), str)]

    def choose(self) -> str:
        """
        Return the device to use: the one that is named, or else the one QPU that is available.

        Raises:
            DeviceError: When it is not available, or there is not exactly one; the message lists all devices.
        """
        if self.options.device is not None:
            summary = self.info(self.options.device).summary
            if summary.status != "available":
                message = f"device {summary.name!r} is {summary.status or 'of unknown status'}: {self._list()}"
                raise DeviceError(message)
            return summary.name
        found = [device for device in self.summaries() if device.kind == "QPU" and device.status == "available"]
        if len(found) != 1:
            message = (
                f"{len(found) or 'no'} QPUs are available; choose a device, as in OqtopusBackend(device='NAME'): "
                f"{self._list()}"
            )
            raise DeviceError(message)
        return found[0].name

    def info(self, name: str) -> DeviceInfo:
        """
        Return a device with its calibration, asked for once.

        Raises:
            DeviceError: When the account has no such device; the message lists those it has.
        """
        return self._device(name)[1]

    def requests(self, batch: Batch, device: str) -> SubmissionRequests:
        """
        Return the programs of a batch, written once.

        Raises:
            BackendError: For what the device cannot run.
        """
        from oqtopus_experiments_oqtopus._submission_request import SubmissionRequests

        found = next((requests for requests in self._requests if requests.batch is batch), None)
        if found is None:
            found = SubmissionRequests.make(self.options, batch, self._native(device))
            self._requests.append(found)
        return found

    def _native(self, name: str) -> Native:
        from oqtopus_experiments_oqtopus._native import Native

        content, info = self._device(name)
        return Native.of(info, content.get("basis_gates"), content.get("supported_instructions"))

    def _device(self, name: str) -> tuple[dict[str, Any], DeviceInfo]:
        if name not in self._devices:
            from oqtopus_experiments_oqtopus._device_description import describe, fetched
            from oqtopus_experiments_oqtopus._native import gate_notes

            try:
                content, file = fetched(self.service(), name)
            except DeviceError as error:
                message = f"no device {name!r} for this account ({error}): {self._list()}"
                raise DeviceError(message) from error
            info = describe(content, file)
            notes = (*gate_notes(content.get("basis_gates")), *info.notes)
            self._devices[name] = content, attrs.evolve(info, notes=notes)
        return self._devices[name]

    def _list(self) -> str:
        lines = [
            f"{device.name} ({device.kind}, {device.status}, {'?' if device.queue is None else device.queue} waiting)"
            for device in self.summaries()
        ]
        return "; ".join(lines) or "the account may use no device"
