"""Does not know the record by which core asks for circuits to be submitted again."""

from attrs import frozen
from sound_queue import Queue

from oqtopus_experiments import hookimpl


@frozen(kw_only=True)
class Deaf(Queue):
    def open(self, batch, journal):
        return super().open(batch, Silenced(journal))

    def jobs(self, journal):
        return super().jobs(Silenced(journal))


class Silenced:
    """The journal without what core writes."""

    def __init__(self, journal):
        self._journal = journal
        self.gate, self.append, self.results = journal.gate, journal.append, journal.results

    @property
    def records(self):
        return [record for record in self._journal.records if "again" not in record]


@hookimpl
def register_backends():
    return [Deaf]
