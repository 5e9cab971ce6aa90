"""What a simulator would read without the noise of shots: the exact signal of each target at each point."""

from __future__ import annotations

import logging

import numpy as np
from numpy.typing import NDArray

from oqtopus_experiments.contracts.backend import Backend
from oqtopus_experiments.contracts.experiment import Declaration
from oqtopus_experiments.errors import BackendError, PluginFault
from oqtopus_experiments.execution._circuits import copies_at
from oqtopus_experiments.plugins import _backend_calls as backend_calls
from oqtopus_experiments.plugins._experiment_calls import signals_of, sweep_of

logger = logging.getLogger(__name__)

MOST = 1500
"""Circuits of single targets that are computed for a picture; of more, the drawn shots must do."""


def exact_signal(experiment: Declaration, backend: Backend) -> NDArray[np.float64] | None:
    """
    Return the exact signal, shape (targets, points); None where the backend only draws shots, or it would take long.

    Each target is computed alone: what neighbours do to each other is in the shots, and not in it. Nor is a mitigation.
    """
    if type(backend).exact_probabilities is Backend.exact_probabilities or experiment.mitigation:
        return None
    sweep, targets = sweep_of(experiment), experiment.targets
    if sweep.size * len(targets) > MOST:
        return None
    signals = signals_of(experiment, sweep, ())
    copies = [copies_at(experiment, point) for point in sweep.points()]
    found = np.empty((len(targets), sweep.size))
    for number, target in enumerate(targets):
        circuits = [own[number % len(own)] for own in copies]
        try:
            distributions = backend_calls.exact_probabilities(backend, circuits, target)
        except (BackendError, PluginFault) as error:
            logger.info("no exact curve of the twin for %r: %s", experiment.name, error)
            return None
        if distributions is None:
            return None
        for point, (circuit, distribution) in enumerate(zip(circuits, distributions, strict=True)):
            places = np.arange(circuit.num_clbits)
            bits = (np.arange(2**circuit.num_clbits)[:, None] >> places & 1).astype(bool)
            found[number, point] = distribution @ signals.for_target(point, number).values(bits)
    return found
