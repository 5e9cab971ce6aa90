"""What an analyzer returned, held to what an analysis is; pure, and the same for whoever wrote the analyzer."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from numbers import Integral, Real
from typing import Any

import numpy as np
from numpy.typing import NDArray

from oqtopus_experiments.contracts.analysis import Analysis, Curve, Quantity
from oqtopus_experiments.contracts.arrays import QuantityArray
from oqtopus_experiments.contracts.panels import Panel
from oqtopus_experiments.contracts.reserved import reserved_column
from oqtopus_experiments.contracts.targets import Target, label
from oqtopus_experiments.contracts.units import not_a_symbol, unknown_unit
from oqtopus_experiments.contracts.verdict import LEVELS, Reason, Verdict


def problem(returned: object, targets: Sequence[Target], points: int) -> str:
    """
    Return what is wrong with the analyses of an experiment, as the rest of a sentence; empty when nothing is.

    Args:
        returned: What the analyzer gave.
        targets: The targets in their order: one analysis is due for each.
        points: Points of the sweep.
    """
    if not isinstance(returned, (list, tuple)):
        return f"must return a list with one Analysis per target, not {_told(returned)}"
    if len(returned) != len(targets):
        return f"must return one Analysis per target: {len(returned)} for {len(targets)} targets"
    for analysis, target in zip(returned, targets, strict=True):
        if not isinstance(analysis, Analysis):
            return f"must return a list of Analysis; it holds {_told(analysis)}"
        if analysis.target != target:
            return f"must return the analyses in the order of the targets: {analysis.target!r} stands for {target!r}"
    wrong = ((analysis, fault) for analysis in returned for fault in _faults(analysis, points))
    return next((f"is wrong for qubit {label(analysis.target)}: {fault}" for analysis, fault in wrong), "")


def _faults(analysis: Analysis, points: int) -> Iterator[str]:
    """Yield what is wrong with one analysis; only the first is sure to be told well."""
    for kind, items in ((Quantity, analysis.quantities), (QuantityArray, analysis.arrays), (Curve, analysis.curves),
                        (Panel, analysis.panels)):  # fmt: skip
        yield from (f"{_told(item)} stands where a {kind.__name__} is due" for item in items if type(item) is not kind)
    yield from _faults_of_verdict(analysis.verdict)
    for quantity in analysis.quantities:
        yield from _faults_of_quantity(quantity)
        if problem := unknown_unit(quantity.unit):
            yield f"{quantity.name!r}: {problem}"
        if problem := not_a_symbol(quantity.symbol):
            yield f"{quantity.name!r}: {problem}"
    yield from _faults_of_names([quantity.name for quantity in analysis.quantities], "quantity")
    for array in analysis.arrays:
        if _negative(array.stderr):
            yield f"array {array.name!r} has a negative error"
        for unit in (array.unit, *(dimension.unit for dimension in array.dimensions)):
            if problem := unknown_unit(unit):
                yield f"array {array.name!r}: {problem}"
    yield from _faults_of_names([array.name for array in analysis.arrays], "array")
    for curve in analysis.curves:
        if np.ndim(curve.x) != 1 or np.shape(curve.x) != np.shape(curve.y):
            yield f"a curve has positions of shape {np.shape(curve.x)} and values of shape {np.shape(curve.y)}"
        if curve.stderr is not None:
            yield from _faults_of_shape("standard error of a curve", curve.stderr, np.shape(curve.x))
            if (np.asarray(curve.stderr) < 0).any():
                yield "a curve has a negative standard error"
    count = len(analysis.quantities)
    yield from _faults_of_shape("fitted", analysis.fitted, (points,))
    yield from _faults_of_shape("covariance", analysis.covariance, (count, count))
    if not _is_number(analysis.deviance):
        yield f"its deviance is {_told(analysis.deviance)}, not a number"
    if not isinstance(analysis.degrees_of_freedom, Integral):
        yield f"its degrees_of_freedom are {_told(analysis.degrees_of_freedom)}, not an integer"


def _faults_of_verdict(verdict: object) -> Iterator[str]:
    if not isinstance(verdict, Verdict):
        yield f"its verdict is {_told(verdict)}, not a Verdict"
        return
    for reason in verdict.reasons:
        if not isinstance(reason, Reason):
            yield f"a reason of its verdict is {_told(reason)}, not a Reason"
        elif reason.level not in LEVELS:
            yield f"reason {reason.code!r} has the level {reason.level!r}; the levels are {', '.join(LEVELS)}"


def _faults_of_quantity(quantity: Quantity) -> Iterator[str]:
    name = quantity.name
    for what, number in (("value", quantity.value), ("stderr", quantity.stderr), ("low", quantity.low),
                         ("high", quantity.high), ("systematic", quantity.systematic),
                         ("at_least", quantity.at_least), ("at_most", quantity.at_most),
                         ("held", quantity.held)):  # fmt: skip
        if not _is_number(number):
            yield f"{name!r} has the {what} {_told(number)}, which is not a number"
        elif math.isinf(number):
            yield f"{name!r} has an infinite {what}; what is not known is NaN"
    for what, number in (("error", quantity.stderr), ("systematic", quantity.systematic)):
        if number < 0:
            yield f"{name!r} has a negative {what}, {number:g}"
    if math.isnan(quantity.value) and not math.isnan(quantity.stderr):
        yield f"{name!r} has no value but the error {quantity.stderr:g}; both are NaN where a number is not known"
    if not math.isnan(quantity.value) and not (math.isnan(quantity.at_least) and math.isnan(quantity.at_most)):
        yield f"{name!r} has a value and a bound; a bound stands where there is no value"
    if not math.isnan(quantity.value) and not math.isnan(quantity.held):
        yield f"{name!r} has a value and was held; what a person holds is not measured"
    if quantity.has_interval and quantity.low > quantity.high:
        yield f"{name!r} has an interval whose low end, {quantity.low:g}, is above its high end, {quantity.high:g}"


def _faults_of_names(names: Sequence[object], kind: str) -> Iterator[str]:
    for name in names:
        if not isinstance(name, str) or not name.strip() or not name.isprintable():
            yield f"{_told(name)} is not the name of a {kind}"
    known = [name for name in names if isinstance(name, str)]
    yield from (f"two {kind} entries have one name, {name!r}" for name in sorted(set(known)) if known.count(name) > 1)
    if kind == "quantity":
        yield from (f"quantity {name!r}: {taken}" for name in known if (taken := reserved_column(name, known)))


def _faults_of_shape(what: str, array: NDArray[Any] | None, shape: tuple[int, ...]) -> Iterator[str]:
    if array is not None and np.shape(array) != shape:
        yield f"its {what} must have shape {shape}, not {np.shape(array)}"


def _negative(errors: NDArray[Any]) -> bool:
    parts: Iterable[NDArray[Any]] = (errors.real, errors.imag)
    return any(bool((part < 0).any()) for part in parts)


def _is_number(value: object) -> bool:
    # To ask the abstract class takes longer than all the rest.
    return type(value) in (float, int) or (isinstance(value, Real) and not isinstance(value, (bool, np.bool_)))


def _told(value: object) -> str:
    return f"{value!r:.60}" if isinstance(value, (str, int, float, tuple, type(None))) else f"a {type(value).__name__}"
