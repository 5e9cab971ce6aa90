"""What a server and the process that runs its jobs say to each other: one line of JSON each way."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from typing import Literal, TypeAlias

from attrs import evolve, field, frozen

from oqtopus_experiments_oqtopus_emulator._devices import Device, device_document, device_from_document
from oqtopus_experiments_oqtopus_emulator._jobs import Job

Stage: TypeAlias = Literal["prepare", "run"]
READY = "ready\n"
"""The first line of a worker, when it has imported what it needs."""
PING = "\n"
"""What a worker that is kept is asked before it is given a job; it says `READY` again."""
OUT_OF_MEMORY = 3
"""Exit code of a worker that had too little memory for a job."""


@frozen(kw_only=True)
class Order:
    """
    One stage of one job.

    Args:
        stage: What to do.
        job: The job.
        content: Its ``input.zip``.
        device: Where it runs.
        seed: Of the random numbers.
    """

    stage: Stage
    job: Job
    content: bytes = field(repr=False)
    device: Device = field(repr=False)
    seed: int | None

    def to_line(self) -> str:
        """Return the order as text."""
        document = {
            "stage": self.stage,
            "job": self.job.to_json(),
            "content": _text(self.content),
            "device": device_document(self.device),
            "seed": self.seed,
        }
        return json.dumps(document) + "\n"

    @classmethod
    def from_line(cls, line: str) -> Order:
        """Return the order `to_line` wrote."""
        document = json.loads(line)
        return cls(
            stage=document["stage"],
            job=Job.from_json(document["job"]),
            content=base64.b64decode(document["content"]),
            device=device_from_document(document["device"]),
            seed=document["seed"],
        )


@frozen(kw_only=True)
class Answer:
    """
    What became of an order.

    Args:
        files: Zips that were made, by name, also when it failed afterwards.
        seconds: Time on the device; None when it did not get there.
        failure: Why the job failed, in the words its user reads; None when it did not.
        cause: What the log says about that.
        unread: Whether it failed before the service fills in how it transpiles.
    """

    files: Mapping[str, bytes] = field(factory=dict, repr=False)
    seconds: float | None = None
    failure: str | None = None
    cause: str = ""
    unread: bool = False

    def after(self, files: Mapping[str, bytes]) -> Answer:
        """Return this answer with the files of an earlier stage before its own."""
        return evolve(self, files={**files, **self.files})

    def to_line(self) -> str:
        """Return the answer as text."""
        files = {name: _text(content) for name, content in self.files.items()}
        members = (files, self.seconds, self.failure, self.cause, self.unread)
        return json.dumps(members) + "\n"

    @classmethod
    def from_line(cls, line: str) -> Answer:
        """Return the answer `to_line` wrote."""
        files, seconds, failure, cause, unread = json.loads(line)
        made = {name: base64.b64decode(text) for name, text in files.items()}
        return cls(files=made, seconds=seconds, failure=failure, cause=cause, unread=unread)


def _text(content: bytes) -> str:
    return base64.b64encode(content).decode()
