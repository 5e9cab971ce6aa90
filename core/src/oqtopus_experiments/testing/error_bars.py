"""Whether error bars mean what they say: many synthetic data sets with one truth."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np
from attrs import field, frozen
from numpy.typing import NDArray

from oqtopus_experiments.contracts import arguments
from oqtopus_experiments.contracts.analyzer import Analyzer
from oqtopus_experiments.contracts.experiment import Declaration
from oqtopus_experiments.contracts.verdict import Level
from oqtopus_experiments.execution._analyzing import chosen_analyzer
from oqtopus_experiments.execution._on_targets import on_targets
from oqtopus_experiments.testing.synthetic_data import synthetic


@frozen(eq=False)
class Coverage:
    """
    How estimates lie around the truth.

    Args:
        pulls: (estimate - truth) / standard error of each data set, shape (runs,); NaN where there is no estimate.
        verdicts: The verdict on each.
    """

    pulls: NDArray[np.float64] = field(repr=False)
    verdicts: tuple[Level, ...] = field(repr=False)

    def within(self, sigmas: float) -> float:
        """Return the part of all data sets whose interval of so many standard errors holds the truth."""
        return float(np.mean(np.abs(self.pulls) < sigmas))

    @property
    def mean_pull(self) -> float:
        """Mean of the known pulls: 0 without bias."""
        return float(np.nanmean(self.pulls))

    @property
    def largest_pull(self) -> float:
        """Largest pull in absolute value."""
        return float(np.nanmax(np.abs(self.pulls)))

    @property
    def good(self) -> float:
        """Part of the data sets with the verdict ``good``."""
        return self.verdicts.count("good") / len(self.verdicts)

    def __str__(self) -> str:
        return (
            f"1 sigma {self.within(1):.3f}, 2 sigma {self.within(2):.3f}, mean pull {self.mean_pull:+.3f}, "
            f"largest {self.largest_pull:.1f}, good {100 * self.good:.1f} %"
        )


def coverage(
    experiment: Declaration,
    parameters: Mapping[str, float],
    shots: int,
    *,
    runs: int = 300,
    seed: int = 0,
    spread: float = math.nan,
    analyzer: str | Analyzer | None = None,
) -> dict[str, Coverage]:
    """
    Analyze many synthetic data sets, and return for each reported parameter of the model how the estimates lie.

    Also for each quantity that the model derives by a function; of one derived by an expression, only the analyzer that
    evaluates it could know the truth.

    Args:
        experiment: What to measure; its targets are replaced.
        parameters: The truth, as for `synthetic`.
        shots: Shots of each circuit.
        runs: How many data sets.
        spread: As for `synthetic`.
        seed: One seed, one answer.
        analyzer: As for `ExperimentResult.analyses`.
    """
    size = experiment.num_qubits
    targets = [tuple(range(size * run, size * (run + 1))) for run in range(runs)]
    many = on_targets(experiment, targets)
    dataset = synthetic(many, parameters, shots, np.random.default_rng(seed), spread=spread)
    analyses = chosen_analyzer(experiment, analyzer).analyze(many, dataset)
    verdicts = tuple(analysis.verdict.level for analysis in analyses)
    truth = {**parameters, **_derived(many, parameters)}
    reported = [quantity.name for quantity in analyses[0].quantities if quantity.name in truth]
    return {
        name: Coverage(np.array([(a[name].value - truth[name]) / a[name].stderr for a in analyses]), verdicts)
        for name in reported
    }


def _derived(experiment: Declaration, parameters: Mapping[str, float]) -> dict[str, float]:
    """Return the true values of what the model derives by functions."""
    model = experiment.fit_model()
    functions = {} if model is None else {name: how for name, how in model.derived.items() if callable(how)}
    return {
        name: float(how(**{argument: parameters[argument] for argument in arguments.names(how)}))
        for name, how in functions.items()
    }
