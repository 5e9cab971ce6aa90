"""What requests may hold, as pydantic models: their complaints are the service's 422 answers."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from pydantic import BaseModel, Field


class JobType(StrEnum):
    """Types of job; the order is that of the service's message."""

    estimation = "estimation"
    sampling = "sampling"
    multi_manual = "multi_manual"
    sse = "sse"


class JobStatus(StrEnum):
    """States of a job."""

    registered = "registered"
    submitted = "submitted"
    ready = "ready"
    running = "running"
    cancelling = "cancelling"
    succeeded = "succeeded"
    failed = "failed"
    cancelled = "cancelled"


class SubmitJobRequest(BaseModel):
    """Body of a submission. Unknown members are ignored, as the service does."""

    name: str | None = None
    description: str | None = None
    device_id: str
    job_type: JobType
    transpiler_info: dict[str, Any] | None = None
    simulator_info: dict[str, Any] | None = None
    mitigation_info: dict[str, Any] | None = None
    shots: int = Field(ge=1, le=10_000_000)
