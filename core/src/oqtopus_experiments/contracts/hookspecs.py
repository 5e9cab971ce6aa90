"""
The contract of a plugin: hooks that return classes, and hooks that are told what ended. A plugin implements those it
has something for.

A plugin is a distribution with an entry point in group ``oqtopus_experiments``::

    [project.entry-points.oqtopus_experiments]
    ramsey = "my_package.ramsey"

whose module is cheap to import (heavy libraries are imported inside the methods that use them) and holds functions
marked `hookimpl`. A misspelt hook is an error, not silence.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pluggy

if TYPE_CHECKING:
    from oqtopus_experiments.contracts.analyzed import AnalyzedExperiment
    from oqtopus_experiments.contracts.analyzer import Analyzer
    from oqtopus_experiments.contracts.backend import Backend
    from oqtopus_experiments.contracts.executors import ExecutorProvider
    from oqtopus_experiments.contracts.experiment import Declaration
    from oqtopus_experiments.contracts.mitigation import Mitigation
    from oqtopus_experiments.contracts.subject import Subject

PROJECT = "oqtopus_experiments"
"""Name of the entry point group and of the pluggy project."""

hookspec = pluggy.HookspecMarker(PROJECT)
hookimpl = pluggy.HookimplMarker(PROJECT)
"""Marks a function of a plugin as the implementation of the hook it is called like."""


@hookspec
def register_experiments() -> list[type[Declaration]]:
    """
    Return the experiments of a plugin. A complete plugin that measures how often a reset qubit reads 1::

        import numpy as np
        from attrs import frozen
        from oqtopus_experiments import Axis, Experiment, FitModel, Sweep, ge, hookimpl, parameter

        def constant(repetition, excited):
            return excited + 0 * repetition

        @frozen(kw_only=True)
        class Idle(Experiment):
            \"\"\"P(1) of a qubit to which nothing is done.\"\"\"

            name = "idle"
            repetitions: int = parameter(5, ge(2), help="equal circuits")

            def sweep(self):
                return Sweep(Axis("repetition", np.arange(self.repetitions)))

            def circuit(self, repetition):
                from qiskit import QuantumCircuit

                circuit = QuantumCircuit(1, 1)
                circuit.measure(0, 0)
                return circuit

            def fit_model(self):
                return FitModel(constant, lambda repetition, signal: {"excited": signal.mean()}, flat="")

        @hookimpl
        def register_experiments():
            return [Idle]
    """
    raise NotImplementedError


@hookspec
def register_backends() -> list[type[Backend]]:
    """
    Return the backends of a plugin. A complete plugin, a device that reads 0 or 1 at random::

        import uuid
        import numpy as np
        from attrs import frozen
        from oqtopus_experiments import Backend, Counts, FinishedJob, Outcome, hookimpl, parameter

        @frozen(kw_only=True)
        class Coin(Backend):
            name = "coin"
            drifts = False
            bias: float = parameter(0.5, help="probability of 1")

            def submit(self, batch):
                rng = np.random.default_rng()
                outcomes = []
                for index, circuit in enumerate(batch.circuits):
                    shots = rng.random((batch.shots, circuit.num_clbits)) < self.bias
                    outcomes.append(Outcome(index, Counts.from_shots(shots)))
                return FinishedJob(uuid.uuid4().hex, outcomes)

        @hookimpl
        def register_backends():
            return [Coin]
    """
    raise NotImplementedError


@hookspec
def register_analyzers() -> list[type[Analyzer]]:
    """
    Return the analyzers of a plugin. A complete plugin that reports the mean over the sweep::

        from attrs import frozen
        from oqtopus_experiments import Analysis, Analyzer, Quantity, Reason, Verdict, hookimpl

        @frozen(kw_only=True)
        class Mean(Analyzer):
            name = "mean"

            def analyze(self, experiment, dataset):
                analyses = []
                for target, mean, stderr in zip(dataset.targets, dataset.mean, dataset.stderr):
                    error = (stderr**2).sum() ** 0.5 / len(stderr)
                    verdict = Verdict([Reason("averaged", "the mean over the sweep", "good")])
                    analyses.append(Analysis(target, [Quantity("mean", mean.mean(), error)], verdict))
                return analyses

        @hookimpl
        def register_analyzers():
            return [Mean]
    """
    raise NotImplementedError


@hookspec
def register_mitigations() -> list[type[Mitigation]]:
    """
    Return the mitigations of a plugin: what an experiment asks for with ``mitigation = "<name>"``.

    Each names the experiment by which it is calibrated; core finds, checks and keeps the calibration.
    """
    raise NotImplementedError


@hookspec
def register_executors() -> list[type[ExecutorProvider]]:
    """
    Return the executors of a plugin: where ``oqx analyze RUN --executor <name>`` fits. A complete plugin of threads::

        from concurrent.futures import ThreadPoolExecutor
        from attrs import frozen
        from oqtopus_experiments import ExecutorProvider, ge, hookimpl, parameter

        @frozen(kw_only=True)
        class Threads(ExecutorProvider):
            name = "threads"
            threads: int = parameter(2, ge(1), help="how many")

            def open(self):
                return ThreadPoolExecutor(self.threads)

        @hookimpl
        def register_executors():
            return [Threads]
    """
    raise NotImplementedError


@hookspec
def conformance_subjects() -> list[Subject]:
    """
    Return what the classes of a plugin are verified by, where their defaults do not do: ``oqx verify`` asks.

    An `ExperimentSubject`, `BackendSubject` or `AnalyzerSubject` each, from `oqtopus_experiments.testing`: an instance,
    the truth its data are drawn from, and the checks it is known not to pass, each with the reason.
    """
    raise NotImplementedError


@hookspec
def experiment_finished(
    run: str,
    experiment: AnalyzedExperiment,
    declaration: Declaration,
    provenance: Mapping[str, Any],
    folder: Path,
) -> None:
    """
    Be told that an experiment of a run has ended; its files are written. Ask for the arguments you need by name.

    Called for every run with a folder: from the command line, from Python, resumed. A run that goes on from where it
    was interrupted tells of all its experiments when it ends again. What this raises is logged and harms nothing.
    The provenance of counts that were taken elsewhere has no ``backend`` and no ``seed``.

    Args:
        run: Name of the run.
        experiment: Its label, its analyses (quantities with errors, verdicts), or the problem for which there are none.
        declaration: The experiment that was run, with its parameters.
        provenance: Where the numbers come from: ``created``, ``backend``, ``seed``, ``versions``, ``plugins``.
        folder: The folder of this experiment within the run folder, which is its parent.
    """
    raise NotImplementedError


@hookspec
def run_finished(
    run: str,
    experiments: Sequence[AnalyzedExperiment],
    provenance: Mapping[str, Any],
    folder: Path,
    complete: bool,
) -> None:
    """
    Be told that a run has ended; its report is written and nobody holds its folder. Otherwise as `experiment_finished`.

    Args:
        run: Name of the run.
        experiments: All its experiments, in order.
        provenance: Where the numbers come from.
        folder: The run folder.
        complete: Whether nothing more can come; otherwise ``oqx resume`` may bring more, and this is called again.
    """
    raise NotImplementedError
