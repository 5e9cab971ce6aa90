"""The fit to one target as a function of a vector: its points, those of its references, the model at all of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from attrs import field, frozen
from numpy.typing import NDArray

from oqtopus_experiments import AnalysisError, Dataset
from oqtopus_experiments_curvefit.averaging import averaged
from oqtopus_experiments_curvefit.likelihood import Points, joined
from oqtopus_experiments_curvefit.model import BoundModel

Array = NDArray[np.float64]


@frozen(eq=False)
class Problem:
    """
    What is fitted to one target.

    Args:
        model: The model.
        grid: Values of its axes at all points of the sweep, also the missing ones.
        used: Which of them have counts.
        points: The points with counts.
        references: Names of the reference circuits that have counts and a model.
        known: Their points.
        missing: How many circuits lack counts.
    """

    model: BoundModel
    grid: Mapping[str, Array]
    used: NDArray[np.bool_]
    points: Points
    references: tuple[str, ...]
    known: Points
    missing: int
    axes: dict[str, Array] = field(init=False)
    everything: Points = field(init=False)

    @axes.default
    def _axes_at_points(self) -> dict[str, Array]:
        return {name: values[self.used] for name, values in self.grid.items()}

    @everything.default
    def _points_and_references(self) -> Points:
        return joined(self.points, self.known) if self.references else self.points

    def predict(self, vector: Sequence[float] | Array) -> Array:
        """Return the model at the points, then at the references."""
        values = self.model.complete(vector)
        signal = self.model.signal(self.axes, values)
        if not self.references:
            return signal
        return np.append(signal, [self.model.references[name](values) for name in self.references])

    def jacobian(self, vector: Array) -> Array:
        """Return the slope of `predict` along each free parameter by central differences, shape (n, free)."""
        with np.errstate(all="ignore"):
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


def problem(model: BoundModel, dataset: Dataset, target: int) -> Problem:
    """
    Collect what is fitted to one target.

    Raises:
        AnalysisError: When the model names a reference that the experiment does not have.
    """
    grid, points, missing = averaged(dataset, target, model.axes)
    unknown = [name for name in model.references if name not in dataset.reference_names]
    if unknown:
        names = ", ".join(dataset.reference_names) or "none"
        message = f"the fit model has a reference {unknown[0]!r}; those of the experiment are: {names}"
        raise AnalysisError(message)
    columns = [dataset.reference_names.index(name) for name in model.references]
    read = dataset.references
    known = Points(
        read.mean[target, columns],
        read.stderr[target, columns],
        read.shots[target, columns].astype(float),
        read.low[target, columns],
        read.high[target, columns],
    )
    present = known.shots > 0
    used = points.shots > 0
    return Problem(
        model=model,
        grid=grid,
        used=used,
        points=points.where(used),
        references=tuple(name for name, there in zip(model.references, present, strict=True) if there),
        known=known.where(present),
        missing=missing + int((~present).sum()),
    )
