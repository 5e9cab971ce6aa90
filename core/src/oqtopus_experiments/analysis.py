"""What an analysis says: quantities with standard errors, a verdict with reasons, the fitted curve. Values only."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, Literal, TypeAlias

import numpy as np
from attrs import field, frozen
from numpy.typing import NDArray

from oqtopus_experiments.targets import Target

if TYPE_CHECKING:
    from uncertainties.core import AffineScalarFunc

    from oqtopus_experiments.dataset import Dataset
    from oqtopus_experiments.experiment import Experiment

Level: TypeAlias = Literal["good", "suspect", "bad"]
LEVELS: tuple[Level, ...] = ("good", "suspect", "bad")
"""From best to worst."""


@frozen
class Quantity:
    """
    A measured number.

    Args:
        name: As in the columns of the table, for example ``t1_time``.
        value: NaN when the data do not determine it.
        stderr: One standard error, NaN with the value.
        unit: For example ``ns``; empty for a pure number.
        low: Lower end of the one-sigma interval where an analyzer was asked for one, else NaN.
        high: Its upper end.
    """

    name: str
    value: float
    stderr: float
    unit: str = ""
    low: float = math.nan
    high: float = math.nan

    @property
    def is_known(self) -> bool:
        """Whether there is a number at all."""
        return math.isfinite(self.value)

    @property
    def has_interval(self) -> bool:
        """Whether `low` and `high` are there."""
        return math.isfinite(self.low) and math.isfinite(self.high)

    def ufloat(self) -> AffineScalarFunc:
        """
        Return the number with its error for the `uncertainties` package; its unit is not kept.

        Independent of all others: where correlations matter, take `Analysis.ufloats`.

        Raises:
            ImportError: When ``uncertainties`` is not installed (it comes with the extra ``[uncertainties]``).
        """
        from uncertainties import ufloat

        return ufloat(self.value, self.stderr, self.name)


@frozen
class Reason:
    """One finding about a result: a stable code for programs, a sentence for people, and how bad it is."""

    code: str
    message: str
    level: Level


def _as_reasons(reasons: Iterable[Reason]) -> tuple[Reason, ...]:
    return tuple(reasons)


def _as_quantities(quantities: Iterable[Quantity]) -> tuple[Quantity, ...]:
    return tuple(quantities)


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

    def __str__(self) -> str:
        return f"{self.level}: " + "; ".join(reason.message for reason in self.reasons)


@frozen(eq=False)
class Curve:
    """A fitted function of one axis on a dense grid: ``x`` and ``y``, shape (n,)."""

    x: NDArray[Any]
    y: NDArray[Any]


@frozen(eq=False)
class Analysis:
    """
    The analysis of one target.

    Args:
        target: Its physical qubits.
        quantities: What was measured, the headline first.
        verdict: Whether to act on it, and why.
        fitted: Model at each point of the sweep, shape (points,); None without a fit.
        curve: The fitted curve, for a sweep of one numeric axis.
        covariance: Covariance of the quantities, shape (n, n) in their order; None without a fit.
        chi_square: Goodness of fit in units of the shot noise, NaN without a fit.
        degrees_of_freedom: Points less free parameters.
    """

    target: Target
    quantities: tuple[Quantity, ...] = field(converter=_as_quantities)
    verdict: Verdict
    fitted: NDArray[Any] | None = None
    curve: Curve | None = None
    covariance: NDArray[Any] | None = None
    chi_square: float = math.nan
    degrees_of_freedom: int = 0

    def __getitem__(self, name: str) -> Quantity:
        """Return a quantity by name; KeyError when there is none."""
        for quantity in self.quantities:
            if quantity.name == name:
                return quantity
        raise KeyError(name)

    def ufloats(self) -> dict[str, AffineScalarFunc]:
        """
        Return all quantities by name for the `uncertainties` package, with their correlations.

        What is computed from them has the right error: a contrast and an offset of one fit are not independent.
        Without a covariance each stands for itself.

        Raises:
            ImportError: When ``uncertainties`` is not installed (it comes with the extra ``[uncertainties]``).
        """
        from uncertainties import correlated_values

        covariance = self.covariance
        if covariance is None or not np.isfinite(covariance).all():
            return {quantity.name: quantity.ufloat() for quantity in self.quantities}
        values = correlated_values(
            [q.value for q in self.quantities], covariance, tags=[q.name for q in self.quantities]
        )
        return {quantity.name: value for quantity, value in zip(self.quantities, values, strict=True)}


@frozen(eq=False)
class FitModel:
    """
    A model of the signal, written once and used by fit, figure and test.

    Args:
        function: A plain function ``f(axis, ..., parameter, ...)`` of arrays, or an ``lmfit.Model``, built-in or
            composite. Arguments named like an axis of the sweep are the independent variables; the others are fitted.
            Axes that are not arguments are averaged over.
        guess: Pure function ``guess(axis, ..., signal)`` of arrays, in the order of those axes, returning the
            starting value of every parameter, or a list of such starts to try. Without one an ``lmfit.Model`` guesses
            for itself, or starts at the values it was made with.
        quantities: Names to report, the headline first: parameters or derived. Empty reports all of them.
        bounds: (low, high) of parameters that need them; infinite where one side is free.
        derived: Expressions of the parameters, for example ``{"frequency": "1 / (2 * pi_amplitude)"}``.
        units: Units of the quantities.
        flat: Sentence for data that show no signal at all, for example "no decay within the window"; empty where a
            signal that does not change is a result like any other.
        checks: Further findings about a fit, each a function of a `FitSummary`; `oqtopus_experiments.checks` has
            some for decays and oscillations.
        references: Expected signal of reference circuits (`Experiment.references`), by name: plain functions of
            parameters, for example ``{"ground": lambda offset: offset}``. Their counts join the likelihood.
    """

    function: Any
    guess: Callable[..., Mapping[str, float] | Sequence[Mapping[str, float]]] | None = None
    quantities: tuple[str, ...] = ()
    bounds: Mapping[str, tuple[float, float]] = field(factory=dict)
    derived: Mapping[str, str] = field(factory=dict)
    units: Mapping[str, str] = field(factory=dict)
    flat: str = "the signal does not change over the sweep"
    checks: tuple[Callable[[FitSummary], Sequence[Reason]], ...] = ()
    references: Mapping[str, Callable[..., float]] = field(factory=dict)


@frozen(eq=False)
class FitSummary:
    """
    What a check may look at: one target's points and the fit to them.

    Args:
        axes: Values of the model's axes at the points used, shape (n,) each.
        mean: Signal at those points, shape (n,).
        stderr: Its standard error, shape (n,).
        fitted: Model at those points, shape (n,).
        quantities: Parameters and derived quantities, by name.
    """

    axes: Mapping[str, NDArray[Any]]
    mean: NDArray[Any]
    stderr: NDArray[Any]
    fitted: NDArray[Any]
    quantities: Mapping[str, Quantity]


@frozen(kw_only=True)
class Analyzer(ABC):
    """Base of all analyzers: a frozen attrs class whose fields are its options."""

    name: ClassVar[str]
    """Name in a run file: ``analyzer = "<name>"``."""

    @abstractmethod
    def analyze(self, experiment: Experiment, dataset: Dataset) -> Sequence[Analysis]:
        """
        Return one analysis per target, in the order of the targets. Pure: no files, no plots.

        Raises:
            AnalysisError: When it cannot be applied to this experiment. Never because the data are poor.
        """
