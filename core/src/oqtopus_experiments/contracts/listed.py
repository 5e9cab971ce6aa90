"""
Points of a sweep that a person lists, or has spread: one mechanism for delays, amplitudes and whatever else is swept.

An experiment declares them by ``parameter(None, listed.check(FEWEST, "delay_points", "max_delay"), unit="ns",
converter=listed.values)``, and sweeps `ascending` of them where they are given. A run file lists them,
``delays = ["1 us", 2000, 5000]``, or has them spread from here to there, ``delays = { log = ["1 us", "200 us", 20] }``,
which may say of what they are multiples: ``amplitudes = { log = [0.5, 50, 20], step = 0.5 }``.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from numbers import Real
from typing import TYPE_CHECKING, Any, Protocol, TypeVar, runtime_checkable

import attrs

from oqtopus_experiments.contracts.defaults import default_of

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

Made = TypeVar("Made")

SPREADS = ("linear", "log")
"""By equal steps, and by equal factors."""
STEP = "step"
"""Beside one of them: spread points become different multiples of it, the nearest."""
MOST = 100_000
"""So many points at most."""


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
        return _spread(given)
    if isinstance(given, str) or not isinstance(given, Iterable):
        return given
    return tuple(one.item() if isinstance(one, _Scalar) else one for one in given)


def _spread(given: Mapping[str, Any]) -> tuple[float, ...]:
    import numpy as np

    how = next((one for one in SPREADS if one in given), "")
    if not how or set(given) - {how, STEP}:
        message = (
            f"write {{log = [first, last, number]}} or {{linear = [first, last, number]}}, not {dict(given)!r:.60}"
        )
        raise ValueError(message)
    first, last, number = _ends(how, given[how])
    spread = np.geomspace if how == "log" else np.linspace
    positions = spread(first, last, number)
    if STEP in given:
        positions = _multiples(np.sort(positions), given[STEP])
    return tuple(float(f"{one:.12g}") for one in positions)


def _ends(how: str, ends: Any) -> tuple[float, float, int]:
    if not isinstance(ends, (list, tuple)) or len(ends) != 3 or not all(isinstance(one, Real) for one in ends):
        message = f"{how} needs the first, the last and how many, [first, last, number], not {ends!r:.60}"
        raise ValueError(message)
    first, last, number = (float(one) for one in ends)
    if not (math.isfinite(first) and math.isfinite(last)):
        message = f"{how} begins and ends at finite numbers, not at {first:g} and {last:g}"
        raise ValueError(message)
    if not (number.is_integer() and 2 <= number <= MOST):
        message = f"{how} needs a whole number of points, from 2 to {MOST:,}, not {number:g}"
        raise ValueError(message)
    if how == "log" and not (first > 0 and last > 0):
        message = f"log begins and ends above 0, not at {first:g} and {last:g}; list 0 beside it, or use linear"
        raise ValueError(message)
    return first, last, int(number)


def _multiples(positions: NDArray[np.float64], step: Any) -> NDArray[np.float64]:
    """Return different multiples of a step, the nearest; positions ascend, and are refused where there are too few."""
    if not isinstance(step, Real) or not 0 < float(step) < math.inf:
        message = f"{STEP} is a number above 0, of which the points are multiples, not {step!r:.40}"
        raise ValueError(message)
    width = float(step)
    room = round(positions[-1] / width) - round(positions[0] / width) + 1
    if room < len(positions):
        message = (
            f"there are {room} multiples of {width:g} from {positions[0]:g} to {positions[-1]:g}, not "
            f"{len(positions)}: ask for no more, or leave {STEP} out"
        )
        raise ValueError(message)
    return on_grid(positions, width)


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


def ascending(listed: tuple[float, ...]) -> NDArray[np.float64]:
    """Return listed values in ascending order, shape (n,)."""
    import numpy as np

    return np.sort(np.array(listed, dtype=float))


def on_grid(positions: NDArray[np.float64], step: float) -> NDArray[np.float64]:
    """
    Return the nearest multiples of a step, all different, no longer than the longest; as they are without so many.

    Args:
        positions: In ascending order, shape (n,).
        step: What a clock can keep, > 0, in the unit of the positions.
    """
    import numpy as np

    ticks = np.round(positions / step)
    last = ticks[-1]
    places = np.arange(len(positions))
    if last < places[-1]:
        return positions
    # Those that fall together move up one by one, and those that this would push beyond the end move down.
    apart = np.maximum.accumulate(ticks - places) + places
    kept: NDArray[np.float64] = np.minimum(apart, last - places[::-1]) * step
    return kept


def once_on_grid(positions: NDArray[np.float64], step: float, longest: float = math.inf) -> NDArray[np.float64]:
    """
    Return the nearest multiples of a step that are no longer than the longest; those that fall together once.

    Args:
        positions: Shape (n,).
        step: What a clock can keep, in the unit of the positions; 0 leaves them as they are.
        longest: No multiple is beyond it.
    """
    import numpy as np

    if not step > 0:
        return positions
    kept: NDArray[np.float64] = np.unique(np.minimum(np.round(positions / step), np.floor(longest / step))) * step
    return kept
