"""Planted: findings are collected in a set, whose order is another in each process."""

from __future__ import annotations

from typing import ClassVar

import attrs
from attrs import frozen

from oqtopus_experiments import Reason, Verdict, hookimpl

from .least_squares import LeastSquares

SEEN = {"a decay", "an end", "a beginning", "no jumps", "no outliers", "no drift", "no offset"}


@frozen(kw_only=True)
class OrderOfASet(LeastSquares):
    """Lists what it saw as a set gives it."""

    name: ClassVar[str] = "order-of-a-set"

    def analyzed(self, target, delays, mean, shots):
        found = super().analyzed(target, delays, mean, shots)
        (reason,) = found.verdict.reasons
        return attrs.evolve(found, verdict=Verdict([Reason(reason.code, ", ".join(SEEN), reason.level)]))


@hookimpl
def register_analyzers():
    return [OrderOfASet]
