"""What an experiment reads from the counts: a value for each outcome, whose mean over the shots is the signal."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Mapping
from numbers import Real
from typing import Any

import numpy as np
from attrs import field, frozen
from numpy.typing import NDArray


class Signal(ABC):
    """
    A real value for every outcome of one target: a diagonal observable. The signal is its mean over the shots.

    Third parties may add their own by writing `values`; a signal with only two possible values also says
    which (`two_values`), so that analyzers can use binomial statistics.
    """

    @abstractmethod
    def values(self, bits: NDArray[np.bool_]) -> NDArray[np.float64]:
        """
        Return the value of each outcome.

        Args:
            bits: Outcomes of one target, column j is its classical bit j; shape (outcomes, width).

        Returns:
            Shape (outcomes,).
        """

    @property
    def two_values(self) -> tuple[float, float] | None:
        """The two values (low, high) that can occur, or None when there are more."""
        return None

    @property
    @abstractmethod
    def label(self) -> str:
        """Axis label of a figure, for example ``P(1)``."""


def _is_bit_string(instance: object, attribute: Any, value: Any) -> None:
    if not isinstance(value, str) or not value or value.strip("01"):
        message = f"{attribute.name!r} must be a bit string such as '1' or '01', not {value!r}"
        raise ValueError(message)


@frozen
class Probability(Signal):
    """Probability of one outcome, in [0, 1]: ``Probability("01")`` is classical bit 0 = 1 and bit 1 = 0."""

    outcome: str = field(validator=_is_bit_string)

    def values(self, bits: NDArray[np.bool_]) -> NDArray[np.float64]:
        """Return 1 where the outcome is the wanted one, else 0."""
        wanted = np.array([character == "1" for character in reversed(self.outcome)])
        if bits.shape[1] != len(wanted):
            message = f"{self} reads {len(wanted)} classical bits per target; the circuit has {bits.shape[1]}"
            raise ValueError(message)
        equal: NDArray[np.float64] = (bits == wanted).all(axis=1).astype(float)
        return equal

    @property
    def two_values(self) -> tuple[float, float]:
        """0 and 1."""
        return (0.0, 1.0)

    @property
    def label(self) -> str:
        """``P(outcome)``."""
        return f"P({self.outcome})"


@frozen
class Parity(Signal):
    """Parity of all bits of a target, +1 for an even number of ones, -1 for an odd one: the mean of Z⊗...⊗Z."""

    def values(self, bits: NDArray[np.bool_]) -> NDArray[np.float64]:
        """Return +1 or -1."""
        signs: NDArray[np.float64] = 1.0 - 2.0 * (bits.sum(axis=1) % 2)
        return signs

    @property
    def two_values(self) -> tuple[float, float]:
        """-1 and +1."""
        return (-1.0, 1.0)

    @property
    def label(self) -> str:
        """``parity``."""
        return "parity"


def _as_weights(weights: Mapping[str, float]) -> Mapping[str, float]:
    return dict(weights)


@frozen
class Expectation(Signal):
    """
    Mean of any diagonal observable, given by its value for each outcome; outcomes not named count 0.

    ``Expectation({"00": 1, "11": -1})`` is half the difference of two excitations.
    """

    weights: Mapping[str, float] = field(converter=_as_weights)
    label: str = "expectation value"

    @weights.validator
    def _names_outcomes(self, attribute: Any, weights: Mapping[str, float]) -> None:
        for outcome, weight in weights.items():
            _is_bit_string(self, attribute, outcome)
            if isinstance(weight, bool) or not isinstance(weight, Real) or not math.isfinite(weight):
                message = f"the weight of outcome {outcome!r} must be a finite number, not {weight!r:.40}"
                raise ValueError(message)
        if len({len(outcome) for outcome in weights}) > 1:
            message = f"'weights' needs outcomes of as many bits each: {', '.join(weights)}"
            raise ValueError(message)

    @property
    def two_values(self) -> tuple[float, float] | None:
        """The two values, where only two can occur: a population such as ``{"000": 1, "111": 1}`` has 0 and 1."""
        all_named = len(self.weights) == 2 ** len(next(iter(self.weights), ""))
        found = sorted({float(weight) for weight in self.weights.values()} | (set() if all_named else {0.0}))
        return (found[0], found[1]) if len(found) == 2 else None

    def values(self, bits: NDArray[np.bool_]) -> NDArray[np.float64]:
        """Return the weight of each outcome."""
        total = np.zeros(len(bits))
        for outcome, weight in self.weights.items():
            total += weight * Probability(outcome).values(bits)
        return total
