"""Jobs and devices as the API shows them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from oqtopus_experiments_oqtopus_emulator._devices import Device
from oqtopus_experiments_oqtopus_emulator._errors import InternalError
from oqtopus_experiments_oqtopus_emulator._jobs import Job, time_text
from oqtopus_experiments_oqtopus_emulator._signing import download_url
from oqtopus_experiments_oqtopus_emulator._zips import pack

MEMBERS = (
    "job_id", "name", "description", "job_type", "status", "device_id", "shots", "job_info", "transpiler_info",
    "simulator_info", "mitigation_info", "execution_time", "submitted_at", "ready_at", "running_at", "ended_at",
)  # fmt: skip
_FILES = ("combined_program", "result", "transpile_result")


def job_view(job: Job, secret: str, base: str, fields: Sequence[str] = MEMBERS) -> dict[str, Any]:
    """
    Return a job without the members that are null, with fresh URLs.

    Raises:
        InternalError: For a job cancelled before it was submitted, which the service cannot show.
    """
    if job.status == "registered":
        shown: dict[str, Any] = {"job_id": job.job_id, "status": job.status}
        return {name: shown[name] for name in MEMBERS if name in shown and name in fields}
    if not job.job_type and "job_type" in fields:
        raise InternalError
    names = ["input", *(name for name in _FILES if name in job.files)]
    urls = {name: download_url(secret, base, f"{job.job_id}/{name}.zip") for name in names}
    shown = {
        "job_id": job.job_id,
        "name": job.name,
        "description": job.description,
        "job_type": job.job_type,
        "status": job.status,
        "device_id": job.device_id,
        "shots": job.shots,
        "job_info": urls if job.message is None else {**urls, "message": job.message},
        "transpiler_info": job.transpiler_info,
        "simulator_info": job.simulator_info,
        "mitigation_info": job.mitigation_info,
        "execution_time": job.execution_time,
        "submitted_at": time_text(job.submitted),
        "ready_at": time_text(job.ready),
        "running_at": time_text(job.running),
        "ended_at": time_text(job.ended),
    }
    return {name: value for name, value in shown.items() if name in fields and value is not None}


def device_view(device: Device, secret: str, base: str, pending: int) -> dict[str, Any]:
    """Return a device, nulls included."""
    import json

    info = None
    if device.info is not None and device.info_form == "url":
        info = download_url(secret, base, device.info_key)
    elif device.info is not None and device.info_form == "json":
        info = json.dumps(device.info)
    return {
        "device_id": device.device_id,
        "device_type": device.device_type,
        "status": device.status,
        "available_at": None,
        "n_pending_jobs": pending,
        "n_qubits": device.n_qubits,
        "basis_gates": list(device.basis_gates),
        "supported_instructions": list(device.supported_instructions),
        "device_info": info,
        "calibrated_at": device.calibrated_at,
        "description": device.description,
    }


def device_info_zip(device: Device) -> bytes:
    """Return ``device_info.zip`` of a device that has a calibration."""
    import json

    return pack({"device_info.json": json.dumps(device.info)})
