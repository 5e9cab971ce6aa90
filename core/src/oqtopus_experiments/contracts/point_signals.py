"""The signal of every point and target: one for all, or what an experiment says of each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from attrs import frozen
from numpy.typing import NDArray

from oqtopus_experiments.contracts import arguments
from oqtopus_experiments.contracts.experiment import Declaration
from oqtopus_experiments.contracts.signals import Probability, Signal
from oqtopus_experiments.contracts.sweep import Sweep
from oqtopus_experiments.contracts.targets import Target
from oqtopus_experiments.errors import PluginError

VARYING = "signal"
"""Axis label of signals that have no name in common."""


@frozen(eq=False)
class PointSignals:
    """
    Which signal is read where.

    Args:
        size: Number of circuits, those of references included.
        signals: For each circuit its signals: one for all targets, or one per target.
    """

    size: int
    signals: Sequence[tuple[Signal, ...]]

    @classmethod
    def of(cls, experiment: Declaration, sweep: Sweep, references: Sequence[str]) -> PointSignals:
        """
        Return the signals of an experiment, asking it for each point where it wants to be asked.

        Raises:
            PluginError: When what it says is not a signal.
        """
        declared = experiment.signal
        if isinstance(declared, Signal):
            known = (declared,)
            last = known if experiment.reference_signal is None else (experiment.reference_signal,)
            return cls(sweep.size + len(references), [known] * sweep.size + [last] * len(references))
        if not callable(declared):
            raise PluginError(_not_a_signal(experiment, declared))
        wanted = arguments.names(declared)
        whose: Sequence[Target | None] = experiment.targets if arguments.TARGET in wanted else (None,)
        signals = [
            tuple(_signal(experiment, wanted, {**point, arguments.TARGET: target}) for target in whose)
            for point in sweep.points()
        ]
        if references and experiment.reference_signal is None:
            message = (
                f"{type(experiment).__name__}.signal is a method of the point, and reference circuits belong to no "
                "point: set reference_signal"
            )
            raise PluginError(message)
        signals += [(experiment.reference_signal,)] * len(references) if experiment.reference_signal else []
        return cls(sweep.size + len(references), signals)

    def at(self, index: int) -> list[tuple[Signal, slice | list[int]]]:
        """Return the signals of a circuit, each with the targets (an index of arrays) that it belongs to."""
        signals = self.signals[index]
        if len(signals) == 1:
            return [(signals[0], slice(None))]
        return [(signal, [target]) for target, signal in enumerate(signals)]

    def for_target(self, index: int, target: int) -> Signal:
        """Return the signal of one target at a circuit."""
        signals = self.signals[index]
        return signals[0] if len(signals) == 1 else signals[target]

    @property
    def _different(self) -> list[tuple[Signal, ...]]:
        """What is read somewhere, each tuple once: most circuits of an experiment share one."""
        return list({id(signals): signals for signals in self.signals}.values())

    @property
    def label(self) -> str:
        """Axis label of a figure."""
        labels = {signal.label: signal for signals in self._different for signal in signals}
        if len(labels) == 1:
            return next(iter(labels))
        if all(isinstance(signal, Probability) for signal in labels.values()):
            return "P(expected outcome)"
        return VARYING

    @property
    def labels(self) -> tuple[str, ...]:
        """Axis label of each circuit, where its targets have one in common; else that of all."""
        common, known = self.label, {}
        for signals in self._different:
            own = {signal.label for signal in signals}
            known[id(signals)] = next(iter(own)) if len(own) == 1 else common
        return tuple([known[id(signals)] for signals in self.signals])

    def two_values(self, targets: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return the lower and the higher value at every target and circuit; NaN where a signal has more than two."""
        unknown = (np.nan, np.nan)
        different = self._different
        place = {id(signals): number for number, signals in enumerate(different)}
        pairs = [[signal.two_values or unknown for signal in signals] for signals in different]
        each = np.array([own * targets if len(own) == 1 else own for own in pairs], dtype=float)
        each = each.reshape(len(different), targets, 2)[[place[id(signals)] for signals in self.signals]]
        low, high = each.transpose(2, 1, 0)
        return low, high


def _signal(experiment: Declaration, wanted: tuple[str, ...], offered: Mapping[str, Any]) -> Signal:
    found = experiment.signal(**arguments.chosen(wanted, offered))
    if not isinstance(found, Signal):
        raise PluginError(_not_a_signal(experiment, found))
    return found


def _not_a_signal(experiment: Declaration, found: object) -> str:
    return (
        f"{type(experiment).__name__}.signal must be a signal such as Probability('1'), a property or a method that "
        f"returns one, not {found!r:.60}"
    )
