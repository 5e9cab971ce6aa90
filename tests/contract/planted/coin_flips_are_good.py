"""Planted: whatever was fitted is good."""

from __future__ import annotations

from typing import ClassVar

from attrs import frozen

from oqtopus_experiments import Analysis, Reason, Verdict, hookimpl

from .least_squares import LeastSquares, fit


@frozen(kw_only=True)
class CoinFlipsAreGood(LeastSquares):
    """Never asks whether there is a signal."""

    name: ClassVar[str] = "coin-flips-are-good"

    def analyzed(self, target, delays, mean, shots):
        found = super().analyzed(target, delays, mean, shots)
        if found.verdict.codes != ("no_signal",) or shots.min() < 3:
            return found
        values, covariance, _ = fit(delays, mean, shots)
        quantities = self.quantities(values, covariance.diagonal() ** 0.5 + 1e-9)
        return Analysis(target, quantities, Verdict([Reason("fits", "a decay was fitted", "good")]))


@hookimpl
def register_analyzers():
    return [CoinFlipsAreGood]
