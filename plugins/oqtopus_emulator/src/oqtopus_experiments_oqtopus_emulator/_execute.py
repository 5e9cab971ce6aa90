"""One job from its input to its files, in the stages its user can tell apart."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from attrs import frozen

from oqtopus_experiments_oqtopus_emulator import _gateway as gateway
from oqtopus_experiments_oqtopus_emulator._devices import Device
from oqtopus_experiments_oqtopus_emulator._errors import GATEWAY_FAILED, TRANSPILE_FAILED, JobFailure
from oqtopus_experiments_oqtopus_emulator._jobs import Job
from oqtopus_experiments_oqtopus_emulator._limits import MAX_OUTPUT
from oqtopus_experiments_oqtopus_emulator._mitigation import mitigate
from oqtopus_experiments_oqtopus_emulator._programs import Combined, combine, divide, parse, programs_of, read_input
from oqtopus_experiments_oqtopus_emulator._transpiling import transpile
from oqtopus_experiments_oqtopus_emulator._zips import pack

if TYPE_CHECKING:
    from qiskit import QuantumCircuit


@frozen
class Programs:
    """
    What a job asks to run.

    Args:
        texts: Its programs.
        combined: All of them as one, for a ``multi_manual`` job; None for others.
    """

    texts: Sequence[str]
    combined: Combined | None


@frozen
class Prepared:
    """
    A job ready for the device.

    Args:
        circuit: What the device gets.
        submitted: The first program as it was submitted.
        widths: Classical bits of each program of a ``multi_manual`` job; None for others.
        files: Files made so far, by name.
    """

    circuit: QuantumCircuit
    submitted: QuantumCircuit
    widths: Sequence[int] | None
    files: Mapping[str, bytes]


@frozen
class Result:
    """
    What the device returned.

    Args:
        zipped: ``result.zip``.
        seconds: Time it took.
    """

    zipped: bytes
    seconds: float


def read(job: Job, content: bytes, device: Device) -> Programs:
    """
    Read the input of a job, and combine its programs when it has several.

    Raises:
        JobFailure: With the text its user sees.
    """
    document = read_input(content)
    if job.job_type == "estimation" and not document.get("operator"):
        message = "the operator is not specified in the job."
        raise JobFailure(message)
    if job.job_type not in ("sampling", "multi_manual"):
        message = f"the emulator does not run {job.job_type} jobs"
        raise JobFailure(message)
    texts = programs_of(document)
    return Programs(texts, combine(texts, device.n_qubits) if job.job_type == "multi_manual" else None)


def prepare(job: Job, programs: Programs, device: Device) -> Prepared:
    """
    Transpile, unless the job has that switched off. Its ``transpiler_info`` must not be empty any more.

    Raises:
        JobFailure: With the text its user sees.
    """
    switched_off = job.transpiler_info.get("transpiler_lib", "") is None
    submitted = parse(programs.texts[0], GATEWAY_FAILED if switched_off else TRANSPILE_FAILED)
    circuit = programs.combined.circuit if programs.combined else submitted
    files: dict[str, bytes] = {}
    if programs.combined:
        from qiskit import qasm3

        files["combined_program"] = _output({"combined_program": qasm3.dumps(circuit)})
    if not switched_off:
        transpiled = transpile(circuit, device, job.transpiler_info)
        files["transpile_result"] = _output({"transpile_result.json": json.dumps(transpiled.document)})
        circuit = transpiled.circuit
    return Prepared(circuit, submitted, programs.combined.widths if programs.combined else None, files)


def run(job: Job, prepared: Prepared, device: Device, seed: int | None) -> Result:
    """
    Run a prepared job.

    Raises:
        JobFailure: With the text its user sees.
    """
    started = time.perf_counter()
    counts = gateway.run(prepared.circuit, device, job.shots, seed, f"{job.digest} {job.repetition}")
    elapsed = time.perf_counter() - started
    if job.mitigation_info.get("ro_error_mitigation") == "pseudo_inverse":
        counts = mitigate(counts, prepared.submitted, device)
    divided = None if prepared.widths is None else divide(counts, prepared.widths)
    document = {"sampling": {"counts": counts, "divided_counts": divided}, "estimation": None}
    return Result(_output({"result.json": json.dumps(document)}), round(elapsed, 3))


def _output(entries: dict[str, str | bytes]) -> bytes:
    zipped = pack(entries)
    if len(zipped) > MAX_OUTPUT:
        message = f"the emulator keeps no {next(iter(entries))} of {len(zipped)} bytes; at most {MAX_OUTPUT}"
        raise JobFailure(message)
    return zipped
