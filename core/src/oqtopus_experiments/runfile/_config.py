"""A checked run: which experiments, on which backend, with how many shots. What running, planning and resuming take."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import attrs
from attrs import field, frozen

from oqtopus_experiments.contracts.ages import told_age
from oqtopus_experiments.contracts.analyzer import Analyzer
from oqtopus_experiments.contracts.backend import Backend
from oqtopus_experiments.contracts.experiment import Declaration
from oqtopus_experiments.contracts.nested import reseeded
from oqtopus_experiments.storage._manifest import RecordedExperiment, RunManifest
from oqtopus_experiments.storage._parent import ParentKind

DEFAULT_SHOTS = 1000
MAX_SHOTS = 10_000_000


@frozen
class ConfiguredExperiment:
    """
    One experiment of a run.

    Args:
        label: Its name in the run.
        experiment: What to run.
        shots: Shots of each circuit.
        analyzer: How to analyze it.
        written: Parameters that the run file gives as texts, such as ``"100 us"``, by name.
    """

    label: str
    experiment: Declaration
    shots: int
    analyzer: Analyzer
    written: Mapping[str, str] = field(factory=dict)

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
        notes: What a person should know of how the file was read, such as what of it is not run; each in a sentence.
        folder: Name of its run folder below `runs`, where it is one of several; empty for one made of time and name.
    """

    name: str
    runs: Path
    seed: int | None
    backend: Backend
    experiments: tuple[ConfiguredExperiment, ...]
    notes: tuple[str, ...] = ()
    folder: str = ""

    def reseeded(self, number: int) -> RunConfig:
        """Return this run with random numbers of its own among several: its seeds, and its number added."""
        backend = reseeded(self.backend, number)
        return attrs.evolve(self, backend=backend, seed=None if self.seed is None else self.seed + number)

    def manifest(self, provenance: Mapping[str, Any]) -> RunManifest:
        """Return what ``run.json`` keeps of this run: everything it is made of, defaults filled in."""
        entries = tuple(entry.recorded() for entry in self.experiments)
        return RunManifest(self.name, self.backend.configuration(), entries, provenance, self.seed)


@frozen
class Member:
    """One of several runs: the run, and what is swept, by path: its values here, as written."""

    config: RunConfig
    values: Mapping[str, Any]


def has_seed(values: Mapping[str, Any]) -> bool:
    """Return whether seeds are among what is swept, so that nothing is to be added to them."""
    return any(key.split(".")[-1] == "seed" for key in values)


@frozen
class SeveralRuns:
    """
    A run file that stands for several runs.

    Args:
        kind: ``sweep`` or ``watch``.
        members: The runs, in order; of a watch the one that is repeated.
        times: How many runs there will be.
        repeat: Seconds from the beginning of one run of a watch to that of the next.
    """

    kind: ParentKind
    members: tuple[Member, ...]
    times: int
    repeat: float = 0.0

    def run(self, number: int) -> RunConfig:
        """Return one of the runs, counted from 0, with seeds of its own unless these are swept."""
        member = self.members[number if self.kind == "sweep" else 0]
        return member.config if has_seed(member.values) else member.config.reseeded(number)

    def each(self, change: Callable[[RunConfig], RunConfig]) -> SeveralRuns:
        """Return them with each run changed."""
        members = tuple(attrs.evolve(member, config=change(member.config)) for member in self.members)
        return attrs.evolve(self, members=members)

    @property
    def first(self) -> RunConfig:
        """The first run; name, folder and notes are those of all."""
        return self.members[0].config

    @property
    def told(self) -> str:
        """What it is, as ``3 runs, one for each of backends.noisy.t1``, or ``144 runs, one every 10 min``."""
        runs = f"{self.times} run{'s' * (self.times > 1)}"
        if self.kind == "sweep":
            return f"{runs}, one for each of {' and '.join(self.members[0].values)}"
        return f"{runs}, one every {told_age(self.repeat * 1e9)}" if self.repeat else f"{runs}, one after the other"
