"""A job as the server knows it, and its id."""

from __future__ import annotations

import json
import secrets
import time
from collections.abc import Sequence
from datetime import datetime, timezone
from typing import Any

import attrs
from attrs import field, frozen

TERMINAL = ("succeeded", "failed", "cancelled")
CANCELLABLE = ("registered", "submitted", "ready", "running")


@frozen(kw_only=True)
class Job:
    """
    One row of the job table.

    Times are seconds since 1970 or None. ``number`` counts submissions; with ``repetition``, how many equal programs
    were submitted before, it makes the random numbers of a job independent of the order in which jobs arrive.
    """

    job_id: str
    owner: str
    created: float
    status: str = "registered"
    name: str = ""
    description: str = ""
    device_id: str = ""
    job_type: str = ""
    shots: int = 0
    transpiler_info: dict[str, Any] = field(factory=dict)
    simulator_info: dict[str, Any] = field(factory=dict)
    mitigation_info: dict[str, Any] = field(factory=dict)
    files: Sequence[str] = ()
    message: str | None = None
    execution_time: float | None = None
    submitted: float | None = None
    ready: float | None = None
    running: float | None = None
    ended: float | None = None
    digest: str = ""
    repetition: int = 0
    runs: int = 0
    outcome: str = ""
    outcome_seconds: float = 0.0

    def to_json(self) -> str:
        """Return the job as text."""
        return json.dumps(attrs.asdict(self))

    @classmethod
    def from_json(cls, text: str) -> Job:
        """Return the job `to_json` wrote."""
        return cls(**json.loads(text))


def new_job_id() -> str:
    """Return a time-ordered id of the form the service makes: 36 bits of seconds, 24 bits of their fraction."""
    now = time.time_ns()
    seconds, nanoseconds = divmod(now, 10**9)
    fraction = (nanoseconds << 24) // 10**9
    high = (seconds << 12 | fraction >> 12) << 16 | 0x7000 | (fraction & 0xFFF)
    text = f"{high:016x}8000{secrets.randbits(48):012x}"
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


def time_text(seconds: float | None) -> str | None:
    """Return a time as the service writes it: UTC, whole seconds."""
    if seconds is None:
        return None
    return datetime.fromtimestamp(int(seconds), tz=timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
