"""The id of a job is noted once it is submitted, and nothing before: whoever ends in between leaves an orphan."""

from attrs import frozen
from sound_queue import Queue

from oqtopus_experiments import hookimpl


@frozen(kw_only=True)
class Late(Queue):
    def send(self, notes, index, batch):
        with notes.journal.gate.passing() as allowed:
            if allowed:
                job_id = self.service.post("", batch.circuits[index], batch.shots, index)
                notes.write({"index": index, "job_id": job_id})


@hookimpl
def register_backends():
    return [Late]
