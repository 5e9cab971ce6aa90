"""The command line with a backend that queues slowly, and an analyzer that thinks: run as a program by tests."""

from __future__ import annotations

import importlib.util
import sys
import time
from pathlib import Path
from typing import ClassVar

from attrs import field, frozen

from oqtopus_experiments import Analyzer, Backend, Counts, Job, Outcome, PartState, hookimpl
from oqtopus_experiments.plugins import _registry as plugins

PAUSE = 0.02


@frozen
class SlowJob(Job):
    id: str = "slow"
    batch: object = None
    known: dict = field(factory=dict)

    def status(self):
        return "running"

    def outcomes(self, timeout=None):
        Path("waiting").touch()
        for index, circuit in enumerate(self.batch.circuits):
            if index not in self.known:
                time.sleep(PAUSE)
            ones = round(circuit.p1 * self.batch.shots)
            yield Outcome(
                index, self.known.get(index) or Counts.from_dict({"1": ones, "0": self.batch.shots - ones}, 1)
            )


@frozen(kw_only=True)
class SlowQueue(Backend):
    """A queue that takes its time."""

    name: ClassVar[str] = "slow"
    queued: ClassVar[bool] = True

    def submit(self, batch):
        raise NotImplementedError

    def open(self, batch, journal):
        Path("submitting").touch()
        noted = {record["index"] for record in journal.records if "index" in record}
        for index in range(len(batch.circuits)):
            if index not in noted:
                journal.append({"job_id": f"job-{index}", "index": index})
                with Path("service").open("a") as service:
                    service.write(f"{index}\n")
                time.sleep(PAUSE)
        return SlowJob("slow", batch, dict(journal.results()))

    def jobs(self, journal):
        return [PartState(record["index"], record["job_id"], "running") for record in journal.records]

    def cancel(self, journal):
        time.sleep(1.5)
        return len(journal.records)


@frozen(kw_only=True)
class Thinking(Analyzer):
    """The mean, after a while."""

    name: ClassVar[str] = "thinking"

    def analyze(self, experiment, dataset):
        Path("writing").touch()
        time.sleep(0.2)
        return fakes.Mean().analyze(experiment, dataset)


@hookimpl
def register_backends():
    return [SlowQueue]


@hookimpl
def register_analyzers():
    return [Thinking]


if __name__ == "__main__":
    import signal

    # A shell that runs tests in the background lets its children ignore Ctrl-C; a person's terminal does not.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    from oqtopus_experiments.cli import program

    spec = importlib.util.spec_from_file_location("fakes", Path(__file__).with_name("fakes.py"))
    sys.modules["fakes"] = fakes = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(fakes)
    registry = plugins.PluginRegistry(found=[])
    registry.register(fakes, "fakes")
    registry.register(sys.modules["__main__"], "slow-queue")
    plugins._current = registry
    Path("ready").touch()
    program()
