"""A sound analyzer as a stranger would write it: lifetime and contrast of a decay to 0."""

from __future__ import annotations

from typing import ClassVar

import numpy as np
from attrs import frozen

from oqtopus_experiments import Analysis, Analyzer, Quantity, Reason, Verdict, hookimpl


def fit(delays, mean, shots):
    """Return (lifetime, contrast) and their covariance: the most likely ones of binomial counts, by Fisher scoring."""
    lifetime, contrast = delays.max() / 3, 0.5
    for _ in range(60):
        decay = np.exp(-delays / lifetime)
        expected = np.clip(contrast * decay, 0.5 / (shots + 1), 1 - 0.5 / (shots + 1))
        slopes = np.stack([contrast * decay * delays / lifetime**2, decay], axis=1)
        weights = shots / (expected * (1 - expected))
        covariance = np.linalg.pinv(slopes.T @ (weights[:, None] * slopes), rcond=1e-20)
        step = covariance @ (slopes.T @ (weights * (mean - contrast * decay)))
        lifetime = np.clip(lifetime + step[0], lifetime / 2, min(2 * lifetime, 100 * delays.max()))
        contrast = np.clip(contrast + step[1], 0.01, 1.0)
        if abs(step[0]) < 1e-9 * lifetime and abs(step[1]) < 1e-9:
            break
    constant = np.average(mean, weights=weights)
    gain = float(weights @ ((mean - constant) ** 2 - (mean - contrast * decay) ** 2))
    return np.array([lifetime, contrast]), covariance, gain


@frozen(kw_only=True)
class LeastSquares(Analyzer):
    """Fits one target after the other."""

    name: ClassVar[str] = "least-squares"

    def analyze(self, experiment, dataset):
        delays = dataset.sweep.grid()["delay"]
        rows = zip(dataset.targets, dataset.mean, dataset.shots, strict=True)
        return [self.analyzed(target, delays, mean, shots) for target, mean, shots in rows]

    def analyzed(self, target, delays, mean, shots):
        read = shots > 0
        if read.sum() < 3:
            return self.nothing(target, Reason("too_few_points", "fewer than three points were read", "bad"))
        values, covariance, gain = fit(delays[read], mean[read], shots[read])
        errors = np.sqrt(np.abs(np.diag(covariance)))
        if gain < 30:
            return self.nothing(target, Reason("no_signal", "a constant explains the points as well", "bad"))
        if not 0 < errors[0] < values[0] / 2:
            return self.nothing(target, Reason("undetermined", "the lifetime cannot be told", "bad"))
        return Analysis(target, self.quantities(values, errors), Verdict([Reason("fits", "a decay was seen", "good")]))

    def quantities(self, values, errors):
        return [
            Quantity(name, float(value), float(error), unit)
            for name, value, error, unit in zip(("lifetime", "contrast"), values, errors, ("ns", ""), strict=True)
        ]

    def nothing(self, target, reason):
        return Analysis(target, self.quantities((np.nan, np.nan), (np.nan, np.nan)), Verdict([reason]))


@hookimpl
def register_analyzers():
    return [LeastSquares]
