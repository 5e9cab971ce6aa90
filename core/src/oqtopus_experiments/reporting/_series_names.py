"""What a series of a history is of, and what it is called among others."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from attrs import frozen

_Pairs = tuple[tuple[str, str], ...]

_ALWAYS = ("device", "class")
"""What is told of a device also where nothing else is to be told from it."""


@frozen
class SeriesKey:
    """
    What the measurements of one series have in common.

    Args:
        backend: Name of the backend.
        device: What tells its device from others, by name: values as JSON.
        experiment: Name of the experiment.
        settings: What decides what its quantities mean, likewise.
        unit: Unit of the quantity.
    """

    backend: str
    device: _Pairs
    experiment: str
    settings: _Pairs
    unit: str

    @classmethod
    def of(
        cls, backend: str, device: Mapping[str, Any], experiment: str, settings: Mapping[str, Any], unit: str
    ) -> SeriesKey:
        """Return the key of values of any kind."""
        return cls(backend, _pairs(device), experiment, _pairs(settings), unit)


def named(keys: Collection[SeriesKey]) -> dict[SeriesKey, str]:
    """
    Return a name for each of some series, by which they are told apart.

    ``t1 on noisy (t1 = 40000.0)``: the experiment with its settings, the backend with what was chosen of its device.
    What all series of a backend have in common is left out, but for the name of the device.
    """
    return {key: _name(key, [other for other in keys if other.backend == key.backend]) for key in keys}


def _name(key: SeriesKey, alike: Collection[SeriesKey]) -> str:
    common = set(key.device).intersection(*(other.device for other in alike))
    told = [pair for pair in key.device if pair not in common or pair[0] in _ALWAYS]
    units = {other.unit for other in alike if other.experiment == key.experiment}
    in_unit = f" in {key.unit or 'no unit'}" if len(units) > 1 else ""
    return f"{key.experiment}{_listed(key.settings)}{in_unit} on {key.backend}{_listed(told)}"


def _listed(pairs: Iterable[tuple[str, str]]) -> str:
    told = ", ".join(f"{name} = {value.strip(chr(34))}" for name, value in pairs if value != "null")
    return f" ({told})" if told else ""


def _pairs(values: Mapping[str, Any]) -> _Pairs:
    return tuple(sorted((name, json.dumps(value, sort_keys=True, default=str)) for name, value in values.items()))
