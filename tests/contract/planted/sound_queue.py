"""A queue without a fault: a job for each circuit on a server in memory, found by a tag if its id was not noted."""

import uuid

from attrs import define, field, frozen
from sound_simulator import Simulator

from oqtopus_experiments import (
    Backend,
    Counts,
    Failure,
    Job,
    JobError,
    MemoryJournal,
    Outcome,
    PartState,
    hookimpl,
    parameter,
)

SERVERS = {}


@define
class Server:
    """The other side: what it has taken, by id."""

    jobs: dict = field(factory=dict)

    def post(self, tag, circuit, shots, index):
        job_id = f"job-{len(self.jobs)}"
        (outcome,) = Simulator().submit(FakeBatch((circuit,), shots)).outcomes()
        self.jobs[job_id] = {"tag": tag, "index": index, "result": outcome.result, "state": "done"}
        return job_id


@frozen
class FakeBatch:
    circuits: tuple
    shots: int
    name: str = "server"


class Notes:
    """What a journal says: the newest tag and job of each circuit."""

    def __init__(self, journal):
        self.journal, self.tags, self.ids = journal, {}, {}
        for record in journal.records:
            self.read(record)

    def read(self, record):
        for index in record.get("again", ()):
            self.tags.pop(index, None)
            self.ids.pop(index, None)
        if "tag" in record:
            self.tags[record["index"]] = record["tag"]
        if "job_id" in record:
            self.ids[record["index"]] = record["job_id"]

    def write(self, record):
        self.journal.append(record)
        self.read(record)


@frozen
class QueuedJob(Job):
    server: Server
    ids: dict
    circuits: int
    known: dict
    name: str = ""

    @property
    def id(self):
        return self.name or next(iter(self.ids.values()), "nothing")

    def status(self):
        return "succeeded" if self.ids or self.known else "failed"

    def outcomes(self, timeout=None):
        for index in range(self.circuits):
            if index in self.known:
                yield Outcome(index, self.known[index])
            elif index in self.ids:
                yield Outcome(index, self.server.jobs[self.ids[index]]["result"])
            else:
                yield Outcome(index, Failure("never submitted: the run was cancelled"))


@frozen(kw_only=True)
class Queue(Backend):
    name = "planted_queue"
    queued = True
    server: str = parameter("here", help="name of the server")
    token: str | None = parameter(None, secret=True, help="who is asking")

    @property
    def service(self):
        return SERVERS.setdefault(self.server, Server())

    def submit(self, batch):
        return self.open(batch, MemoryJournal(batch.order))

    def check(self, batch):
        for circuit in batch.circuits:
            Simulator().solved(circuit)

    def open(self, batch, journal):
        self.check(batch)
        notes = Notes(journal)
        known = {index: result for index, result in journal.results().items() if isinstance(result, Counts)}
        for index in self.unsent(batch, notes, known):
            self.send(notes, index, batch)
        return QueuedJob(self.service, dict(notes.ids), len(batch.circuits), known)

    def unsent(self, batch, notes, known):
        return [index for index in range(len(batch.circuits)) if index not in notes.ids and index not in known]

    def send(self, notes, index, batch):
        with notes.journal.gate.passing() as allowed:
            if not allowed:
                return
            if index not in notes.tags:
                notes.write({"index": index, "tag": uuid.uuid4().hex})
            tag = notes.tags[index]
            sent = [job_id for job_id, job in self.service.jobs.items() if job["tag"] == tag]
            job_id = sent[0] if sent else self.service.post(tag, batch.circuits[index], batch.shots, index)
            notes.write({"index": index, "job_id": job_id})

    def job(self, job_id):
        if job_id not in self.service.jobs:
            raise JobError(f"server {self.server!r} has no job {job_id!r}")
        index = self.service.jobs[job_id]["index"]

        class One(QueuedJob):
            def outcomes(self, timeout=None):
                yield Outcome(index, self.server.jobs[job_id]["result"])

        return One(self.service, {index: job_id}, 1, {}, job_id)

    def jobs(self, journal):
        ids = Notes(journal).ids
        return [PartState(index, ids[index], self.service.jobs[ids[index]]["state"]) for index in sorted(ids)]

    def cancel(self, journal):
        journal.gate.close()
        return 0

    def jobs_for(self, circuits):
        return circuits


@hookimpl
def register_backends():
    return [Queue]
