"""
What is fitted: points, those of references, and the model at all of them by a vector of its free parameters.

Targets with counts at the same places are fitted side by side: the model is asked of all of them at once.

Axes that the model does not know, such as the seeds of random circuits, are averaged over.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import cached_property
from typing import Any

import numpy as np
from attrs import evolve, field, frozen
from numpy.typing import NDArray

from oqtopus_experiments import AnalysisError, Dataset
from oqtopus_experiments_curvefit._averaged import averages
from oqtopus_experiments_curvefit._likelihood import Points, joined
from oqtopus_experiments_curvefit._model import BoundModel, Values
from oqtopus_experiments_curvefit._positions import Positions

Array = NDArray[np.float64]

# Where a parameter that only references know starts, and the step by which its slope is found.
HALF, STEP = 0.5, 1e-3
# Targets that are fitted side by side at most: what is computed of them fits into the cache of a processor.
MOST = 64


@frozen(eq=False)
class Problem:
    """
    What is fitted to one target, or to several with counts at the same places: arrays have a first axis then.

    Args:
        model: The model.
        positions: Those of the sweep on its axes, also the missing ones.
        used: Which of them have counts.
        points: The points with counts, one per position.
        references: Names of the reference circuits that have counts and a model.
        known: Their points.
        missing: How many circuits lack counts, of each target.
        when: When each of these points ran, then each reference, from -1 to 1; NaN where nobody knows. Shape (n,).
        shifts: By how much one standard error of a calibration moves these points, then the references, together; one
            row for each direction it is uncertain in, shape (..., directions, n).
    """

    model: BoundModel
    positions: Positions
    used: NDArray[np.bool_]
    points: Points
    references: tuple[str, ...]
    known: Points
    missing: NDArray[np.intp] | np.intp
    when: Array = field()
    shifts: Array = field()

    @when.default
    def _nobody_knows(self) -> Array:
        return np.full(len(self.points) + len(self.references), np.nan)

    @shifts.default
    def _no_calibration(self) -> Array:
        return np.zeros((0, len(self.points) + len(self.references)))

    @cached_property
    def axes(self) -> dict[str, NDArray[Any]]:
        """Values of each axis at the points."""
        return {name: values[self.used] for name, values in self.positions.values.items()}

    @cached_property
    def series(self) -> NDArray[np.intp]:
        """Number of the series of each point."""
        return self.positions.series[self.used]

    @cached_property
    def everything(self) -> Points:
        """The points, then the references."""
        return joined(self.points, self.known) if self.references else self.points

    @cached_property
    def _expected(self) -> tuple[tuple[Callable[[Values], Any], ...], NDArray[np.intp]]:
        """Return the functions of the references, each once, and which of them is that of each: repetitions share."""
        each = [self.model.references[name] for name in self.references]
        functions = tuple(dict.fromkeys(each))
        return functions, np.array([functions.index(function) for function in each], dtype=np.intp)

    @property
    def circuits(self) -> int:
        """How many circuits there are, also those without counts."""
        return len(self.positions.of_point) + len(self.model.references)

    def of(self, target: int | NDArray[np.intp]) -> Problem:
        """Return what is fitted to one of several targets, or to some of them."""
        if not isinstance(target, int) and len(target) == len(self.points.mean):
            return self
        return evolve(
            self, points=self.points.of(target), known=self.known.of(target), missing=np.asarray(self.missing)[target],
            shifts=self.shifts[target],
        )  # fmt: skip

    def different(self, jacobian: Array) -> int:
        """
        Return how many of the points and references of a target differ to the model: repetitions test their own scatter
        alone.

        Args:
            jacobian: Slope along each free parameter, at the points and then the references.
        """
        return self._places + len({tuple(row) for row in np.round(jacobian[len(self.points) :], 9).tolist()})

    @cached_property
    def _places(self) -> int:
        columns = [np.unique(values, return_inverse=True)[1].ravel() for values in self.axes.values()]
        return len(np.unique(columns[0])) if len(columns) == 1 else len({*zip(*columns, strict=True)})

    @property
    def has_times(self) -> bool:
        """Whether it is known of every point and reference when it ran."""
        return bool(np.isfinite(self.when).all())

    def predict(self, vectors: Array) -> Array:
        """Return the model at the points, then at the references, for vectors (..., free): shape (..., n)."""
        signal = self.model.signals(self.axes, vectors)
        if not self.references:
            return signal
        return np.concatenate((signal, self._at_references(vectors)), axis=-1)

    def start(self, target: int, values: Values) -> list[float]:
        """
        Return the free parameters of a start; those that only references know, and a guess does not, from these.

        One step of Newton's method from one half finds them wherever the references depend on them linearly, as
        populations do.
        """
        known = [values.get(name, math.nan) for name in self.model.free]
        sought = [
            index
            for index, name in enumerate(self.model.free)
            if name in self.model.of_references and not math.isfinite(known[index])
        ]
        if sought and self.references:
            vectors = np.tile(known, (len(sought) + 1, 1))
            vectors[:, sought] = HALF
            vectors[np.arange(len(sought)) + 1, sought] += STEP
            here, *moved = self._at_references(vectors)
            rest, matrix = self.known.mean[target] - here, np.stack(moved, axis=1) / STEP - here[:, None] / STEP
            vectors[0, sought] = HALF
            if np.isfinite(matrix).all() and np.isfinite(rest).all():
                vectors[0, sought] += np.linalg.lstsq(matrix, rest)[0]
            known = [float(value) for value in vectors[0]]
        return known

    def _at_references(self, vectors: Array) -> Array:
        functions, which = self._expected
        return self.model.told(functions, vectors)[..., which]

    def slopes(self, vectors: Array) -> Array:
        """Return the slopes of `predict` along each free parameter by central differences, shape (..., free, n)."""
        around, width = neighbours(vectors)
        below, above = self.predict(around)
        slopes = (above - below) / width[..., None]
        return np.where(np.isfinite(slopes), slopes, 0.0)

    def jacobian(self, vectors: Array) -> Array:
        """Return `slopes` with the points first, shape (..., n, free)."""
        return self.slopes(vectors).swapaxes(-1, -2)


def neighbours(vectors: Array) -> tuple[Array, Array]:
    """
    Return vectors with a little less, and a little more, of each element, and how far these two are apart.

    Of vectors of shape (..., free): shapes (2, ..., free, free), one row for each element, and (..., free).
    """
    steps = (1e-5 * np.maximum(np.abs(vectors), 1e-3))[..., None] * np.eye(vectors.shape[-1])
    around = np.stack([vectors[..., None, :] - steps, vectors[..., None, :] + steps])
    return around, np.diagonal(around[1] - around[0], axis1=-2, axis2=-1)


def problems(
    model: BoundModel, positions: Positions, dataset: Dataset, when: Array
) -> list[tuple[NDArray[np.intp], Problem]]:
    """
    Collect what is fitted, and which targets it is fitted to: those alike together.

    Args:
        model: The model.
        positions: Those of the sweep on its axes.
        dataset: What was measured.
        when: When each position was measured, then each reference of the experiment; see `when_measured`.

    Raises:
        AnalysisError: When the model names a reference that the experiment does not have.
    """
    unknown = [name for name in model.references if name not in dataset.reference_names]
    if unknown:
        names = ", ".join(dataset.reference_names) or "none"
        message = f"the fit model has a reference {unknown[0]!r}; those of the experiment are: {names}"
        raise AnalysisError(message)
    points, missing = averages(dataset, positions)
    columns = [dataset.reference_names.index(name) for name in model.references]
    read = dataset.references
    known = Points(
        read.mean[:, columns],
        read.shot_stderr[:, columns],
        np.where(np.isfinite(read.mean), read.shots, 0)[:, columns].astype(float),
        read.low[:, columns],
        read.high[:, columns],
    )
    used, present = points.shots > 0, known.shots > 0
    shifts = np.concatenate([_moved(dataset, positions), read.shifts[:, :, columns]], axis=-1)
    alike = np.hstack([used, present, points.is_binomial, known.is_binomial])
    groups: dict[bytes, list[int]] = {}
    for target, row in enumerate(alike):
        groups.setdefault(row.tobytes(), []).append(target)
    found = []
    for group in groups.values():
        used_here, present_here = used[group[0]], present[group[0]]
        kept = np.append(used_here, present_here)
        for chosen in (np.array(group[start : start + MOST]) for start in range(0, len(group), MOST)):
            one = Problem(
                model=model,
                positions=positions,
                used=used_here,
                points=points.of(chosen).where(used_here),
                references=tuple(name for name, there in zip(model.references, present_here, strict=True) if there),
                known=known.of(chosen).where(present_here),
                missing=missing[chosen] + int((~present_here).sum()),
                when=np.append(when[: len(used_here)], when[len(used_here) :][columns])[kept],
                shifts=shifts[chosen][:, :, kept],
            )
            found.append((chosen, one))
    return found


def _moved(dataset: Dataset, positions: Positions) -> Array:
    """Return how far a calibration moves the mean at each position, shape (targets, directions, positions)."""
    read, group = dataset.points, positions.of_point
    size = len(positions.alone)
    moved = np.zeros((*read.shifts.shape[:2], size))
    if not moved.size:
        return moved
    used = (read.shots > 0) & np.isfinite(read.mean)
    for there, rows, result in zip(used, read.shifts, moved, strict=True):
        count = np.maximum(np.bincount(group[there], minlength=size), 1)
        for number, row in enumerate(rows):
            result[number] = np.bincount(group, np.where(there, row, 0.0), size) / count
    return moved
