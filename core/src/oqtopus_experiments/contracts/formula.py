"""The formula of a model, written for readers and held against the function that is fitted."""

from __future__ import annotations

import ast
import math
from collections.abc import Collection, Mapping
from functools import lru_cache
from types import CodeType
from typing import Any

import numpy as np
from attrs import frozen
from numpy.typing import NDArray

_MATHEMATICS = {**vars(math), **vars(np)}


def problem(formula: str, axes: Collection[str], parameters: Collection[str]) -> str:
    """
    Return what is wrong with the names of a formula, as the end of a sentence; empty when nothing is.

    Args:
        formula: As ``P(1) = offset + amplitude * exp(-delay / t1_time)``.
        axes: Names of the axes that the function of the model takes.
        parameters: Names of its parameters.
    """
    found = names_in(formula)
    known = (*axes, *parameters)
    for name in found:
        if name not in known and name not in _MATHEMATICS:
            return f"names {name!r}, which is neither an axis nor a parameter of the model: {', '.join(known)}"
    missing = [name for name in known if name not in found]
    return f"does not name {missing[0]!r}, on which the model depends" if missing else ""


def names_in(formula: str) -> list[str]:
    """
    Return the names on the right side of a formula, each once, those of mathematics included.

    Raises:
        ValueError: When it is not a formula; the message is the end of a sentence.
    """
    return list(_right(formula).names)


def value(formula: str, names: Mapping[str, Any]) -> NDArray[Any]:
    """
    Return the right side of a formula, in the words of numpy.

    Args:
        formula: One without a `problem`; it is as much code of its author as the function beside it.
        names: Values of its axes and parameters, numbers or arrays of one shape.
    """
    right = _right(formula)
    words = {name: _MATHEMATICS[name] for name in right.names if name not in names}
    return np.asarray(eval(right.code, {"__builtins__": {}}, {**words, **names}))  # noqa: S307  # the author's own code


@frozen
class _Right:
    """The right side of a formula: the names in it, each once, and its code."""

    names: tuple[str, ...]
    code: CodeType


@lru_cache(maxsize=256)  # every model that is made is held against its formula, several times
def _right(formula: str) -> _Right:
    left, sign, right = formula.partition("=")
    if not sign or not left.strip():
        message = f"must be written as 'P(1) = ...', not {formula!r:.60}"
        raise ValueError(message)
    try:
        tree = ast.parse(right.strip(), mode="eval")
    except SyntaxError as error:
        message = f"has no expression on its right side: {right.strip()!r:.60} ({error.msg})"
        raise ValueError(message) from error
    names = dict.fromkeys(node.id for node in ast.walk(tree) if isinstance(node, ast.Name))
    return _Right(tuple(names), compile(tree, "formula", "eval"))
