"""Planted: the code of a finding holds its number."""

from __future__ import annotations

from typing import ClassVar

import attrs
from attrs import frozen

from oqtopus_experiments import Reason, Verdict, hookimpl

from .least_squares import LeastSquares


@frozen(kw_only=True)
class CodeThatVaries(LeastSquares):
    """Writes numbers into the codes of its reasons."""

    name: ClassVar[str] = "code-that-varies"

    def analyzed(self, target, delays, mean, shots):
        found = super().analyzed(target, delays, mean, shots)
        (reason,) = found.verdict.reasons
        told = Reason(f"{reason.code} ({int(shots.sum())} shots)", reason.message, reason.level)
        return attrs.evolve(found, verdict=Verdict([told]))


@hookimpl
def register_analyzers():
    return [CodeThatVaries]
