"""
Points of a sweep that a person lists, or has spread: one mechanism for delays, amplitudes and whatever else is swept.

An experiment declares them by ``parameter(None, listed.check(FEWEST, "delay_points", "max_delay"), unit="ns",
converter=listed.values)``, and sweeps `ascending` of them where they are given. A run file lists them,
``delays = ["1 us", 2000, 5000]``, or has them spread from here to there, ``delays = { log = ["1 us", "200 us", 20] }``,
which may say of what they are multiples: ``amplitudes = { log = [0.5, 50, 20], step = 0.5 }``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from numbers import Real
from typing import TYPE_CHECKING, Any, Protocol, TypeVar, runtime_checkable

import attrs

from oqtopus_experiments.contracts.defaults import default_of
from oqtopus_experiments.contracts.spread_points import spread

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

Made = TypeVar("Made")


@runtime_checkable
class _Scalar(Protocol):
    """A number of a library of arrays, be it NumPy or another, which are not loaded to ask."""

    def item(self) -> Any:
        """Return Python's own number."""


def values(given: Any) -> Any:
    """
    Return what was listed as a tuple of Python's own numbers, a spread as its values; anything else as it is.

    Raises:
        ValueError: For a spread that is none: ``{"log": (1000.0, 200_000.0, 20)}`` is one.
    """
    if isinstance(given, Mapping):
        return spread(given)
    if isinstance(given, str) or not isinstance(given, Iterable):
        return given
    return tuple(one.item() if isinstance(one, _Scalar) else one for one in given)


def check(fewest: int, *others: str) -> PointsCheck:
    """
    Return a validator that refuses points from which nothing can be fitted, and those that are said in two ways.

    Args:
        fewest: How many different ones there must be.
        others: Parameters that say which points there are where none are listed; they are left at their defaults.
    """
    return PointsCheck(fewest, others)


@attrs.frozen
class PointsCheck:
    """See `check`; that a parameter has one tells schemas that its points may be spread."""

    fewest: int
    others: tuple[str, ...]

    def __call__(self, instance: Any, field: attrs.Attribute[Any], listed: tuple[float, ...]) -> None:
        """Raise ValueError for points that are refused."""
        name, unit = field.name, field.metadata.get("unit", "")
        if len(set(listed)) < len(listed):
            twice = next(one for one in listed if listed.count(one) > 1)
            message = f"{name!r} holds {f'{twice:g} {unit}'.rstrip()} twice; ask for more shots instead"
            raise ValueError(message)
        if len(listed) < self.fewest or min(listed) < 0 or not max(listed) > 0:
            message = f"{name!r} must be {self.fewest} or more different {name}, none below 0: {list(listed)!r:.60}"
            raise ValueError(message)
        own = attrs.fields_dict(type(instance))
        given = (other for other in self.others if getattr(instance, other) != default_of(own[other], instance))
        if said := next(given, ""):
            message = f"give {name!r} or {said!r}, not both: {name} say which, how many and how long"
            raise ValueError(message)


def instead(experiment: Made, name: str, points: NDArray[np.float64], **changes: Any) -> Made:
    """
    Return an experiment that lists these points, and leaves the other ways to say them at their defaults.

    For `Experiment.for_counts`. Points that cannot be listed, too few or below 0, leave the list out.

    Args:
        experiment: Of an attrs class.
        name: Of the parameter that lists them.
        points: In any order, repeated or not, shape (n,).
        changes: Other parameters, as for ``attrs.evolve``.
    """
    fields = attrs.fields_dict(type(experiment))  # type: ignore[arg-type]  # any attrs class
    (checked,) = (check for check in fields[name].metadata["checks"] if isinstance(check, PointsCheck))
    different = tuple(sorted({float(point) for point in points}))
    sound = len(different) >= checked.fewest and different[0] >= 0
    kept: dict[str, Any] = {
        (field.alias or own): getattr(experiment, own)
        for own, field in fields.items()
        if field.init and own not in {name, *checked.others}
    }
    kept[name] = different if sound else None
    return type(experiment)(**kept | changes)


def longest(listed: Any, otherwise: Any) -> Any:
    """
    Return the largest of listed values, or what it is otherwise; also before they are checked.

    For defaults that depend on it: a wrong list is reported by its own check, which runs later.
    """
    numbers = listed if isinstance(listed, tuple) else ()
    return max(numbers) if numbers and all(isinstance(one, Real) for one in numbers) else otherwise


def number(listed: Any, otherwise: int) -> int:
    """Return how many values are listed, or what it is where none are."""
    return otherwise if listed is None else len(listed)


def ascending(listed: tuple[float, ...]) -> NDArray[np.float64]:
    """Return listed values in ascending order, shape (n,)."""
    import numpy as np

    return np.sort(np.array(listed, dtype=float))
