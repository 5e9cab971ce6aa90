"""Hardware and simulators behind the OQTOPUS cloud: one job for each circuit, none lost, none sent twice."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

import attrs
from attrs import frozen

from oqtopus_experiments import (
    AuthenticationError,
    Backend,
    Batch,
    ConfigError,
    Credential,
    DeviceInfo,
    DeviceSummary,
    Job,
    Journal,
    MemoryJournal,
    PartState,
    deadline,
    hookimpl,
)
from oqtopus_experiments_oqtopus._connection import Connection, OqtopusOptions

if TYPE_CHECKING:
    from oqtopus_experiments.testing import Subject

_ASKING = 30.0
"""Seconds that a question of a person may take: about devices or jobs, where nothing is lost without an answer."""


@frozen
class OqtopusBackend(OqtopusOptions):
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

    connection: Connection = attrs.field(
        init=False, repr=False, eq=False, default=attrs.Factory(Connection, takes_self=True)
    )

    @property
    def queued(self) -> bool:
        """Whether the jobs outlive this process: they do."""
        return True

    def identity(self) -> Mapping[str, Any]:
        """Return what was chosen, and where the service is: the environment may name another one tomorrow."""
        return {**super().identity(), "url": self.connection.url()}

    def credentials(self) -> Sequence[Credential]:
        """Return where the API token comes from, and to whom it goes; it is neither shown nor sent."""
        from oqtopus_experiments_oqtopus._credentials import resolve

        try:
            found = resolve(self.url, self.token, self.proxy, self.profile, allow_http=self.allow_http)
        except (AuthenticationError, ConfigError) as error:
            return [Credential("API token", problem=str(error))]
        return [Credential("API token", found.source.replace("the environment", "OQTOPUS_API_TOKEN"), found.url)]

    def submit(self, batch: Batch) -> Job:
        """Submit without keeping job ids on disk; `open` does that."""
        return self.open(batch, MemoryJournal())

    def check(self, batch: Batch) -> None:
        """
        Compile a batch for the device; nothing is sent but questions about the device.

        Raises:
            BackendError: For what the service would refuse, or fail without saying why.
        """
        from oqtopus_experiments_oqtopus._submission_requests import prepared

        prepared(self.connection, batch, self.connection.choose())

    def open(self, batch: Batch, journal: Journal) -> Job:
        """Submit what the journal does not know as submitted; every job id is in it before its job is submitted."""
        from oqtopus_experiments_oqtopus._submission import submit_or_resume

        return submit_or_resume(self.connection, batch, journal)

    def clock_step(self) -> float:
        """Return what delays must be multiples of, ns: the option `delay_step`."""
        return self.delay_step

    def clock_ahead(self) -> float | None:
        """Return by how many seconds the clock of the service is ahead of this one; None before it has answered."""
        return self.connection.clock_ahead()

    def synthesized(self, gates: Sequence[str], physical_qubits: Sequence[int]) -> Mapping[str, tuple[int, ...]]:
        """
        Return which gates are made of those of the device, by this side or by the service: on all qubits alike.

        Raises:
            BackendError: When the service has not answered for 30 s.
        """
        from oqtopus_experiments.transpilation import drives

        with deadline.within(_ASKING):
            native = self.connection.gates()
        return {gate: tuple(physical_qubits) for gate in gates if native and not drives(gate, native)}

    def job(self, job_id: str) -> Job:
        """Return the batch of a job submitted earlier, by the id of any of its jobs."""
        from oqtopus_experiments_oqtopus._submission import find

        return find(self.connection, job_id)

    def jobs(self, journal: Journal) -> Sequence[PartState]:
        """
        Return the state of every job a journal knows.

        Raises:
            BackendError: When the service has not answered for 30 s.
        """
        from oqtopus_experiments_oqtopus._asked_jobs import states

        with deadline.within(_ASKING):
            return states(self.connection, journal)

    def cancel(self, journal: Journal) -> int:
        """
        Cancel the jobs a journal knows; circuits not submitted yet never will be.

        Raises:
            BackendError: When the service has not answered for 30 s.
        """
        from oqtopus_experiments_oqtopus._asked_jobs import cancel

        with deadline.within(_ASKING):
            return cancel(self.connection, journal)

    def devices(self) -> Sequence[DeviceSummary]:
        """
        Return the devices the account may use.

        Raises:
            BackendError: When the service has not answered for 30 s.
        """
        with deadline.within(_ASKING):
            return self.connection.summaries()

    def device_info(self, name: str | None = None) -> DeviceInfo:
        """
        Return a device with its calibration; without a name, the one this backend runs on.

        Raises:
            BackendError: When the service has not answered for 30 s.
        """
        with deadline.within(_ASKING):
            return self.connection.info(name or self.device or self.connection.choose())

    def notes(self) -> Sequence[str]:
        """
        Return what was left out of what the service says about the device: gates nobody knows, values that cannot be.

        Raises:
            BackendError: When the service has not answered for 30 s.
        """
        with deadline.within(_ASKING):
            return self.connection.info(self.connection.choose()).notes

    def jobs_for(self, circuits: int) -> int:
        """Return one job for each circuit."""
        return circuits


@hookimpl
def register_backends() -> list[type[Backend]]:
    """Return the backend of this plugin."""
    return [OqtopusBackend]


@hookimpl
def conformance_subjects() -> list[Subject]:
    """Return the device that the environment and the config file lead to, and the token that nothing may show."""
    from oqtopus_experiments.testing import BackendSubject
    from oqtopus_experiments_oqtopus._credentials import resolve

    try:
        secrets: tuple[str, ...] = (resolve(None, None, None, None).token,)
    except (AuthenticationError, ConfigError):  # every check that asks the service says so
        secrets = ()
    return [BackendSubject(backend=OqtopusBackend(poll_interval=1.0), noise=0.4, secrets=secrets)]
