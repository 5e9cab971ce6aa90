"""
What is fitted to one target: its points, those of its references, and the model at all of them by a vector.

Axes that the model does not know, such as the seeds of random circuits, are averaged over.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from functools import cached_property
from typing import Any

import numpy as np
from attrs import field, frozen
from numpy.typing import NDArray

from oqtopus_experiments import AnalysisError, Dataset
from oqtopus_experiments_curvefit._averaged import averaged
from oqtopus_experiments_curvefit._likelihood import Points, joined
from oqtopus_experiments_curvefit._model import BoundModel, Values
from oqtopus_experiments_curvefit._positions import Positions

Array = NDArray[np.float64]

# Where a parameter that only references know starts, and the step by which its slope is found.
HALF, STEP = 0.5, 1e-3


@frozen(eq=False)
class Problem:
    """
    What is fitted to one target.

    Args:
        model: The model.
        positions: Those of the sweep on its axes, also the missing ones.
        used: Which of them have counts.
        points: The points with counts, one per position.
        references: Names of the reference circuits that have counts and a model.
        known: Their points.
        missing: How many circuits lack counts.
        when: When each of these points ran, then each reference, from -1 to 1; NaN where nobody knows.
        shifts: By how much one standard error of a calibration moves these points, then the references, together; one
            row for each direction it is uncertain in, shape (directions, n).
    """

    model: BoundModel
    positions: Positions
    used: NDArray[np.bool_]
    points: Points
    references: tuple[str, ...]
    known: Points
    missing: int
    when: Array = field()
    shifts: Array = field()
    axes: dict[str, NDArray[Any]] = field(init=False)
    series: NDArray[np.intp] = field(init=False)
    everything: Points = field(init=False)

    @when.default
    def _nobody_knows(self) -> Array:
        return np.full(len(self.points) + len(self.references), np.nan)

    @shifts.default
    def _no_calibration(self) -> Array:
        return np.zeros((0, len(self.points) + len(self.references)))

    @axes.default
    def _axes_at_points(self) -> dict[str, NDArray[Any]]:
        return {name: values[self.used] for name, values in self.positions.values.items()}

    @series.default
    def _series_of_points(self) -> NDArray[np.intp]:
        return self.positions.series[self.used]

    @everything.default
    def _points_and_references(self) -> Points:
        return joined(self.points, self.known) if self.references else self.points

    @cached_property
    def _expected(self) -> tuple[tuple[Callable[[Values], float], ...], NDArray[np.intp]]:
        """Return the functions of the references, each once, and which of them is that of each: repetitions share."""
        each = [self.model.references[name] for name in self.references]
        functions = tuple(dict.fromkeys(each))
        return functions, np.array([functions.index(function) for function in each], dtype=np.intp)

    @property
    def circuits(self) -> int:
        """How many circuits there are, also those without counts."""
        return len(self.positions.of_point) + len(self.model.references)

    def different(self, jacobian: Array) -> int:
        """
        Return how many of the points and references differ to the model: repetitions test their own scatter alone.

        Args:
            jacobian: Slope along each free parameter, at the points and then the references.
        """
        columns = [np.unique(values, return_inverse=True)[1].ravel() for values in self.axes.values()]
        places = len(np.unique(columns[0])) if len(columns) == 1 else len({*zip(*columns, strict=True)})
        return places + len({tuple(row) for row in np.round(jacobian[len(self.points) :], 9)})

    @property
    def has_times(self) -> bool:
        """Whether it is known of every point and reference when it ran."""
        return bool(np.isfinite(self.when).all())

    def predict(self, vector: Sequence[float] | Array) -> Array:
        """Return the model at the points, then at the references."""
        values = self.model.complete(vector)
        signal = self.model.signal(self.axes, values)
        if not self.references:
            return signal
        return np.concatenate((signal, self._at_references(values)))

    def start(self, values: Values) -> list[float]:
        """
        Return the free parameters of a start; those that only references know, and a guess does not, from these.

        One step of Newton's method from one half finds them wherever the references depend on them linearly, as
        populations do.
        """
        names = [name for name in self.model.of_references if not math.isfinite(values.get(name, math.nan))]
        known = {name: values.get(name, math.nan) for name in self.model.free}
        if names and self.references:
            known |= dict.fromkeys(names, HALF)
            here = self._at_references(known)
            slopes = [self._at_references({**known, name: HALF + STEP}) - here for name in names]
            rest, matrix = self.known.mean - here, np.stack(slopes, axis=1) / STEP
            if np.isfinite(matrix).all() and np.isfinite(rest).all():
                known |= dict(zip(names, HALF + np.linalg.lstsq(matrix, rest)[0], strict=True))
        return [known[name] for name in self.model.free]

    def _at_references(self, values: Values) -> Array:
        functions, which = self._expected
        return np.array([function(values) for function in functions])[which]

    def jacobian(self, vector: Array) -> Array:
        """Return the slope of `predict` along each free parameter by central differences, shape (n, free)."""
        columns = [
            (self.predict(above) - self.predict(below)) / (above[j] - below[j])
            for j, (below, above) in enumerate(neighbours(vector))
        ]
        jacobian = np.stack(columns, axis=1)
        return np.where(np.isfinite(jacobian), jacobian, 0.0)


def neighbours(vector: Array) -> list[tuple[Array, Array]]:
    """Return for each element the vector with a little less and a little more of it."""
    steps = np.diag(1e-5 * np.maximum(np.abs(vector), 1e-3))
    return [(vector - step, vector + step) for step in steps]


def problem(model: BoundModel, positions: Positions, dataset: Dataset, target: int, when: Array) -> Problem:
    """
    Collect what is fitted to one target.

    Args:
        model: The model.
        positions: Those of the sweep on its axes.
        dataset: What was measured.
        target: Which target.
        when: When each position was measured, then each reference of the experiment; see `when_measured`.

    Raises:
        AnalysisError: When the model names a reference that the experiment does not have.
    """
    points, missing = averaged(dataset, target, positions)
    unknown = [name for name in model.references if name not in dataset.reference_names]
    if unknown:
        names = ", ".join(dataset.reference_names) or "none"
        message = f"the fit model has a reference {unknown[0]!r}; those of the experiment are: {names}"
        raise AnalysisError(message)
    columns = [dataset.reference_names.index(name) for name in model.references]
    read = dataset.references
    known = Points(
        read.mean[target, columns],
        read.shot_stderr[target, columns],
        np.where(np.isfinite(read.mean), read.shots, 0)[target, columns].astype(float),
        read.low[target, columns],
        read.high[target, columns],
    )
    present = known.shots > 0
    used = points.shots > 0
    return Problem(
        model=model,
        positions=positions,
        used=used,
        points=points.where(used),
        references=tuple(name for name, there in zip(model.references, present, strict=True) if there),
        known=known.where(present),
        missing=missing + int((~present).sum()),
        when=np.append(when[: len(used)][used], when[len(used) :][columns][present]),
        shifts=np.hstack([_moved(dataset, target, positions)[:, used], read.shifts[target][:, columns][:, present]]),
    )


def _moved(dataset: Dataset, target: int, positions: Positions) -> Array:
    """Return how far the directions of a calibration move the mean at each position, shape (directions, positions)."""
    read, group = dataset.points, positions.of_point
    used = (read.shots[target] > 0) & np.isfinite(read.mean[target])
    count = np.maximum(np.bincount(group[used], minlength=len(positions.alone)), 1)
    moved = [np.bincount(group, np.where(used, row, 0.0), len(count)) / count for row in read.shifts[target]]
    return np.array(moved).reshape(len(moved), len(count))
