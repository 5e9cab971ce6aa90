"""``/jobs``."""

from __future__ import annotations

import time
from typing import Any

import attrs
from fastapi import APIRouter, Request

from oqtopus_experiments_oqtopus_emulator._errors import ApiError
from oqtopus_experiments_oqtopus_emulator._jobs import CANCELLABLE, TERMINAL, Job, new_job_id
from oqtopus_experiments_oqtopus_emulator._models import JobStatus, SubmitJobRequest
from oqtopus_experiments_oqtopus_emulator._queries import list_query, page_of, requested_fields
from oqtopus_experiments_oqtopus_emulator._service import Service
from oqtopus_experiments_oqtopus_emulator._signing import BUCKET, upload_fields
from oqtopus_experiments_oqtopus_emulator._submission import accept
from oqtopus_experiments_oqtopus_emulator._views import job_view


def router(service: Service) -> APIRouter:
    """Return the routes."""
    routes = APIRouter(prefix="/jobs")
    state = service.state

    def own(job_id: str, request: Request) -> Job:
        job = state.job(job_id)
        if job is None or job.owner != request.scope["user"].name:
            raise ApiError(404, "job not found with the given id")
        return job

    @routes.post("")
    def register(request: Request) -> dict[str, Any]:
        if state.jobs() >= service.limits.jobs:
            raise ApiError(400, f"the emulator keeps {service.limits.jobs} jobs; delete some to make room")
        job = Job(job_id=new_job_id(), owner=request.scope["user"].name, created=time.time())
        state.save(job)
        fields = upload_fields(state.secret, f"{job.job_id}/input.zip")
        return {"job_id": job.job_id, "presigned_url": {"url": f"{_base(request)}/{BUCKET}", "fields": fields}}

    @routes.get("")
    def jobs(
        request: Request,
        fields: str | None = None,
        start_time: str | None = None,
        end_time: str | None = None,
        status: JobStatus | None = None,
        q: str | None = None,
        page: str = "1",
        size: str = "100",
        order: str = "ASC",
    ) -> list[dict[str, Any]]:
        names = requested_fields(fields)
        where, values = list_query(request.scope["user"].name, status and status.value, q, start_time, end_time)
        found = state.select(where, values, page_of(page, size, order))
        return [job_view(job, state.secret, _base(request), names) for job in found]

    @routes.post("/{job_id}/submit")
    def submit(job_id: str, body: SubmitJobRequest, request: Request) -> dict[str, str]:
        with state.transaction():
            accepted = accept(own(job_id, request), body, request.scope["user"], service)
            state.save(accepted)
            state.count(job_id, "submissions")
        service.engine.wake()
        return {"message": "job submitted"}

    @routes.get("/{job_id}/status")
    def status(job_id: str, request: Request) -> dict[str, str]:
        return {"job_id": job_id, "status": own(job_id, request).status}

    @routes.get("/{job_id}")
    def job(job_id: str, request: Request) -> dict[str, Any]:
        return job_view(own(job_id, request), state.secret, _base(request))

    @routes.post("/{job_id}/cancel")
    def cancel(job_id: str, request: Request) -> dict[str, str]:
        with state.transaction():
            found = own(job_id, request)
            if found.status in CANCELLABLE:
                state.save(attrs.evolve(found, status="cancelled"))
            elif found.status != "cancelled":
                raise ApiError(
                    400,
                    f"{job_id} job is not in valid status for cancellation (valid statuses for cancellation: "
                    "'registered', 'ready', 'submitted' and 'running')",
                )
        return {"message": "cancel request accepted"}

    @routes.delete("/{job_id}")
    def delete(job_id: str, request: Request) -> dict[str, str]:
        with state.transaction():
            if own(job_id, request).status not in TERMINAL:
                raise ApiError(
                    400,
                    f"{job_id} job is not in valid status for deletion (valid statuses for deletion: "
                    "'succeeded', 'failed' and 'cancelled')",
                )
            state.delete(job_id)
        return {"message": "job deleted"}

    return routes


def _base(request: Request) -> str:
    return str(request.base_url).rstrip("/")
