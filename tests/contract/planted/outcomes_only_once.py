"""A job that has yielded its outcomes yields nothing any more."""

from attrs import frozen
from sound_simulator import Simulator

from oqtopus_experiments import Job, hookimpl


class Once(Job):
    id = "once"

    def __init__(self, outcomes):
        self._left = list(outcomes)

    def status(self):
        return "succeeded"

    def outcomes(self, timeout=None):
        while self._left:
            yield self._left.pop(0)


@frozen(kw_only=True)
class Spent(Simulator):
    def submit(self, batch):
        return Once(super().submit(batch).outcomes())


@hookimpl
def register_backends():
    return [Spent]
