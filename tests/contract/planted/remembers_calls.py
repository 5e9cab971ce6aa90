"""Planted: what it says depends on how often it was asked."""

from __future__ import annotations

import itertools
from typing import ClassVar

import attrs
from attrs import frozen

from oqtopus_experiments import Reason, Verdict, hookimpl

from .least_squares import LeastSquares

CALLS = itertools.count(1)


@frozen(kw_only=True)
class RemembersCalls(LeastSquares):
    """Numbers its fits."""

    name: ClassVar[str] = "remembers-calls"

    def analyzed(self, target, delays, mean, shots):
        found = super().analyzed(target, delays, mean, shots)
        (reason,) = found.verdict.reasons
        numbered = Reason(reason.code, f"{reason.message} (fit number {next(CALLS)})", reason.level)
        return attrs.evolve(found, verdict=Verdict([numbered]))


@hookimpl
def register_analyzers():
    return [RemembersCalls]
