"""What a precision costs: the shots it needs with the points an experiment has, and with better ones."""

from __future__ import annotations

import bisect
import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from attrs import frozen

from oqtopus_experiments.contracts.calibration import Calibration
from oqtopus_experiments.contracts.devices import DeviceInfo
from oqtopus_experiments.contracts.experiment import Declaration
from oqtopus_experiments.contracts.targets import Target
from oqtopus_experiments.contracts.verdict import LEVELS
from oqtopus_experiments.errors import AnalysisError, ConfigError
from oqtopus_experiments.execution._expected_mitigation import expected_mitigations
from oqtopus_experiments.execution._forecast import Forecast, Truth, of_truths, truths_of
from oqtopus_experiments.execution._on_targets import on_targets
from oqtopus_experiments.execution._precision import Precision
from oqtopus_experiments.plugins._experiment_calls import alternatives_of, model_of, references_of, sweep_of
from oqtopus_experiments.runfile._config import MAX_SHOTS
from oqtopus_experiments.support._suggestions import suggest

if TYPE_CHECKING:
    from oqtopus_experiments.contracts.analyzer import Analyzer

TYPICAL = 1000
"""Shots from which the shots of other points are estimated: variances fall as one over them, nearly."""
COMPARED = 8
"""Other points are compared on so many targets at most, the least certain among them; what is offered holds for all."""


@frozen(eq=False)
class Offer:
    """
    Points and shots that reach a precision.

    Args:
        experiment: With these points.
        changes: Parameters in which it differs from what was asked about, as in a run file.
        circuits: How many there are, references included.
        shots: Repetitions of each circuit: the fewest that reach it for every target.
        forecasts: What each target is expected to come to.
    """

    experiment: Declaration
    changes: Mapping[str, Any]
    circuits: int
    shots: int
    forecasts: tuple[Forecast, ...]

    @property
    def total_shots(self) -> int:
        """Shots of all circuits together."""
        return self.circuits * self.shots

    @property
    def is_good(self) -> bool:
        """Whether nothing can be said against these points beforehand."""
        return not any(map(_severity, self.forecasts))


@frozen(eq=False)
class Price:
    """
    What a precision costs.

    Args:
        as_asked: With the points of the experiment; None where no number of shots reaches it.
        better: With other points that need fewer shots in all, or against which nothing is to be said; None where
            there are none.
        problem: Why there is none with the points of the experiment, as a sentence.
    """

    as_asked: Offer | None
    better: Offer | None
    problem: str = ""


@frozen(eq=False)
class _Asked:
    """What all forecasts of one question have in common: the truth stays the same whatever the points."""

    precisions: tuple[Precision, ...]
    truths: Mapping[Target, Truth]
    analyzer: Analyzer | str | None
    device: DeviceInfo | None
    calibration: Calibration | None

    def forecasts(self, experiment: Declaration, shots: int) -> tuple[Forecast, ...]:
        model = model_of(experiment)
        example = {} if model is None else model.example
        truths = {target: truth.beside(example) for target, truth in self.truths.items()}
        mitigations = expected_mitigations(experiment, shots, self.device, self.calibration)
        return of_truths(experiment, shots, truths, self.analyzer, mitigations)

    def excess(self, one: Forecast) -> float:
        """Return by how much the errors are too large: 1 or less where all are as small as asked for."""
        known = {quantity.name: quantity for quantity in one.analysis.quantities}
        if not all(precision.name in known for precision in self.precisions):
            return math.inf  # other points may measure less
        asked = ((known[precision.name], precision) for precision in self.precisions)
        ratios = [quantity.stderr / precision.stderr(quantity) for quantity, precision in asked]
        return max(ratio if math.isfinite(ratio) else math.inf for ratio in ratios)


