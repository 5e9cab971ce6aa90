"""
``/_emulator``: what the real service does not have. Counters for tests, and switches.

They need a token as every other route does: whatever page a browser shows could ask them otherwise.
"""

from __future__ import annotations

from typing import Any, Literal

import attrs
from fastapi import APIRouter
from pydantic import BaseModel

from oqtopus_experiments_oqtopus_emulator._engine import device_key
from oqtopus_experiments_oqtopus_emulator._errors import ApiError
from oqtopus_experiments_oqtopus_emulator._faults import Fault
from oqtopus_experiments_oqtopus_emulator._service import Service
from oqtopus_experiments_oqtopus_emulator._users import CONTROL


class DeviceChange(BaseModel):
    """What of a device can be changed while the server runs."""

    status: Literal["available", "unavailable"] | None = None
    info_form: Literal["url", "json", "null"] | None = None


def stats(service: Service) -> dict[str, Any]:
    """
    Return the counters since the state was new, restarts included.

    ``requests`` by endpoint, ``faults`` by endpoint and kind, ``jobs`` by id (``status``, ``owner``, ``name``,
    ``digest``, ``requests``, ``uploads``, ``submissions``, ``runs``), ``repeated`` (jobs beyond the first with the
    same content), ``tokens_sent_to_storage``, ``starts``.
    """
    counters = service.state.counters()
    jobs = {}
    digests: list[str] = []
    for job in service.state.select("TRUE", ()):
        counted = counters.get(job.job_id, {})
        jobs[job.job_id] = {
            "status": job.status,
            "owner": job.owner,
            "name": job.name,
            "digest": job.digest,
            **{name: counted.get(name, 0) for name in ("requests", "uploads", "submissions", "runs")},
        }
        digests += [job.digest] if job.digest else []
    general = counters.get("", {})
    return {
        "requests": counters.get("requests", {}),
        "faults": counters.get("faults", {}),
        "jobs": jobs,
        "repeated": len(digests) - len(set(digests)),
        "tokens_sent_to_storage": general.get("tokens sent to storage", 0),
        "starts": general.get("starts", 0),
    }


def router(service: Service) -> APIRouter:
    """Return the routes."""
    routes = APIRouter(prefix=CONTROL)

    @routes.get("/stats")
    def read_stats() -> dict[str, Any]:
        return stats(service)

    @routes.put("/faults")
    def replace_faults(rules: list[str]) -> list[str]:
        try:
            service.chance.replace([Fault.parse(rule) for rule in rules])
        except ValueError as error:
            raise ApiError(400, str(error)) from error
        return [str(fault) for fault in service.chance.faults]

    @routes.patch("/devices/{device_id}")
    def change_device(device_id: str, change: DeviceChange) -> dict[str, str]:
        key = device_key(device_id)
        if key not in service.devices:
            raise ApiError(404, f"there is no device {device_id!r}")
        service.devices[key] = attrs.evolve(service.devices[key], **change.model_dump(exclude_none=True))
        return {"message": "changed"}

    @routes.post("/jobs/{job_id}/advance")
    def advance(job_id: str) -> dict[str, str]:
        try:
            service.engine.advance(job_id)
        except KeyError as error:
            raise ApiError(404, f"there is no job {job_id!r}") from error
        job = service.state.job(job_id)
        return {"job_id": job_id, "status": job.status if job else "deleted"}

    return routes
