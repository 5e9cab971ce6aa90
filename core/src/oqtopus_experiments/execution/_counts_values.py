"""Counts that were taken elsewhere, as Python has them: mappings, lists of mappings, results of Qiskit."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from oqtopus_experiments.contracts.counts import Counts
from oqtopus_experiments.contracts.experiment import Declaration
from oqtopus_experiments.contracts.outcome import Failure
from oqtopus_experiments.contracts.sweep import Axis, Sweep
from oqtopus_experiments.errors import CountsError
from oqtopus_experiments.execution._counts_table import width_of
from oqtopus_experiments.execution._foreign_counts import ForeignCounts, Point, sweep_through

if TYPE_CHECKING:
    from qiskit.primitives import PrimitiveResult
    from qiskit.result import Result

Given: TypeAlias = Mapping[str, int] | Counts | Failure | None
"""What one circuit read, or that it read nothing."""


def in_order(
    given: Sequence[Given], experiment: Declaration, sweep: Sweep, names: Sequence[str], source: str, first_bit: str
) -> ForeignCounts:
    """
    Return counts that stand in the order of a sweep, those of its reference circuits behind or left out.

    Args:
        given: Counts of all targets side by side, one for each circuit.
        experiment: What was measured.
        sweep: The points.
        names: Names of the reference circuits.
        source: What the counts are, for messages.
        first_bit: Where bit 0 stands in an outcome, ``"right"`` or ``"left"``.

    Raises:
        CountsError: When these are not so many, or not counts.
    """
    if len(given) not in (sweep.size, sweep.size + len(names)):
        more = f", or {sweep.size + len(names)} with its reference circuits" if names else ""
        message = (
            f"{source} has counts of {len(given)} circuits, and the sweep {sweep.size} points{more}; name the points "
            f"that were measured: axes={{{sweep.axes[0].name!r}: [...]}}"
        )
        raise CountsError(message)
    width = width_of(experiment) * len(experiment.targets)
    results = {
        index: found
        for index, each in enumerate(given)
        if (found := _counts(each, width, f"{source}, circuit {index}", first_bit)) is not None
    }
    if not any(isinstance(found, Counts) and found.shots for found in results.values()):
        message = f"{source} has no counts; there is nothing to analyze"
        raise CountsError(message)
    references = tuple(names) if len(given) > sweep.size else ()
    note = f"outcomes are read with bit 0, the first bit of the first target, on the {first_bit}"
    notes = (note,) if width > 1 else ()
    return ForeignCounts(sweep, results, references, origin={"source": source}, notes=notes)


def by_point(
    given: Mapping[Any, Any], experiment: Declaration, axes: Sequence[Axis], names: Sequence[str], first_bit: str
) -> ForeignCounts:
    """
    Return counts by the values of their axes, in a tuple where there are several; references by their names.

    Raises:
        CountsError: When a key is neither, or what stands there is not counts.
    """
    at = {key: each for key, each in given.items() if not (isinstance(key, str) and key in names)}
    if not at:
        message = "a mapping of counts has a key for each point: {delay: {'0': 10, '1': 990}, ...}"
        raise CountsError(message)
    points = [Point(_values(key, axes)) for key in at]
    sweep, numbers = sweep_through(points, axes)
    listed: list[Given] = [None] * sweep.size
    for number, each in zip(numbers, at.values(), strict=True):
        listed[number] = each
    known = [name for name in names if name in given]
    return in_order([*listed, *(given[name] for name in known)], experiment, sweep, known, "the mapping", first_bit)


def _values(key: Any, axes: Sequence[Axis]) -> tuple[tuple[str, float | str], ...]:
    values = key if isinstance(key, tuple) else (key,)
    fits = len(values) == len(axes) and all(
        isinstance(value, str) != axis.is_numeric and not isinstance(value, bool)
        for value, axis in zip(values, axes, strict=True)
    )
    if not fits:
        message = f"{key!r:.60} is not a point of the axes {', '.join(axis.name for axis in axes)}, nor a reference"
        raise CountsError(message)
    return tuple(
        (axis.name, float(value) if axis.is_numeric else value) for value, axis in zip(values, axes, strict=True)
    )


def sweep_of_axes(axes: Mapping[str, Any], declared: Sequence[Axis]) -> Sweep:
    """
    Return the grid over values that were measured, in the order of the experiment's axes, the last fastest.

    Raises:
        CountsError: When an axis is missing, unknown or cannot be one.
    """
    names = [axis.name for axis in declared]
    if sorted(axes) != sorted(names):
        message = f"axes must name {', '.join(names)}; got {', '.join(map(str, axes)) or 'none'}"
        raise CountsError(message)
    try:
        return Sweep(*(Axis(axis.name, axes[axis.name], axis.unit) for axis in declared))
    except (ValueError, TypeError) as error:
        message = f"axes: {error}"
        raise CountsError(message) from error


def _counts(given: Given, width: int, where: str, first_bit: str) -> Counts | Failure | None:
    if given is None or isinstance(given, Failure):
        return given
    if not isinstance(given, Mapping):
        message = f"{where}: counts are a mapping of outcomes to numbers, {{'0': 10, '1': 990}}, not {given!r:.60}"
        raise CountsError(message)
    strange = [key for key in given if not isinstance(key, str)]
    if strange:
        message = f"{where}: an outcome is a bit string such as {'0' * width!r}, not {strange[0]!r}"
        raise CountsError(message)
    plain = {key.replace(" ", ""): count for key, count in given.items()}
    if len(plain) < len(given):
        message = f"{where}: an outcome stands twice"
        raise CountsError(message)
    try:
        return Counts.from_dict({key if first_bit == "right" else key[::-1]: n for key, n in plain.items()}, width)
    except (ValueError, TypeError) as error:
        message = f"{where}: {error}"
        raise CountsError(message) from error


def of_qiskit(given: Any) -> tuple[list[Given], str] | None:
    """Return what the circuits of a ``Result`` or ``PrimitiveResult`` read, and which it was; None for others."""
    # An object of Qiskit's can only exist when Qiskit is imported; without it nothing needs to be.
    if "qiskit" not in sys.modules:
        return None
    from qiskit.primitives import PrimitiveResult
    from qiskit.result import Result

    if isinstance(given, Result):
        return _of_result(given), f"Result of job {given.job_id}"
    if isinstance(given, PrimitiveResult):
        return _of_primitive(given), "PrimitiveResult"
    return None


def _of_result(result: Result) -> list[Given]:
    from qiskit.exceptions import QiskitError

    found: list[Given] = []
    for index, experiment in enumerate(result.results):
        try:
            found.append(dict(result.get_counts(index)))
        except QiskitError as error:
            found.append(Failure(f"no counts: {error}; {experiment.status}"))
    return found


def _of_primitive(result: PrimitiveResult[Any]) -> list[Given]:
    """Return the counts of each circuit: of every set of parameters where it has some, all registers joined."""
    from qiskit.primitives import BitArray

    found: list[Given] = []
    for number, pub in enumerate(result):
        arrays = [bits for bits in dict(pub.data.items()).values() if isinstance(bits, BitArray)]
        if not arrays:
            message = f"PrimitiveResult, circuit {number}: it has no counts; only those of a sampler have"
            raise CountsError(message)
        joined = BitArray.concatenate_bits(arrays) if len(arrays) > 1 else arrays[0]
        found += [dict(joined.get_counts(place)) if joined.shape else dict(joined.get_counts())
                  for place in np.ndindex(joined.shape)]  # fmt: skip
    return found
