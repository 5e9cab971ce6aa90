"""What an experiment declares: parameters, names, circuits that can be built."""

from __future__ import annotations

from oqtopus_experiments.contracts.subject import ExperimentSubject
from oqtopus_experiments.execution._rehearsal import rehearse


def it_is_rehearsed_without_a_fault(subject: ExperimentSubject) -> None:
    """Circuits, model, guess, names and checks fit together: what `oqx check` looks at."""
    rehearse(subject.experiment, subject.analyzer)