def price(
    experiment: Declaration,
    precision: Mapping[str, str | float],
    *,
    truth: Mapping[str, float] | None = None,
    device: DeviceInfo | None = None,
    analyzer: Analyzer | str | None = None,
    calibration: Calibration | None = None,
) -> Price:
    """
    Return the shots that a precision needs, with these points and with the best of `Declaration.alternatives`.

    Args:
        experiment: What is to be measured.
        precision: Standard errors by name of the quantity: ``{"t1_time": "2 %"}``, ``"1 us"``, or a number of its unit.
        truth: As for `forecast`.
        device: Likewise.
        analyzer: Likewise.
        calibration: Likewise; one that is yet to be measured has the same shots.

    Raises:
        ConfigError: When it has no such quantity, or the precision is not one.
        AnalysisError: When the analyzer makes no forecast, or no number of shots reaches the precision, whatever the
            points.
        PluginFault: When code of a plugin fails.
    """
    wanted = tuple(Precision(name, str(part)) for name, part in precision.items())
    asked = _Asked(wanted, truths_of(experiment, truth or {}, device), analyzer, device, calibration)
    usual = asked.forecasts(experiment, TYPICAL)
    names = [quantity.name for quantity in usual[0].analysis.quantities]
    for one in asked.precisions:
        if one.name not in names:
            message = f"{experiment.name!r} reports no {one.name!r}{suggest(one.name, names)}"
            raise ConfigError(message, path="precision")
    as_asked = _offer(experiment, experiment, asked)
    better = _better(experiment, as_asked, asked)
    problem = "" if as_asked else _unreached(experiment, asked)
    if problem and better is None:
        raise AnalysisError(problem)
    return Price(as_asked, better, problem)


def _offer(experiment: Declaration, original: Declaration, asked: _Asked) -> Offer | None:
    """Return the fewest shots of each circuit that do; None where none do."""
    shots = _fewest(experiment, asked)
    if shots > MAX_SHOTS:
        return None
    before = original.parameters()
    changes = {name: value for name, value in experiment.parameters().items() if value != before[name]}
    return Offer(experiment, changes, _circuits(experiment), shots, asked.forecasts(experiment, shots))


def _fewest(experiment: Declaration, asked: _Asked) -> int:
    """
    Return the fewest shots with which every target is known so well; more than there may be where none do.

    And with which nothing is to be said that more shots would answer, such as that they are too few to test a fit.
    """
    shots = 1
    for worst in sorted(asked.forecasts(experiment, TYPICAL), key=asked.excess, reverse=True):
        alone = on_targets(experiment, (worst.target,))

        least = _severity(asked.forecasts(alone, MAX_SHOTS)[0])

        def enough(shots: int, alone: Declaration = alone, least: int = least) -> bool:
            (one,) = asked.forecasts(alone, shots)
            return asked.excess(one) <= 1 and _severity(one) <= least

        if not enough(shots):
            shots = 1 + bisect.bisect_left(range(1, MAX_SHOTS + 1), True, lo=shots, key=enough)
        if shots > MAX_SHOTS:
            break
    return shots


def _severity(one: Forecast) -> int:
    """Return how bad what can be said beforehand is: 0 where it is good."""
    return LEVELS.index(one.analysis.verdict.level)


def _better(experiment: Declaration, as_asked: Offer | None, asked: _Asked) -> Offer | None:
    """Return the cheapest other points against which nothing is to be said; None where these are as cheap."""
    limit = as_asked.total_shots if as_asked is not None and as_asked.is_good else math.inf
    ranked = sorted(asked.forecasts(experiment, TYPICAL), key=asked.excess, reverse=True)
    few = tuple(one.target for one in ranked[:: -(-len(ranked) // COMPARED)])
    others = [(_estimate(on_targets(one, few), asked), number, one)
              for number, one in enumerate(alternatives_of(experiment))]  # fmt: skip
    for estimate, _, other in sorted(others, key=lambda each: each[:2]):
        if estimate >= limit:
            break
        found = _offer(other, experiment, asked)
        if found is not None and found.is_good and found.total_shots < limit:
            return found
    return None


def _estimate(experiment: Declaration, asked: _Asked) -> float:
    """Return how many shots of all circuits it would take; infinite where these points cannot do."""
    try:
        excess = max(asked.excess(one) for one in asked.forecasts(experiment, TYPICAL))
    except AnalysisError:
        return math.inf
    return _circuits(experiment) * TYPICAL * excess**2


def _circuits(experiment: Declaration) -> int:
    return sweep_of(experiment).size + len(references_of(experiment))


def _unreached(experiment: Declaration, asked: _Asked) -> str:
    worst = max(asked.forecasts(experiment, MAX_SHOTS), key=asked.excess)
    told = ", ".join(map(str, asked.precisions))
    unknown = [p.name for p in asked.precisions if not math.isfinite(worst.analysis[p.name].stderr)]
    if unknown:
        return f"{told}: these points do not determine {', '.join(unknown)}, whatever the shots; take others, or more"
    got = ", ".join(f"{q.name} = {q}"
                    for q in (worst.analysis[p.name] for p in asked.precisions))  # fmt: skip
    return (
        f"no number of shots reaches {told}: {MAX_SHOTS:,} of each circuit, the most a run may have, give {got}; "
        "take more points, or ask for less"
    )
