"""A result as an `xarray.Dataset`: axes, units and provenance inside, readable without this library."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from oqtopus_experiments.contracts.analysis import Analysis, Quantity
from oqtopus_experiments.contracts.dataset import Dataset
from oqtopus_experiments.contracts.experiment import Declaration
from oqtopus_experiments.contracts.targets import as_value, label

if TYPE_CHECKING:
    import xarray as xr

_OF_A_QUANTITY: tuple[tuple[str, Callable[[Quantity], float]], ...] = (
    ("", lambda q: q.value if q.is_known else math.nan),
    ("_stderr", lambda q: q.stderr if q.is_known else math.nan),
    ("_systematic", lambda q: q.systematic if q.is_known else math.nan),
    ("_at_least", lambda q: math.nan if q.is_known else q.at_least),
    ("_at_most", lambda q: math.nan if q.is_known else q.at_most),
    ("_held", lambda q: math.nan if q.is_known else q.held),
)


def to_xarray(dataset: Dataset, analyses: Sequence[Analysis], told: Mapping[str, Any]) -> xr.Dataset:
    """
    Return points and quantities, as `ExperimentResult.to_xarray` documents.

    Args:
        dataset: The points.
        analyses: One per target, or none.
        told: What else to keep, JSON values: texts as they are, all others as JSON.

    Raises:
        ImportError: When ``xarray`` is not installed.
    """
    try:
        import xarray as xr
    except ModuleNotFoundError as error:
        message = 'to_xarray needs xarray, which is not installed; try: pip install "oqtopus-experiments[xarray]"'
        raise ImportError(message, name="xarray") from error
    variables = _points(dataset, analyses) | _references(dataset) | _quantities(analyses)
    attributes = {name: one if isinstance(one, str) else json.dumps(one) for name, one in told.items()}
    return xr.Dataset(variables, coords=_coordinates(dataset), attrs={**attributes, "signal": dataset.signal_label})


def told_of(label: str, experiment: Declaration, provenance: Mapping[str, Any]) -> dict[str, Any]:
    """Return what is kept of an experiment beside its numbers, for `to_xarray`."""
    about = {"label": label, "experiment": experiment.name, "parameters": experiment.parameters()}
    return {**about, "provenance": dict(provenance)}


def _coordinates(dataset: Dataset) -> dict[str, Any]:
    alone = all(len(target) == 1 for target in dataset.targets)
    targets = [as_value(target) if alone else label(target) for target in dataset.targets]
    found: dict[str, Any] = {"target": ("target", targets)}
    if dataset.reference_names:
        found["reference"] = ("reference", list(dataset.reference_names))
    sweep = dataset.sweep
    if sweep.is_grid:
        columns = {axis.name: (axis.name, axis.values, _units(axis.unit)) for axis in sweep.axes}
    else:
        values = sweep.grid()
        columns = {axis.name: ("point", values[axis.name], _units(axis.unit)) for axis in sweep.axes}
    return found | columns


def _points(dataset: Dataset, analyses: Sequence[Analysis]) -> dict[str, Any]:
    grid = dataset.sweep.is_grid
    dimensions = ("target", *(axis.name for axis in dataset.sweep.axes)) if grid else ("target", "point")
    shape = (len(dataset.targets), *dataset.sweep.shape)

    def over_points(values: NDArray[Any]) -> tuple[tuple[str, ...], NDArray[Any]]:
        return dimensions, values.reshape(shape)

    found = {"signal": dataset.mean, "signal_stderr": dataset.stderr, "shots": dataset.shots}
    if dataset.raw is not None:
        found |= {"raw_signal": dataset.raw.mean, "raw_signal_stderr": dataset.raw.stderr}
    if any(analysis.fitted is not None for analysis in analyses):
        nowhere = np.full(dataset.sweep.size, np.nan)
        found["fitted"] = np.array([nowhere if one.fitted is None else one.fitted for one in analyses])
    return {name: over_points(values) for name, values in found.items()}


def _references(dataset: Dataset) -> dict[str, Any]:
    if not dataset.reference_names:
        return {}
    read = dataset.references
    found = {"reference_signal": read.mean, "reference_signal_stderr": read.stderr, "reference_shots": read.shots}
    return {name: (("target", "reference"), values) for name, values in found.items()}


def _quantities(analyses: Sequence[Analysis]) -> dict[str, Any]:
    if not analyses:
        return {}
    units = {quantity.name: quantity.unit for analysis in analyses for quantity in analysis.quantities}
    found: dict[str, Any] = {}
    for name, unit in units.items():
        own = [next((q for q in analysis.quantities if q.name == name), None) for analysis in analyses]
        for what, number in _OF_A_QUANTITY:
            values = [math.nan if one is None else number(one) for one in own]
            if what in ("", "_stderr") or np.isfinite(values).any():
                found[f"{name}{what}"] = ("target", values, _units(unit))
    found["verdict"] = ("target", [analysis.verdict.level for analysis in analyses])
    found["reasons"] = ("target", [analysis.verdict.sentences for analysis in analyses])
    return found


def _units(unit: str) -> dict[str, str]:
    return {"units": unit} if unit else {}
