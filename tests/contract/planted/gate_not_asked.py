"""Submits although the run was cancelled: it holds the gate, and does not look whether it is open."""

import contextlib

from attrs import frozen
from sound_queue import Notes, Queue

from oqtopus_experiments import hookimpl


class Unseen:
    """The journal, its gate taken for open."""

    def __init__(self, journal):
        self._journal = journal
        self.gate = self

    @property
    def records(self):
        return self._journal.records

    def append(self, record):
        self._journal.append(record)

    @contextlib.contextmanager
    def passing(self):
        with self._journal.gate.passing():
            yield True


@frozen(kw_only=True)
class Pushing(Queue):
    def send(self, notes, index, batch):
        seen = Notes(Unseen(notes.journal))
        super().send(seen, index, batch)
        notes.tags, notes.ids = seen.tags, seen.ids


@hookimpl
def register_backends():
    return [Pushing]
