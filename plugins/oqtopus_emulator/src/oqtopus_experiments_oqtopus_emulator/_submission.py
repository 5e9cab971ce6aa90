"""What makes a registered job a submitted one: the checks of the service in its order, and the job's lot."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Mapping, Sequence
from typing import Any

import attrs

from oqtopus_experiments_oqtopus_emulator._engine import device_key
from oqtopus_experiments_oqtopus_emulator._errors import ApiError, InternalError
from oqtopus_experiments_oqtopus_emulator._jobs import Job
from oqtopus_experiments_oqtopus_emulator._limits import MEBIBYTE
from oqtopus_experiments_oqtopus_emulator._models import SubmitJobRequest
from oqtopus_experiments_oqtopus_emulator._service import Service
from oqtopus_experiments_oqtopus_emulator._users import User
from oqtopus_experiments_oqtopus_emulator._zips import unpack

# Widths of the columns of the service's database.
_MAX_NAME = 256
_MAX_DESCRIPTION = 1024
_MAX_INFO = 65_535


def accept(job: Job, body: SubmitJobRequest, user: User, service: Service) -> Job:
    """
    Return the job as submitted.

    Raises:
        ApiError: When it is refused; it stays registered then.
        InternalError: When a text is too long for its column.
    """
    if job.status != "registered":
        raise ApiError(
            400, f"{job.job_id} job is not in valid status for submission (valid status for submission: 'registered')"
        )
    device = service.devices.get(device_key(body.device_id))
    if device is None:
        raise ApiError(400, "device not found")
    if device.status != "available":
        raise ApiError(400, f"device {body.device_id} is not available")
    if not user.may_use(device.device_id):
        raise ApiError(403, f"cannot create job for device={body.device_id}")
    content = service.state.get(f"{job.job_id}/input.zip")
    if content is None:
        raise ApiError(400, f"job information input for {job.job_id} job not found")
    name, description = body.name or "", body.description or ""
    infos = [body.transpiler_info or {}, body.simulator_info or {}, body.mitigation_info or {}]
    too_long = any(len(json.dumps(info).encode()) > _MAX_INFO for info in infos)
    if len(name) > _MAX_NAME or len(description) > _MAX_DESCRIPTION or too_long:
        raise InternalError
    digest = _digest(content, body, infos)
    outcome = service.chance.draw("run")
    return attrs.evolve(
        job,
        status="submitted",
        submitted=time.time(),
        name=name,
        description=description,
        device_id=body.device_id,
        job_type=body.job_type.value,
        shots=body.shots,
        transpiler_info=infos[0],
        simulator_info=infos[1],
        mitigation_info=infos[2],
        digest=digest,
        repetition=service.state.equal_programs(digest),
        outcome=outcome.kind if outcome else "",
        outcome_seconds=outcome.seconds if outcome else 0.0,
    )


def _digest(content: bytes, body: SubmitJobRequest, infos: Sequence[Mapping[str, Any]]) -> str:
    """Return what two jobs have in common that ask for the same; names and descriptions do not count."""
    try:
        # A larger one is left to the process that may be ended.
        program = unpack(content) if len(content) <= MEBIBYTE else content
    except ValueError:  # the service does not open it either; the job will fail
        program = content
    asked = [device_key(body.device_id), body.job_type.value, body.shots, infos[0], infos[2]]
    return hashlib.sha256(json.dumps(asked, sort_keys=True).encode() + program).hexdigest()
