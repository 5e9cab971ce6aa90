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
    """
    The codes of this library's own checks and analyzers; docs/statistics.md has the rule behind each.

    They stand in the order in which to act on them, and so does every text that gives more than one reason: what was
    measured, then where, then what is wrong with the points, the model, the number of shots. What stands further down
    is often what follows from something further up: a window that is too short leaves a number undetermined.
    """

    # Nothing, or something else, was measured.
    NOT_DRIVEN = "not_driven"
    HELD = "held"
    NO_SIGNAL = "no_signal"
    INVERTED = "inverted"
    # It was measured in the wrong place.
    WINDOW_TOO_SHORT = "window_too_short"
    WINDOW_TOO_LONG = "window_too_long"
    UNDERSAMPLED = "undersampled"
    TOO_FEW_POINTS = "too_few_points"
    # Points are not what they should be.
    CLIPPED = "clipped"
    DRIFTING = "drifting"
    LOCALIZED = "localized"
    OUTLIER = "outlier"
    # The model is not that of the points.
    POOR_FIT = "poor_fit"
    SYSTEMATIC = "systematic"
    IMPLAUSIBLE = "implausible"
    AT_BOUND = "at_bound"
    # There should be more of them.
    MISSING_POINTS = "missing_points"
    FEW_SHOTS = "few_shots"
    UNDETERMINED = "undetermined"
    FITS = "fits"


_RANKS = {code.value: rank for rank, code in enumerate(ReasonCode)}


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
    def to_act_on(self) -> tuple[Reason, ...]:
        """
        All reasons that are not good, the one to act on first: in the order of `ReasonCode`.

        Codes that this library does not know come after those it does, in the order they were found.
        """
        doubts = (reason for reason in self.reasons if reason.level != "good")
        return tuple(sorted(doubts, key=lambda reason: _RANKS.get(reason.code, len(_RANKS))))

    @property
    def ordered(self) -> tuple[Reason, ...]:
        """All reasons: those of `to_act_on`, then the good ones."""
        return (*self.to_act_on, *(reason for reason in self.reasons if reason.level == "good"))

    @property
    def findings(self) -> tuple[str, ...]:
        """
        Why it is not good, or else why it is; each reason after its code: docs/statistics.md has its rule.

        What a person held is told in any case.
        """
        held = [reason for reason in self.reasons if reason.code == ReasonCode.HELD and reason.level == "good"]
        told = (*self.to_act_on, *held) if self.to_act_on else self.reasons
        return tuple(f"{reason.code}: {reason.message}" for reason in told)

    @property
    def why(self) -> str:
        """The findings as one text."""
        return "; ".join(self.findings)

    @property
    def doubts(self) -> str:
        """The reasons that are not good as one text, the one to act on first; empty for a good verdict."""
        return "; ".join(reason.message for reason in self.to_act_on)

    @property
    def sentences(self) -> str:
        """All reasons as one text, the one to act on first."""
        return "; ".join(reason.message for reason in self.ordered)

    def __str__(self) -> str:
        return f"{self.level}: {self.sentences}"
