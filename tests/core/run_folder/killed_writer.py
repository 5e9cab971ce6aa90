"""
Writes run folders in forked children and kills each with SIGKILL at a moment of its own: run by test_kill.py.

Arguments: folder of runs, number of children. Prints how many were killed before they were done.
"""

import os
import signal
import sys
import time
from pathlib import Path

import numpy as np
from attrs import frozen

from oqtopus_experiments import (
    Analysis,
    Analyzer,
    Axis,
    Counts,
    Curve,
    Experiment,
    ExperimentResult,
    Outcome,
    Quantity,
    Reason,
    Sweep,
    Verdict,
)
from oqtopus_experiments.contracts.dataset import Dataset
from oqtopus_experiments.execution import _outputs as files
from oqtopus_experiments.storage._manifest import RecordedExperiment, RunManifest
from oqtopus_experiments.storage._run_folder import RunFolder

POINTS = 12


@frozen(kw_only=True)
class Decay(Experiment):
    """As in conftest.py, under the same name and with the same parameters."""

    name = "test-decay"
    points: int = POINTS
    window: float = 1000.0

    def sweep(self):
        return Sweep(Axis("delay", np.linspace(0, self.window, self.points), unit="ns"))

    def circuit(self, delay):
        raise NotImplementedError


@frozen(kw_only=True)
class Mean(Analyzer):
    name = "test-mean"

    def analyze(self, experiment, dataset):
        verdict = Verdict([Reason("averaged", "the mean over the sweep", "good")])
        curve = Curve(np.linspace(0, 1, 500), np.linspace(0, 1, 500))
        return [Analysis(target, [Quantity("level", 0.5, 0.1)], verdict, curves=[curve]) for target in dataset.targets]


def outcomes(experiment):
    rng = np.random.default_rng(1)
    targets = len(experiment.targets)
    return [Outcome(i, Counts.from_shots(rng.random((200, targets)) < 0.5)) for i in range(POINTS)]


def write(runs, experiment, made):
    """Write a run as `oqx run` does, figures aside: they are written like any other file."""
    analyzer = {"use": "test-mean", "options": {}}
    entry = RecordedExperiment("decay", "test-decay", 200, experiment.parameters(), analyzer)
    folder = RunFolder.create(runs, RunManifest("killed", {"use": "gone"}, (entry,)))
    results = {}
    with folder.writing("decay") as section:
        section.note_sweep(experiment.sweep(), ())
        section.append({"job_id": "7"})
        for outcome in made:
            section.record([outcome])
            results[outcome.index] = outcome.result
        section.finish({"job_id": "7", "status": "succeeded"})
    result = ExperimentResult(experiment, Dataset.from_counts(experiment, results), results, {"job_id": "7"})
    files.finish_run(folder, [files.write_experiment(folder, "decay", result, Mean())], complete=True)


def main():
    runs, children = Path(sys.argv[1]), int(sys.argv[2])
    files.write_figures = lambda *_: None
    experiment = Decay(physical_qubits=range(4))
    made = outcomes(experiment)
    write(runs, experiment, made)  # with the time to import what it needs
    started = time.perf_counter()
    write(runs, experiment, made)
    whole = time.perf_counter() - started
    killed = 0
    for number in range(children):
        child = os.fork()
        if not child:
            write(runs, experiment, made)
            os._exit(0)
        time.sleep(whole * number / children)
        os.kill(child, signal.SIGKILL)
        killed += os.WIFSIGNALED(os.waitpid(child, 0)[1])
    print(killed)  # noqa: T201  # for the test that started this


if __name__ == "__main__":
    main()
