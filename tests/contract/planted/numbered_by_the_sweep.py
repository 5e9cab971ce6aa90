"""Says of which circuit of the experiment an outcome is, and not at which position of the batch it stood."""

from attrs import frozen
from sound_simulator import Simulator

from oqtopus_experiments import FinishedJob, Outcome, hookimpl


@frozen(kw_only=True)
class Numbered(Simulator):
    def submit(self, batch):
        job = super().submit(batch)
        return FinishedJob(job.id, [Outcome(batch.order.circuit(o.index), o.result) for o in job.outcomes()])


@hookimpl
def register_backends():
    return [Numbered]
