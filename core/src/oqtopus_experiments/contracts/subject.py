"""What a plugin is verified by: an instance, the truth its data are drawn from, and the deviations it admits."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, TypeAlias

from attrs import field, frozen
from numpy.typing import NDArray

from oqtopus_experiments.contracts.analyzer import Analyzer
from oqtopus_experiments.contracts.backend import Backend
from oqtopus_experiments.contracts.experiment import Declaration

if TYPE_CHECKING:
    from qiskit import QuantumCircuit


@frozen(kw_only=True)
class ExperimentSubject:
    """
    An experiment that is verified, and with what.

    Args:
        experiment: With parameters for which it takes a moment; its targets are replaced.
        truth: Values of the parameters of its model from which data are drawn; `FitModel.example` where empty.
        shots: Shots of each circuit of those data, > 0.
        analyzer: What analyzes them; that of the experiment, or the default, where None.
        spread: As for `synthetic`, for signals of more than two values.
        deviations: Checks that it is known not to pass, each with the reason, by the name of the check.
    """

    experiment: Declaration
    truth: Mapping[str, float] = field(factory=dict)
    shots: int = 1000
    analyzer: str | Analyzer | None = None
    spread: float = math.nan
    deviations: Mapping[str, str] = field(factory=dict)

    @property
    def verified(self) -> Declaration:
        """What is verified, whichever kind it is."""
        return self.experiment


@frozen(kw_only=True)
class BackendSubject:
    """
    A backend that is verified, and with what.

    Args:
        backend: With options for which it takes a moment and answers here: no queue of a real device.
        probabilities: Returns the exact outcome probabilities of a circuit on `physical_qubits`, shape
            (2**classical bits,), bit j of the index being classical bit j; those of a device without noise where None.
        noise: Where `probabilities` are not known: the largest part of the shots that noise moves to other outcomes
            than a device without noise has, 0 to 1. 0 is a device without noise.
        physical_qubits: Qubits of the device that circuits run on, up to four; chosen by its couplings where None.
        submissions: Returns how many jobs the other side has taken in all, where it can be asked past the backend.
        secrets: Texts that it must show nowhere, besides those of its secret options: tokens in the environment.
        deviations: Checks that it is known not to pass, each with the reason, by the name of the check.
    """

    backend: Backend
    probabilities: Callable[[QuantumCircuit], NDArray] | None = None  # type: ignore[type-arg]
    noise: float = 0.0
    physical_qubits: tuple[int, ...] | None = None
    submissions: Callable[[], int] | None = None
    secrets: tuple[str, ...] = field(default=(), repr=False)
    deviations: Mapping[str, str] = field(factory=dict)

    @property
    def verified(self) -> Backend:
        """What is verified, whichever kind it is."""
        return self.backend


@frozen(kw_only=True)
class AnalyzerSubject:
    """
    An analyzer that is verified, and with what.

    Args:
        analyzer: With its options.
        experiment: What it is given data of; its targets are replaced. A decay of our own where None.
        truth: Values of the parameters of the experiment's model; `FitModel.example` where empty.
        shots: Shots of each circuit, > 0.
        spread: As for `synthetic`, for signals of more than two values.
        deviations: Checks that it is known not to pass, each with the reason, by the name of the check.
    """

    analyzer: Analyzer
    experiment: Declaration | None = None
    truth: Mapping[str, float] = field(factory=dict)
    shots: int = 1000
    spread: float = math.nan
    deviations: Mapping[str, str] = field(factory=dict)

    @property
    def verified(self) -> Analyzer:
        """What is verified, whichever kind it is."""
        return self.analyzer


Subject: TypeAlias = ExperimentSubject | BackendSubject | AnalyzerSubject
"""What can be verified: an experiment, a backend or an analyzer, with what is known of it."""
