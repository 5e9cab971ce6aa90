"""What is sent for each circuit of a batch: its program and the request around it, checked before any goes out."""

from __future__ import annotations

import io
import json
import zipfile
from typing import Any

from attrs import field, frozen

from oqtopus_experiments import Batch, ConfigError, UnsupportedOperationError
from oqtopus_experiments_oqtopus._connection import SERVICE_GATES, Connection, OqtopusOptions
from oqtopus_experiments_oqtopus._download import Reading
from oqtopus_experiments_oqtopus._job_registry import describe
from oqtopus_experiments_oqtopus._native import Native
from oqtopus_experiments_oqtopus._programs import compile_batch, plain_batch, read_all

MAX_NAME = 256
MAX_SHOTS = 10_000_000
MAX_MITIGATED = 32


@frozen
class SubmissionRequest:
    """
    What is sent for one circuit.

    Args:
        program: OpenQASM 3 text.
        body: Body of the submit request.
    """

    program: str
    body: dict[str, Any]


def pack(content: dict[str, Any]) -> bytes:
    """Return the input of a job as storage takes it: a zip with the one entry ``input.json``."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("input.json", json.dumps(content))
    return buffer.getvalue()


@frozen
class SubmissionRequests:
    """
    The programs of a batch for one device.

    Args:
        options: Options of the backend.
        batch: The batch.
        programs: OpenQASM 3 text of each circuit.
        readings: How the result of each is read.
    """

    options: OqtopusOptions
    batch: Batch
    programs: tuple[str, ...] = field(repr=False)
    readings: tuple[Reading, ...] = field(repr=False)

    @classmethod
    def make(cls, options: OqtopusOptions, batch: Batch, native: Native) -> SubmissionRequests:
        """
        Check a batch and write its programs.

        Raises:
            BackendError: For what the service would refuse, or fail without saying why.
        """
        check_batch(batch)
        readings = read_all(batch)
        widest = max(len(read.clbits or ()) for read in readings)
        if options.mitigate_readout and widest > MAX_MITIGATED:
            message = f"{batch.name!r} measures {widest} qubits at once; readout mitigation takes {MAX_MITIGATED}"
            raise UnsupportedOperationError(message)
        if options.transpiler == "local":
            programs = compile_batch(batch, readings, native, options.delay_step)
        else:
            with_delays = options.transpiler == "service"
            programs = plain_batch(batch, readings, native, options.delay_step, with_delays=with_delays)
        return cls(options, batch, programs, readings)

    def request(self, index: int, batch_id: str, device: str) -> SubmissionRequest:
        """Return what is sent for one circuit of the batch of that id."""
        circuit, count = self.batch.order.circuit(index), len(self.batch.circuits)
        body: dict[str, Any] = {
            "name": f"{self.batch.name} {circuit + 1}/{count}",
            "description": describe(batch_id, circuit, count, self.readings[index]),
            "device_id": device,
            "job_type": "sampling",
            "shots": self.batch.shots,
            "transpiler_info": self._transpiler(self.batch.circuits[index].num_qubits),
            "simulator_info": {},
            "mitigation_info": {"ro_error_mitigation": "pseudo_inverse"} if self.options.mitigate_readout else {},
        }
        return SubmissionRequest(self.programs[index], body)

    def _transpiler(self, width: int) -> dict[str, Any]:
        if self.options.transpiler == "local":
            return {"transpiler_lib": None}
        if self.options.transpiler == "default":
            return {}
        # Without "delay" among the gates the transpiler fails on every delay.
        options = {
            "optimization_level": 0,
            "initial_layout": list(self.batch.physical_qubits[:width]),
            "basis_gates": [*SERVICE_GATES, "delay"],
        }
        return {"transpiler_lib": "qiskit", "transpiler_options": options}


def prepared(connection: Connection, batch: Batch, device: str) -> SubmissionRequests:
    """
    Return the programs of a batch for a device, written once.

    Raises:
        BackendError: For what the device cannot run.
    """
    for known in connection.prepared:
        if isinstance(known, SubmissionRequests) and known.batch is batch:
            return known
    made = SubmissionRequests.make(connection.options, batch, connection.native(device))
    connection.prepared.append(made)
    return made


def check_batch(batch: Batch) -> None:
    """
    Refuse names and numbers of shots that the service would answer with an internal error.

    Raises:
        ConfigError: Naming the limit.
    """
    longest = len(f"{batch.name} {len(batch.circuits)}/{len(batch.circuits)}")
    if longest > MAX_NAME:
        message = (
            f"the name {batch.name[:40]!r}... is too long: with its number it has {longest} of {MAX_NAME} characters"
        )
        raise ConfigError(message, path="name")
    if batch.shots > MAX_SHOTS:
        message = f"{batch.shots} shots are beyond the {MAX_SHOTS} the service takes; spread them over several runs"
        raise ConfigError(message, path="shots")
