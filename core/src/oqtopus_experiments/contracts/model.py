"""The model of a signal, written once by the author of an experiment and used by fit, figure and test."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from numbers import Real
from typing import Any

from attrs import field, frozen
from numpy.typing import NDArray

from oqtopus_experiments.contracts.analysis import Quantity
from oqtopus_experiments.contracts.formula import names_in
from oqtopus_experiments.contracts.panels import Panel
from oqtopus_experiments.contracts.units import not_a_symbol, unknown_unit
from oqtopus_experiments.contracts.verdict import Reason


@frozen(eq=False)
class FitSummary:
    """
    What a check may look at: one target's points and the fit to them.

    Args:
        axes: Values of the model's axes at the points used, shape (n,) each: numbers, NaN where a point of a sum of
            grids has none, or texts, "" there.
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


def _as_names(names: Iterable[str]) -> tuple[str, ...]:
    found = (names,) if isinstance(names, str) else tuple(names)
    if isinstance(names, str) or len(set(found)) < len(found):
        message = f"quantities are names in a tuple, each once, as {found!r:.60}, not {names!r:.60}"
        raise ValueError(message)
    return found


def _as_checks(checks: Iterable[Callable[[FitSummary], Sequence[Reason]]]) -> tuple[Any, ...]:
    found = () if callable(checks) else tuple(checks)
    if callable(checks) or not all(callable(check) for check in found):
        message = f"checks are functions in a tuple, as checks=(one,), not {checks!r:.60}"
        raise TypeError(message)
    return found


