"""A checked run: which experiments, on which backend, with how many shots. What running, planning and resuming take."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import attrs
from attrs import frozen

from oqtopus_experiments.contracts.analyzer import Analyzer
from oqtopus_experiments.contracts.backend import Backend
from oqtopus_experiments.contracts.experiment import Declaration
from oqtopus_experiments.storage._manifest import RecordedExperiment, RunManifest

DEFAULT_SHOTS = 1000
MAX_SHOTS = 10_000_000


@frozen
class ConfiguredExperiment:
    """One experiment of a run: its label, what to run, with how many shots, and how to analyze it."""

    label: str
    experiment: Declaration
    shots: int
    analyzer: Analyzer

    def with_experiment(self, experiment: Declaration) -> ConfiguredExperiment:
        """Return this entry with another experiment to run."""
        return attrs.evolve(self, experiment=experiment)

    def recorded(self) -> RecordedExperiment:
        """Return this experiment as a run folder keeps it."""
        analyzer = {"use": self.analyzer.name, "options": attrs.asdict(self.analyzer)}
        parameters = self.experiment.parameters()
        return RecordedExperiment(self.label, self.experiment.name, self.shots, parameters, analyzer)


@frozen
class RunConfig:
    """
    A checked run file.

    Args:
        name: Name of the run; the name of the file by default.
        runs: Folder in which run folders are made.
        seed: Seed of simulators; None for fresh randomness.
        backend: What to run on.
        experiments: What to run, in order.
        notes: What of the file is not run, each in a sentence.
    """

    name: str
    runs: Path
    seed: int | None
    backend: Backend
    experiments: tuple[ConfiguredExperiment, ...]
    notes: tuple[str, ...] = ()

    def manifest(self, provenance: Mapping[str, Any]) -> RunManifest:
        """Return what ``run.json`` keeps of this run: everything it is made of, defaults filled in."""
        entries = tuple(entry.recorded() for entry in self.experiments)
        return RunManifest(self.name, self.backend.configuration(), entries, provenance, self.seed)
