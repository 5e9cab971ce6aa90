"""What an experiment declares fits together: names, arguments, circuits, model."""

from __future__ import annotations

from oqtopus_experiments.contracts.subject import ExperimentSubject
from oqtopus_experiments.testing.experiments.basis import rehearsed


def it_is_rehearsed_without_a_fault(subject: ExperimentSubject) -> None:
    """Circuits, model, guess, names and checks fit together: what `oqx check` looks at."""
    rehearsed(subject)
