"""
Analyses to JSON and back, field by field as their classes declare them: one cattrs converter.

A number that is not known (NaN) is ``null``, an infinite one ``"inf"`` or ``"-inf"``; an array is a list. Reading
ignores fields that a newer version added, takes defaults for those an older one lacked, and never coerces.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any, get_origin

import cattrs
import cattrs.gen
import numpy as np
from attrs import frozen
from cattrs.errors import BaseValidationError

from oqtopus_experiments.contracts.analysis import Analysis, Quantity
from oqtopus_experiments.errors import StoreError
from oqtopus_experiments.storage._manifest import FORMAT, check_format
from oqtopus_experiments.storage._shared_grids import share, unshare
from oqtopus_experiments.support._atomic_writing import parse_object
from oqtopus_experiments.support._directory import Directory
from oqtopus_experiments.support._plain import plain

_CURVES = ("fitted", "curves", "panels")


@frozen(eq=False)
class StoredAnalysis:
    """
    What ``analysis.json`` holds.

    Args:
        analyzer: ``use`` and ``options`` of the analyzer, and the versions it ran with.
        analyses: One per target.
    """

    analyzer: Mapping[str, Any]
    analyses: tuple[Analysis, ...]


def write_analyses(directory: Directory, analyzer: Mapping[str, Any], analyses: Sequence[Analysis]) -> None:
    """Write ``curves.json`` and ``analysis.json``, each whole or not at all."""
    for file, content in analysis_json(analyzer, analyses).items():
        directory.write(file, content)


def analysis_json(analyzer: Mapping[str, Any], analyses: Sequence[Analysis]) -> dict[str, bytes]:
    """
    Return ``curves.json`` and ``analysis.json``, one line per target.

    The curves stand apart: they are most of the bytes, and a history over hundreds of runs needs none of them. Curves
    over the same positions name these once.
    """
    items = [converter().unstructure(analysis) for analysis in analyses]
    curves = [{"target": item["target"], **{name: item.pop(name) for name in _CURVES}} for item in items]
    share(curves, analyses)
    return {
        "curves.json": _lines({"format": FORMAT}, "curves", curves),
        "analysis.json": _lines({"format": FORMAT, "analyzer": analyzer}, "analyses", items),
    }


def _lines(head: Mapping[str, Any], name: str, items: Sequence[Any]) -> bytes:
    lines = ",\n".join(json.dumps(plain(item), allow_nan=False) for item in items)
    return f'{json.dumps(plain(head), allow_nan=False)[:-1]}, "{name}": [\n{lines}\n]}}\n'.encode()


def read_analyses(directory: Directory, *, curves: bool = False) -> StoredAnalysis | None:
    """
    Read ``analysis.json`` in a folder; None when there is none.

    Args:
        directory: The folder of an experiment.
        curves: Whether to read ``curves.json`` too: without it no analysis has curves or fitted values.

    Raises:
        StoreError: When they are damaged or of another version.
    """
    data, file = directory.read("analysis.json"), directory.path / "analysis.json"
    if data is None:
        return None
    content = parse_object(data, str(file))
    check_format(content, file)
    analyzer, items = content.get("analyzer"), content.get("analyses")
    if not isinstance(analyzer, dict) or not isinstance(analyzer.get("use"), str) or not isinstance(items, list):
        message = f"{file} is damaged: it needs an analyzer and a list of analyses"
        raise StoreError(message)
    if curves:
        items = [{**one, **item} for one, item in zip(_curves(directory, len(items)), items, strict=True)]
    try:
        analyses = [converter().structure(item, Analysis) for item in items]
    except (BaseValidationError, TypeError, ValueError, KeyError, AttributeError) as error:
        detail = "; ".join(cattrs.transform_error(error, path="analyses", format_exception=_describe)[:3])
        message = f"{file} is damaged: {detail}"
        raise StoreError(message) from error
    return StoredAnalysis(analyzer, tuple(analyses))


def _curves(directory: Directory, number: int) -> list[dict[str, Any]]:
    """Return what ``curves.json`` holds of so many analyses, in their order."""
    data, file = directory.read("curves.json"), directory.path / "curves.json"
    content = {} if data is None else parse_object(data, str(file))
    items = content.get("curves")
    if not isinstance(items, list) or len(items) != number or not all(isinstance(item, dict) for item in items):
        message = f"{file} is damaged or missing: it needs the curves of {number} analyses; try: oqx analyze RUN"
        raise StoreError(message)
    try:
        unshare(items)
    except ValueError as error:
        message = f"{file} is damaged: {error}; try: oqx analyze RUN"
        raise StoreError(message) from error
    return items


@cache
def converter() -> cattrs.Converter:
    """Return the converter of analyses."""
    made = cattrs.Converter()
    made.register_unstructure_hook(float, _float_to_json)
    made.register_structure_hook(float, lambda value, _: _float_from_json(value))
    for exact in (int, str):
        made.register_structure_hook(exact, _exactly)
    made.register_structure_hook(bool, _truth)
    made.register_structure_hook(str | int | float, _label)
    made.register_unstructure_hook(int, int)
    made.register_unstructure_hook(bool, bool)  # which is an integer too
    made.register_unstructure_hook_func(_is_array, _array_to_json)
    made.register_structure_hook_func(_is_array, lambda value, _: _array_from_json(value))
    made.register_unstructure_hook(Quantity, _quantity_to_json(made))
    return made


def _quantity_to_json(made: cattrs.Converter) -> Callable[[Quantity], dict[str, Any]]:
    """Return how a quantity is written: what says nothing is left out where the first files had no such field."""
    first = ("name", "value", "stderr", "unit", "low", "high", "systematic", "at_least", "at_most")
    whole = cattrs.gen.make_dict_unstructure_fn(Quantity, made)
    return lambda one: {key: value for key, value in whole(one).items() if key in first or value not in (None, "")}


def _describe(error: BaseException, _: type[Any] | None) -> str:
    return str(error) or type(error).__name__


def _exactly(value: Any, kind: type[Any]) -> Any:
    if type(value) is not kind:
        message = f"expected {kind.__name__}, not {value!r:.40}"
        raise TypeError(message)
    return value


def _truth(value: Any, _: Any) -> bool:
    # The first files have 0 and 1 where panels say whether a level stands upright.
    return bool(value) if type(value) is int and value in (0, 1) else bool(_exactly(value, bool))


def _label(value: Any, _: Any) -> Any:
    return _exactly(value, str) if not isinstance(value, (int, float)) or isinstance(value, bool) else value


def _float_to_json(value: float) -> float | str | None:
    number = float(value)
    if math.isfinite(number):
        return number
    return None if math.isnan(number) else str(number)


def _float_from_json(value: Any) -> float:
    if value is None:
        return math.nan
    if type(value) in (int, float):
        return float(value)
    if value in ("inf", "-inf"):
        return float(value)
    message = f"expected a number, not {value!r:.40}"
    raise TypeError(message)


def _number_from_json(value: Any) -> float:
    return value if type(value) is int else _float_from_json(value)


def _is_array(kind: Any) -> bool:
    return kind is np.ndarray or get_origin(kind) is np.ndarray


def _array_to_json(array: Any) -> Any:
    values = np.asarray(array)
    if values.dtype.kind == "c":
        return {"real": _array_to_json(values.real), "imaginary": _array_to_json(values.imag)}
    if values.dtype.kind != "f" or np.isfinite(values).all():
        return values.tolist()
    return _leaves(values.tolist(), _float_to_json)


def _array_from_json(value: Any) -> Any:
    if isinstance(value, dict) and value.keys() == {"real", "imaginary"}:
        real, imaginary = _array_from_json(value["real"]), _array_from_json(value["imaginary"])
        whole = np.empty(real.shape, dtype=complex)  # set apart: a sum would turn the sign of a zero, or inf into NaN
        whole.real, whole.imag = real, imaginary
        return whole
    if not isinstance(value, list):
        message = f"expected a list of numbers, not {value!r:.40}"
        raise TypeError(message)
    if set(map(type, value)) == {float}:  # a million numbers in the curves of a thousand targets
        return np.array(value)
    return np.array(_leaves(value, _number_from_json))


def _leaves(value: Any, convert: Any) -> Any:
    return [_leaves(item, convert) for item in value] if isinstance(value, list) else convert(value)
