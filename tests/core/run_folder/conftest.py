"""A small experiment and its analyzer, and run folders made of them without any backend or circuit."""

from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
from attrs import frozen

from oqtopus_experiments import (
    Analysis,
    Analyzer,
    Axis,
    Counts,
    Experiment,
    Failure,
    Outcome,
    Quantity,
    Reason,
    Sweep,
    Verdict,
    ge,
    hookimpl,
    parameter,
)
from oqtopus_experiments.plugins._registry import registry
from oqtopus_experiments.storage._manifest import RecordedExperiment, RunManifest
from oqtopus_experiments.storage._run_folder import RunFolder


@frozen(kw_only=True)
class Decay(Experiment):
    """P(1) that halves over the sweep."""

    name = "test-decay"
    analyzer = "test-mean"
    points: int = parameter(5, ge(2))
    window: float = parameter(1000.0, unit="ns")

    def sweep(self):
        return Sweep(Axis("delay", np.linspace(0, self.window, self.points), unit="ns"))

    def circuit(self, delay):
        raise NotImplementedError


@frozen(kw_only=True)
class Mean(Analyzer):
    """Mean over the points there are."""

    name = "test-mean"
    offset: float = parameter(0.0)

    def analyze(self, experiment, dataset):
        analyses = []
        for index, target in enumerate(dataset.targets):
            used = dataset.shots[index] > 0
            if not used.any():
                verdict = Verdict([Reason("too_few_points", "nothing was measured", "bad")])
                analyses.append(Analysis(target, [Quantity("level", np.nan, np.nan)], verdict))
                continue
            mean = float(dataset.mean[index, used].mean()) + self.offset
            error = float(np.sqrt((dataset.stderr[index, used] ** 2).sum()) / used.sum())
            verdict = Verdict([Reason("averaged", "the mean over the sweep", "good")])
            analyses.append(Analysis(target, [Quantity("level", mean, error, "ns")], verdict))
        return analyses


@pytest.fixture(scope="session", autouse=True)
def _plugin():
    plugin = ModuleType("test_run_folder_plugin")
    plugin.register_experiments = hookimpl(specname="register_experiments")(lambda: [Decay])
    plugin.register_analyzers = hookimpl(specname="register_analyzers")(lambda: [Mean])
    if "test-decay" not in registry().classes("experiment"):
        registry().register(plugin)


@pytest.fixture
def decay():
    return Decay


@pytest.fixture
def mean():
    return Mean


@pytest.fixture
def outcomes():
    """Return a function that makes seeded outcomes of the experiment."""

    def make(experiment, seed=1, shots=200, missing=()):
        rng = np.random.default_rng(seed)
        targets = len(experiment.targets)
        probabilities = np.linspace(0.9, 0.45, experiment.points)
        return [
            Outcome(i, Failure("the line was busy"))
            if i in missing
            else Outcome(i, Counts.from_shots(rng.random((shots, targets)) < p))
            for i, p in enumerate(probabilities)
        ]

    return make


@pytest.fixture
def write_run(tmp_path, outcomes):
    """Return a function that writes the folder of a run as a backend would fill it, without analysis."""

    def write(experiments, *, runs=None, name="a run", seed=1, created="2026-11-20T10:00:00+00:00", missing=()):
        analyzer = {"use": "test-mean", "options": {"offset": 0.0}}
        entries = tuple(
            RecordedExperiment(label, experiment.name, 200, experiment.parameters(), analyzer)
            for label, experiment in experiments.items()
        )
        origin = {"created": created, "plugins": {"oqtopus-experiments-gone": "0.1"}, "seed": seed}
        manifest = RunManifest(name, {"use": "gone", "options": {"t1": 1.0}}, entries, origin)
        folder = RunFolder.create(Path(runs or tmp_path / "runs"), manifest)
        for label, experiment in experiments.items():
            with folder.writing(label) as section:
                section.note_sweep(experiment.sweep(), ())
                section.append({"job_id": f"job-{label}"})
                for outcome in outcomes(experiment, seed, missing=missing):
                    section.record([outcome])
                section.finish({"job_id": f"job-{label}", "status": "succeeded"})
        return folder

    return write


@pytest.fixture
def write_analyzed(write_run, monkeypatch):
    """Return a function that writes a run with everything made from its counts; figures, being slow, when asked."""
    from oqtopus_experiments.execution import _outputs as files
    from oqtopus_experiments.execution._load import load_run
    from oqtopus_experiments.execution._outputs import finish_run, write_experiment

    drawn = files.write_figures

    def write(experiments, *, figures=False, **how):
        monkeypatch.setattr(files, "write_figures", drawn if figures else lambda *_: None)
        folder = write_run(experiments, **how)
        run = load_run(folder.path)
        done = [write_experiment(folder, label, r, run.analyzer(label)) for label, r in run.results.items()]
        finish_run(folder, done, complete=True)
        return folder

    return write
