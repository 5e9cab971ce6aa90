"""Whether to act on a result, and why: reasons with codes for programs and sentences for people."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from typing import Literal, TypeAlias

from attrs import field, frozen

Level: TypeAlias = Literal["good", "suspect", "bad"]
LEVELS: tuple[Level, ...] = ("good", "suspect", "bad")
"""From best to worst."""


class ReasonCode(StrEnum):
    """The codes of this library's own checks and analyzers; docs/statistics.md has the rule behind each."""

    FITS = "fits"
    SYSTEMATIC = "systematic"
    NO_SIGNAL = "no_signal"
    TOO_FEW_POINTS = "too_few_points"
    FEW_SHOTS = "few_shots"
    MISSING_POINTS = "missing_points"
    UNDETERMINED = "undetermined"
    AT_BOUND = "at_bound"
    POOR_FIT = "poor_fit"
    OUTLIER = "outlier"
    CLIPPED = "clipped"
    IMPLAUSIBLE = "implausible"
    INVERTED = "inverted"
    WINDOW_TOO_SHORT = "window_too_short"
    WINDOW_TOO_LONG = "window_too_long"
    UNDERSAMPLED = "undersampled"


@frozen
class Reason:
    """One finding about a result: a stable code for programs, a sentence for people, and how bad it is."""

    code: str = field(converter=str)
    message: str
    level: Level


def _as_reasons(reasons: Iterable[Reason]) -> tuple[Reason, ...]:
    return tuple(reasons)


@frozen
class Verdict:
    """Whether to act on a result, and why: as bad as its worst reason."""

    reasons: tuple[Reason, ...] = field(converter=_as_reasons)

    @reasons.validator
    def _has_a_reason(self, _: object, reasons: tuple[Reason, ...]) -> None:
        if not reasons:
            message = "a verdict needs at least one reason, also a good one"
            raise ValueError(message)

    @property
    def level(self) -> Level:
        """``good``, ``suspect`` or ``bad``."""
        return max((reason.level for reason in self.reasons), key=LEVELS.index)

    @property
    def codes(self) -> tuple[str, ...]:
        """The codes of the reasons."""
        return tuple(reason.code for reason in self.reasons)

    @property
    def why(self) -> str:
        """The reasons that are as bad as the verdict, each after its code: docs/statistics.md has its rule."""
        return "; ".join(f"{reason.code}: {reason.message}" for reason in self.reasons if reason.level == self.level)

    @property
    def doubts(self) -> str:
        """The reasons that are not good, as one text; empty for a good verdict."""
        return "; ".join(reason.message for reason in self.reasons if reason.level != "good")

    @property
    def sentences(self) -> str:
        """All reasons, as one text."""
        return "; ".join(reason.message for reason in self.reasons)

    def __str__(self) -> str:
        return f"{self.level}: {self.sentences}"
