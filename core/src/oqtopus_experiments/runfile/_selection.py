"""Which experiments and qubits of a file are run this time: ``--only`` and ``--qubits``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from attrs import frozen

from oqtopus_experiments.contracts.experiment import Declaration
from oqtopus_experiments.contracts.targets import Target
from oqtopus_experiments.errors import ConfigError
from oqtopus_experiments.plugins._options import construct
from oqtopus_experiments.runfile._config import ConfiguredExperiment
from oqtopus_experiments.support._suggestions import suggest


@frozen
class Selection:
    """
    What was chosen; everything by default.

    Args:
        only: Labels of experiments, or names of their kinds; none for all.
        qubits: Only targets all of whose qubits are among these; None for all.
        targets: Only these targets of each label; None for all.
        source: Where `targets` come from, for messages.
    """

    only: tuple[str, ...] = ()
    qubits: tuple[int, ...] | None = None
    targets: Mapping[str, frozenset[Target]] | None = None
    source: str = ""

    def of(
        self, experiments: Sequence[ConfiguredExperiment]
    ) -> tuple[tuple[ConfiguredExperiment, ...], tuple[str, ...]]:
        """
        Return the experiments that were chosen, with the targets that were, and a sentence for each left out.

        Raises:
            ConfigError: For a name that none has, or when nothing is left.
        """
        named = [entry for entry in experiments if not self.only or _is_named(entry, self.only)]
        known = dict.fromkeys(name for entry in experiments for name in (entry.label, entry.experiment.name))
        for name in self.only:
            if not any(_is_named(entry, (name,)) for entry in experiments):
                message = f"no experiment of this file is called {name!r}{suggest(name, known)}"
                raise ConfigError(message, path="--only")
        chosen: list[ConfiguredExperiment] = []
        notes: list[str] = []
        for entry in named:
            targets = [target for target in entry.experiment.targets if self._has(entry.label, target)]
            if not targets:
                notes.append(f"{entry.label} is left out: {self._why(entry)}")
            elif len(targets) == len(entry.experiment.targets):
                chosen.append(entry)
            else:
                chosen.append(entry.with_experiment(_on(entry.experiment, targets)))
        if not chosen:
            option = "--qubits" if self.targets is None else "--only bad"
            raise ConfigError(f"nothing is left to run: {'; '.join(notes)}", path=option)
        return tuple(chosen), tuple(notes)

    def _has(self, label: str, target: Target) -> bool:
        among = self.qubits is None or set(target) <= set(self.qubits)
        return among and (self.targets is None or target in self.targets.get(label, ()))

    def _why(self, entry: ConfiguredExperiment) -> str:
        if self.targets is not None:
            return f"none of its targets was bad in {self.source}"
        targets = ", ".join("-".join(map(str, target)) for target in entry.experiment.targets[:8])
        more = ", ..." if len(entry.experiment.targets) > 8 else ""
        change = f'--set experiments.{entry.label}.physical_qubits="0-4"'
        return f"the file measures {targets}{more}; others are named with {change}"


def _is_named(entry: ConfiguredExperiment, names: Sequence[str]) -> bool:
    return entry.label in names or entry.experiment.name in names


def _on(experiment: Declaration, targets: Sequence[Target]) -> Any:
    """Return an experiment on some of its targets."""
    return construct(type(experiment), {**experiment.parameters(), "targets": [list(target) for target in targets]})
