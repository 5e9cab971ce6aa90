"""What a series of a history is of, and what it is called among others."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
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
    alike: dict[str, list[SeriesKey]] = {}
    units: dict[tuple[str, str], set[str]] = {}
    for key in keys:
        alike.setdefault(key.backend, []).append(key)
        units.setdefault((key.backend, key.experiment), set()).add(key.unit)
    common = {backend: _common(of) for backend, of in alike.items()}
    return {key: _name(key, common[key.backend], len(units[key.backend, key.experiment])) for key in keys}


def _common(keys: Sequence[SeriesKey]) -> set[tuple[str, str]]:
    return set(keys[0].device).intersection(*(key.device for key in keys))


def _name(key: SeriesKey, common: Collection[tuple[str, str]], units: int) -> str:
    told = [pair for pair in key.device if pair not in common or pair[0] in _ALWAYS]
    in_unit = f" in {key.unit or 'no unit'}" if units > 1 else ""
    return f"{key.experiment}{_listed(key.settings)}{in_unit} on {key.backend}{_listed(told)}"


def _listed(pairs: Iterable[tuple[str, str]]) -> str:
    told = ", ".join(f"{name} = {value.strip(chr(34))}" for name, value in pairs if value != "null")
    return f" ({told})" if told else ""


def _pairs(values: Mapping[str, Any]) -> _Pairs:
    return tuple(sorted((name, json.dumps(value, sort_keys=True, default=str)) for name, value in values.items()))