@frozen(eq=False)
class FitModel:
    """
    A model of the signal, written once and used by fit, figure and test.

    Args:
        function: A plain function ``f(axis, ..., parameter, ...)`` of arrays, or an ``lmfit.Model``, built-in or
            composite. Arguments named like an axis of the sweep are the independent variables; the others are fitted.
            Axes that are not arguments are averaged over. An axis of labels arrives as an array of texts, so that one
            model describes all series: ``np.where(kind == "interleaved", alpha * alpha_c, alpha) ** length``.
        guess: Pure function ``guess(axis, ..., signal)`` of arrays, in the order of those axes, returning the
            starting value of every parameter, or a list of such starts to try. Without one an ``lmfit.Model`` guesses
            for itself, or starts at the values it was made with. Labels arrive as texts, and a position that a point
            of a sum of grids does not have as NaN or "". A parameter that only references use may be left out.
        quantities: Names to report, the headline first: parameters or derived. Empty reports all of them.
        bounds: (low, high) of parameters that need them; infinite where one side is free.
        derived: Expressions of the parameters, for example ``{"frequency": "1 / (2 * pi_amplitude)"}``, or functions
            that take parameters by their names: ``{"frequency": lambda pi_amplitude: 1 / (2 * pi_amplitude)}``.
        units: Units of the quantities.
        symbols: What people write for the quantities, for example ``{"t1_time": "T₁"}``; their names by default.
        flat: Sentence for data that show no signal at all, for example "no decay within the window": a constant
            explains each series as well. Empty where a signal that does not change is a result like any other, as it
            always is where a model is of labels alone.
        checks: Further findings about a fit, each a function of a `FitSummary`; `oqtopus_experiments.checks` has
            some for decays and oscillations.
        references: Expected signal of reference circuits (`Experiment.references`), by name: plain functions of
            parameters, for example ``{"ground": lambda offset: offset}``. Their counts join the likelihood; parameters
            that only they use are fitted too.
        example: A plausible truth, a value for every parameter: what ``oqx plan`` forecasts for, and what made-up
            counts are drawn from. Empty where the author gives none.
        formula: The function for readers, in the names of its axes and parameters and the words of numpy:
            ``"P(1) = offset + amplitude * exp(-delay / t1_time)"``. Shown by ``oqx show``; before anything is run it
            is held against the function. Empty where the author gives none.
        panels: Figures of a fit in place of those that follow from the sweep: a function of a `FitSummary`, for what
            is computed from several points, such as a sum of four series. None for those that follow.

    Raises:
        ValueError: For whatever of this cannot be, as bounds that are reversed or a unit that is not known. That all
            names are those of parameters is checked against the sweep, before anything is run.
        TypeError: For something else than a function where one is due.
    """

    function: Any
    guess: Callable[..., Mapping[str, float] | Sequence[Mapping[str, float]]] | None = None
    quantities: tuple[str, ...] = field(default=(), converter=_as_names)
    bounds: Mapping[str, tuple[float, float]] = field(factory=dict)
    derived: Mapping[str, str | Callable[..., float]] = field(factory=dict)
    units: Mapping[str, str] = field(factory=dict)
    flat: str = "the signal does not change over the sweep"
    checks: tuple[Callable[[FitSummary], Sequence[Reason]], ...] = field(default=(), converter=_as_checks)
    references: Mapping[str, Callable[..., float]] = field(factory=dict)
    example: Mapping[str, float] = field(factory=dict)
    formula: str = ""
    panels: Callable[[FitSummary], Sequence[Panel]] | None = None
    symbols: Mapping[str, str] = field(factory=dict)

    def __attrs_post_init__(self) -> None:
        for what, found in (
            ("guess", self.guess),
            ("panels", self.panels),
            *((f"reference {name!r}", f) for name, f in self.references.items()),
        ):
            if found is not None and not callable(found):
                message = f"{what} of a fit model must be a function, not {found!r:.60}"
                raise TypeError(message)
        for name, derived in self.derived.items():
            if not isinstance(derived, str) and not callable(derived):
                message = f"derived quantity {name!r} must be an expression or a function, not {derived!r:.60}"
                raise TypeError(message)
        for name, bounds in self.bounds.items():
            if problem := _problem_of_bounds(bounds):
                message = f"bounds of {name!r} must be (low, high) with low < high, not {bounds!r:.60}{problem}"
                raise ValueError(message)
        for name, unit in self.units.items():
            if problem := unknown_unit(unit):
                message = f"unit of {name!r}: {problem}"
                raise ValueError(message)
        for name, text in self.symbols.items():
            if problem := not_a_symbol(text):
                message = f"symbol of {name!r}: {problem}"
                raise ValueError(message)
        for name, value in self.example.items():
            if problem := _problem_of_example(value, self.bounds.get(name, (-math.inf, math.inf))):
                message = f"the example of {name!r} must be {problem}, not {value!r:.60}"
                raise ValueError(message)
        for what, text in (("flat is a sentence", self.flat), ("formula is a text", self.formula)):
            if not isinstance(text, str):
                message = f"{what}, or empty, not {text!r:.60}"
                raise TypeError(message)
        if self.formula:
            try:
                names_in(self.formula)
            except ValueError as error:
                message = f"the formula of a fit model {error}"
                raise ValueError(message) from error

    def quantity(self, name: str, value: float = math.nan, stderr: float = math.nan) -> Quantity:
        """Return a quantity of this model, with the unit and the symbol that were declared for it."""
        return Quantity(name, value, stderr, self.units.get(name, ""), symbol=self.symbols.get(name, ""))


def _problem_of_bounds(bounds: Any) -> str:
    if not isinstance(bounds, (tuple, list)) or len(bounds) != 2:
        return ": there are two of them"
    if not all(isinstance(bound, Real) and not math.isnan(bound) for bound in bounds):
        return ": each is a number, infinite where that side is free"
    return "" if bounds[0] < bounds[1] else ": nothing lies between them"


def _problem_of_example(value: Any, bounds: tuple[float, float]) -> str:
    if not isinstance(value, Real) or isinstance(value, bool) or not math.isfinite(value):
        return "a finite number"
    return "" if bounds[0] <= float(value) <= bounds[1] else f"within its bounds, {bounds[0]:g} to {bounds[1]:g}"
