"""A fit model held against the sweep of its experiment: every name in it is that of something. Pure; calls nothing."""

from __future__ import annotations

import ast
import math
import sys
from collections.abc import Callable, Collection, Iterator
from numbers import Real
from typing import Any

import numpy as np
from attrs import evolve

from oqtopus_experiments.contracts import formula
from oqtopus_experiments.contracts.arguments import arguments_of
from oqtopus_experiments.contracts.model import FitModel
from oqtopus_experiments.contracts.reserved import reserved_column

SIGNAL = "signal"
"""Last argument of a guess."""


def problem(model: FitModel, axes: Collection[str], references: Collection[str]) -> str:
    """
    Return what is wrong with a model, as a sentence; empty when nothing is.

    Args:
        model: The model. Names in that of an ``lmfit.Model`` are the business of the analyzer that fits it.
        axes: Names of the axes of the sweep.
        references: Names of the reference circuits of the experiment.
    """
    unknown = [name for name in model.references if name not in references]
    if unknown:
        there = ", ".join(references) or "none"
        return f"it has the reference {unknown[0]!r}; the reference circuits of the experiment: {there}"
    if not is_plain(model):
        lmfit = sys.modules.get("lmfit")
        return "" if lmfit and isinstance(model.function, lmfit.Model) else _not_a_function(model.function)
    return next(_faults(model, tuple(axes)), "")


def is_plain(model: FitModel) -> bool:
    """Return whether a model is a function, rather than an ``lmfit.Model``."""
    return callable(model.function)


def parameters_of(model: FitModel, axes: Collection[str]) -> dict[str, bool]:
    """Return the parameters that are fitted, of a function and then of references; whether a guess may leave it out."""
    found = {
        name: argument.default is not argument.empty
        for name, argument in arguments_of(model.function).items()
        if name not in axes and (argument.default is argument.empty or _is_number(argument.default))
    }
    for function in model.references.values():
        found |= {name: True for name in arguments_of(function) if name not in found}
    return found


def axes_of(model: FitModel, axes: Collection[str]) -> tuple[str, ...]:
    """Return the axes that a function depends on, in the order of its arguments."""
    return tuple(name for name in arguments_of(model.function) if name in axes)


def inputs_of(derived: str | Callable[..., float], known: Collection[str]) -> list[str]:
    """
    Return the names that a derived quantity is computed from, those of numpy and math left out.

    Args:
        derived: An expression, or a function.
        known: Names of the model, which may be called like something of numpy.

    Raises:
        SyntaxError: When it is not an expression.
    """
    if callable(derived):
        return list(arguments_of(derived))
    names = [node.id for node in ast.walk(ast.parse(derived.strip(), mode="eval")) if isinstance(node, ast.Name)]
    return [one for one in names if one in known or not (one in vars(np) or one in vars(math))]


def _faults(model: FitModel, axes: tuple[str, ...]) -> Iterator[str]:
    name = getattr(model.function, "__name__", "the model")
    arguments = arguments_of(model.function).values()
    if any(argument.kind in (argument.VAR_POSITIONAL, argument.VAR_KEYWORD) for argument in arguments):
        yield f"{name} takes *args or **kwargs: name every axis and every parameter"
    if not axes_of(model, axes):
        yield f"no argument of {name} is an axis of the sweep: {', '.join(axes)}"
    parameters = parameters_of(model, axes)
    known = (*parameters, *model.derived)
    for what, names, there in (
        ("bounds are given for", model.bounds, parameters),
        ("a unit is given for", model.units, known),
        ("a symbol is given for", model.symbols, known),
        ("the quantities to report hold", model.quantities, known),
        ("the example holds", model.example, parameters),
    ):
        yield from (_unknown(what, one, there) for one in names if one not in there)
    if model.example and (left := [one for one in parameters if one not in model.example]):
        yield f"the example of its truth has no value of {', '.join(map(repr, left))}: give all, or no example"
    for one in model.derived:
        if one in parameters or one in axes:
            yield f"derived quantity {one!r} is called like a parameter or an axis"
    for one in known:
        if taken := reserved_column(one, known):
            yield f"quantity {one!r}: {taken}"
    for one, derived in model.derived.items():
        yield from _faults_of_derived(one, derived, [other for other in known if other != one])
    for one, function in model.references.items():
        yield from (
            f"reference {one!r} takes the axis {argument!r}; a reference circuit belongs to no point"
            for argument in arguments_of(function)
            if argument in axes
        )
    if model.formula:
        own = parameters_of(evolve(model, references={}), axes)
        if problem := formula.problem(model.formula, axes_of(model, axes), own):
            yield f"its formula {problem}"
    if model.guess is None:
        yield f"{name} is a plain function and needs a guess of its parameters"
    else:
        yield from _faults_of_guess(model.guess, axes_of(model, axes))


def _faults_of_derived(name: str, derived: Any, known: Collection[str]) -> Iterator[str]:
    try:
        names = inputs_of(derived, known)
    except SyntaxError as error:
        yield f"derived quantity {name!r} = {derived!r:.60} is not an expression: {error.msg}"
        return
    yield from (_unknown(f"{name!r} is derived from", one, known) for one in names if one not in known)


def _faults_of_guess(guess: Callable[..., Any], axes: tuple[str, ...]) -> Iterator[str]:
    wanted = (*axes, SIGNAL)
    arguments = list(arguments_of(guess).values())
    told = f"guess is called with {', '.join(wanted)}, in this order"
    if any(argument.kind is argument.VAR_POSITIONAL for argument in arguments):
        return
    required = [one for one in arguments if one.default is one.empty and one.kind is not one.VAR_KEYWORD]
    if not len(required) <= len(wanted) <= len(arguments):
        yield f"{told}; it takes {', '.join(one.name for one in arguments) or 'nothing'}"
    for argument, due in zip(arguments, wanted, strict=False):
        if argument.name in wanted and argument.name != due:
            yield f"{told}; it takes {', '.join(one.name for one in arguments)}"
            return


def _unknown(what: str, name: str, known: Collection[str]) -> str:
    return f"{what} {name!r}, which the model does not have: {', '.join(known)}"


def _not_a_function(function: object) -> str:
    return f"it must be of a function or an lmfit.Model, not of {function!r:.60}"


def _is_number(value: object) -> bool:
    return isinstance(value, Real) and not isinstance(value, bool)
