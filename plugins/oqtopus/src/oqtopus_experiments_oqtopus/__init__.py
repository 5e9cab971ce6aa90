"""Hardware and simulators behind the OQTOPUS cloud: one job for each circuit, none lost, none sent twice."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

import attrs
from attrs import frozen

from oqtopus_experiments import (
    Backend,
    Batch,
    DeviceInfo,
    DeviceSummary,
    Job,
    Journal,
    MemoryJournal,
    PartState,
    deadline,
    ge,
    gt,
    hookimpl,
    in_,
    le,
    parameter,
)
from oqtopus_experiments_oqtopus.connection import Connection

_ASKING = 30.0
"""Seconds that a question of a person may take: about devices or jobs, where nothing is lost without an answer."""


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


@frozen
class OqtopusBackend(Backend):
    """
    A device behind the OQTOPUS cloud.

    Circuits are compiled here for the gates, couplings and physical qubits of the device, with the transpiler of
    the service off: delays survive, and the qubit asked for is the qubit measured.

    Args:
        device: Its name, ``"qulacs"`` for the simulator of the cloud; None for the one QPU that is available.

    Raises:
        ParameterError: For an option out of range.
    """

    name: ClassVar[str] = "oqtopus"
    local: ClassVar[bool] = False
    queued: ClassVar[bool] = True

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
    connection: Connection = attrs.field(init=False, repr=False, eq=False, factory=Connection)

    def submit(self, batch: Batch) -> Job:
        """Submit without keeping job ids on disk; `open` does that."""
        return self.open(batch, MemoryJournal())

    def check(self, batch: Batch) -> None:
        """
        Compile a batch for the device; nothing is sent but questions about the device.

        Raises:
            BackendError: For what the service would refuse, or fail without saying why.
        """
        self.connection.orders(self, batch, self.connection.choose(self))

    def open(self, batch: Batch, journal: Journal) -> Job:
        """Submit what the journal does not know as submitted; every job id is in it before its job is submitted."""
        from oqtopus_experiments_oqtopus.opening import open_batch

        return open_batch(self, batch, journal)

    def job(self, job_id: str) -> Job:
        """Return the batch of a job submitted earlier, by the id of any of its jobs."""
        from oqtopus_experiments_oqtopus.opening import find

        return find(self, job_id)

    def jobs(self, journal: Journal) -> Sequence[PartState]:
        """
        Return the state of every job a journal knows.

        Raises:
            BackendError: When the service has not answered for 30 s.
        """
        from oqtopus_experiments_oqtopus.watching import states

        with deadline.within(_ASKING):
            return states(self, journal)

    def cancel(self, journal: Journal) -> int:
        """
        Cancel the jobs a journal knows; circuits not submitted yet never will be.

        Raises:
            BackendError: When the service has not answered for 30 s.
        """
        from oqtopus_experiments_oqtopus.watching import cancel

        with deadline.within(_ASKING):
            return cancel(self, journal)

    def devices(self) -> Sequence[DeviceSummary]:
        """
        Return the devices the account may use.

        Raises:
            BackendError: When the service has not answered for 30 s.
        """
        with deadline.within(_ASKING):
            return self.connection.summaries(self)

    def device_info(self, name: str | None = None) -> DeviceInfo:
        """
        Return a device with its calibration; without a name, the one this backend runs on.

        Raises:
            BackendError: When the service has not answered for 30 s.
        """
        with deadline.within(_ASKING):
            return self.connection.info(self, name or self.device or self.connection.choose(self))

    def notes(self) -> Sequence[str]:
        """
        Return what was left out of what the service says about the device: gates nobody knows, values that cannot be.

        Raises:
            BackendError: When the service has not answered for 30 s.
        """
        with deadline.within(_ASKING):
            return self.connection.info(self, self.connection.choose(self)).notes

    def jobs_for(self, circuits: int) -> int:
        """Return one job for each circuit."""
        return circuits


@hookimpl
def register_backends() -> list[type[Backend]]:
    """Return the backend of this plugin."""
    return [OqtopusBackend]
