"""The options of the backend, and what one object of it knows of the service while it lives: connection and devices."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

import attrs
from attrs import frozen

from oqtopus_experiments import Backend, DeviceError, DeviceInfo, DeviceSummary, ge, gt, in_, le, parameter

if TYPE_CHECKING:
    from oqtopus_experiments_oqtopus._native import Native
    from oqtopus_experiments_oqtopus._service import Service


def _device_name(_: object, field: attrs.Attribute[Any], value: Any) -> None:
    if value is not None and (not isinstance(value, str) or not value.strip()):
        message = f"{field.name!r} must be the name of a device, not {value!r}"
        raise ValueError(message)


def _knows_the_qubits(backend: Any, field: attrs.Attribute[Any], value: Any) -> None:
    if value is True and backend.transpiler != "local":
        message = (
            f"{field.name!r} needs transpiler='local': the service corrects by the qubits of the program as sent, "
            "which its own transpiler moves"
        )
        raise ValueError(message)


SERVICE_GATES = ("x", "sx", "rz", "cx")
"""What the service's transpiler is asked to write circuits in."""


@frozen
class OqtopusOptions(Backend):
    """The options of `OqtopusBackend`, which runs circuits by them; everything below it is typed against these."""

    manner: ClassVar[tuple[str, ...]] = (
        "allow_http", "delay_step", "resubmit_failed", "parallel", "poll_interval", "request_timeout", "retry_budget",
    )  # fmt: skip
    device: str | None = attrs.field(
        default=None, validator=_device_name, metadata={"help": "name of the device (default: the one available QPU)"}
    )
    url: str | None = parameter(None, help="address of the service (default: OQTOPUS_URL, then the config file)")
    token: str | None = parameter(None, secret=True, help="API token (default: OQTOPUS_API_TOKEN, then the file)")
    proxy: str | None = parameter(None, secret=True, help="proxy (default: OQTOPUS_PROXY, then the file)")
    profile: str | None = parameter(None, help="section of the config file to use instead of the environment")
    allow_http: str | None = parameter(None, help="host of the own network that may be asked without encryption")
    mitigate_readout: bool = parameter(
        False,  # a default, not a flag at a call
        _knows_the_qubits,
        help="let the service correct counts for readout errors",
    )
    transpiler: str = parameter(
        "local",
        in_(("local", "service", "default")),
        help="local: compile here; service: its Qiskit, on the qubits asked for; default: whatever the service does",
    )
    delay_step: float = parameter(2.0, ge(0), unit="ns", help="delays must be multiples of it; 0: not checked")
    resubmit_failed: int = parameter(0, ge(0), le(10), help="how often a job that failed on the device is sent again")
    parallel: int = parameter(8, ge(1), le(64), help="requests at once")
    poll_interval: float = parameter(
        10.0,
        gt(0),
        le(86_400),
        unit="s",
        help="longest pause between two looks at the queue; more where jobs take longer",
    )
    request_timeout: float = parameter(
        30.0, gt(0), le(86_400), unit="s", help="silence after which a connection is given up"
    )
    retry_budget: float = parameter(
        300.0, ge(0), unit="s", help="how long one request is tried, repetitions included; 0: once"
    )


class Connection:
    """
    Made empty; fills as it is used.

    Args:
        options: Where the service is, which device, and how patient to be.
    """

    def __init__(self, options: OqtopusOptions) -> None:
        self.options = options
        self._service: Service | None = None
        self._url = ""
        self._devices: dict[str, tuple[dict[str, Any], DeviceInfo]] = {}
        self.prepared: list[Any] = []
        """Requests of batches, as `_submission_requests.prepared` keeps them: a batch is written once."""

    def service(self) -> Service:
        """
        Return the service, looked up and opened on first use.

        Raises:
            AuthenticationError: When no credentials are found.
            ConfigError: When they are malformed, or the address is not encrypted.
        """
        if self._service is None:
            from oqtopus_experiments_oqtopus._credentials import resolve
            from oqtopus_experiments_oqtopus._service import Service
            from oqtopus_experiments_oqtopus._transport import Transport
            from oqtopus_experiments_oqtopus._waiting import Patience

            options = self.options
            credentials = resolve(
                options.url, options.token, options.proxy, options.profile, allow_http=options.allow_http
            )
            self._url = credentials.url
            transport = Transport(credentials, options.request_timeout, options.parallel)
            self._service = Service(transport, Patience(options.retry_budget))
        self._service.patience.renew()
        return self._service

    def clock_ahead(self) -> float | None:
        """Return by how many seconds the clock of the service is ahead of this one; None before it has answered."""
        return self._service.transport.clock_ahead if self._service else None

    def url(self) -> str:
        """Return where the service is, as options, environment or file say; nobody is asked. Raises like `service`."""
        self.service()
        return self._url

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

    def gates(self) -> tuple[str, ...]:
        """
        Return the gates that circuits are made of before the device runs them; empty where it does not say.

        Raises:
            BackendError: When the device cannot be asked.
        """
        if self.options.transpiler == "service":
            return SERVICE_GATES
        return self.info(self.options.device or self.choose()).gates

    def native(self, name: str) -> Native:
        """
        Return what a device can run.

        Raises:
            DeviceError: When the account has no such device; the message lists those it has.
        """
        from oqtopus_experiments_oqtopus._native import Native

        content, info = self._device(name)
        return Native.of(info, content.get("basis_gates"), content.get("supported_instructions"))

    def _device(self, name: str) -> tuple[dict[str, Any], DeviceInfo]:
        if name not in self._devices:
            from oqtopus_experiments_oqtopus._device_description import describe, fetched
            from oqtopus_experiments_oqtopus._native import gate_notes, known_gates

            try:
                content, file = fetched(self.service(), name)
            except DeviceError as error:
                message = f"no device {name!r} for this account ({error}): {self._list()}"
                raise DeviceError(message) from error
            info = describe(content, file)
            notes = (*gate_notes(content.get("basis_gates")), *info.notes)
            gates, _ = known_gates(content.get("basis_gates"))
            self._devices[name] = content, attrs.evolve(info, notes=notes, gates=gates)
        return self._devices[name]

    def _list(self) -> str:
        lines = [
            f"{device.name} ({device.kind}, {device.status}, {'?' if device.queue is None else device.queue} waiting)"
            for device in self.summaries()
        ]
        return "; ".join(lines) or "the account may use no device"
