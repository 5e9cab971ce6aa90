"""An experiment as it is, on other targets."""

from __future__ import annotations

from collections.abc import Sequence

import attrs

from oqtopus_experiments.contracts.experiment import Declaration
from oqtopus_experiments.contracts.targets import Target


def on_targets(experiment: Declaration, targets: Sequence[Target]) -> Declaration:
    """
    Return an experiment on these targets, such as some of its own.

    Raises:
        ParameterError: When it cannot be there. What else code of its author raises passes, such as KeyError for a
            parameter that differs between targets and has no value for one.
    """
    if experiment.targets == tuple(targets):
        return experiment
    return attrs.evolve(experiment, physical_qubit=None, physical_qubits=None, targets=targets)
