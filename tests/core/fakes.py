"""A plugin written for the tests of core: no quantum library, but every contract."""

from __future__ import annotations

import sys
from concurrent.futures import ThreadPoolExecutor
from typing import ClassVar

import numpy as np
from attrs import frozen

from oqtopus_experiments import (
    Analysis,
    Analyzer,
    Axis,
    Backend,
    BackendError,
    Counts,
    ExecutorProvider,
    Experiment,
    Failure,
    FinishedJob,
    Outcome,
    Quantity,
    Reason,
    Sweep,
    Verdict,
    ge,
    gt,
    hookimpl,
    parameter,
)


@frozen
class ToyCircuit:
    """As much of a circuit as core looks at, and the probability of 1 a toy device reads."""

    p1: float
    num_qubits: int = 1
    num_clbits: int = 1


@frozen(kw_only=True)
class Ramp(Experiment):
    """P(1) rises linearly with the position. Nothing else is known about it."""

    name: ClassVar[str] = "ramp"
    analyzer: ClassVar[str] = "mean"
    points: int = parameter(5, ge(2), help="number of positions")
    top: float = parameter(1.0, gt(0), help="largest position")
    wait: float = parameter(100.0, gt(0), unit="ns", help="pause before each position")

    def sweep(self):
        return Sweep(Axis("position", np.linspace(0, self.top, self.points)))

    def circuit(self, position):
        return ToyCircuit(position)


@frozen(kw_only=True)
class Toy(Backend):
    """A device that reads 1 with the probability written in the circuit."""

    name: ClassVar[str] = "toy"
    drifts: ClassVar[bool] = False
    seed: int | None = parameter(None, ge(0), help="the same seed gives the same counts")
    broken: tuple[int, ...] = parameter((), help="circuits that fail", converter=tuple)
    refuses: bool = parameter(False, help="refuse every batch")

    def submit(self, batch):
        if self.refuses:
            message = "the toy refuses; switch refuses off"
            raise BackendError(message)
        rng = np.random.default_rng(self.seed)
        outcomes = []
        for i, circuit in enumerate(batch.circuits):
            if i in self.broken:
                outcomes.append(Outcome(i, Failure("the toy fell off the table", "toy-1")))
            else:
                outcomes.append(Outcome(i, Counts.from_shots(rng.random((batch.shots, 1)) < circuit.p1)))
        return FinishedJob("toy-1", outcomes)


@frozen(kw_only=True)
class Mean(Analyzer):
    """The mean over the sweep."""

    name: ClassVar[str] = "mean"

    def analyze(self, experiment, dataset):
        analyses = []
        for target, mean, stderr in zip(dataset.targets, dataset.mean, dataset.stderr, strict=True):
            used = np.isfinite(mean)
            error = float(np.sqrt((stderr[used] ** 2).sum()) / used.sum())
            verdict = Verdict([Reason("averaged", "the mean over the sweep", "good")])
            analyses.append(Analysis(target, [Quantity("mean", float(mean[used].mean()), error)], verdict))
        return analyses


@frozen(kw_only=True)
class Threads(ExecutorProvider):
    """Threads of this process."""

    name: ClassVar[str] = "threads"
    width: int = parameter(2, ge(1), help="how many threads")

    def open(self):
        return ThreadPoolExecutor(self.width)


@hookimpl
def register_experiments():
    return [Ramp]


@hookimpl
def register_backends():
    return [Toy]


@hookimpl
def register_analyzers():
    return [Mean]


@hookimpl
def register_executors():
    return [Threads]


MODULE = sys.modules[__name__]
