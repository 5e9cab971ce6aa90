"""Whatever stands where a value of a run file should: a message with the place, or a run that can be planned."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from typing import Any

import pytest

from oqtopus_experiments import ConfigError
from oqtopus_experiments.execution._plan import plan
from oqtopus_experiments.runfile._config import RunConfig
from oqtopus_experiments.runfile._reading import load

GOOD = {
    "name": "fuzz",
    "shots": 1000,
    "seed": 1,
    "backend": "noisy",
    "backends": {"noisy": {"t1": "30 us", "t2": 20000, "readout_error_0": 0.02, "qubits": {"0": {"t1": 1000}}}},
    "experiments": [
        {"use": "rabi", "physical_qubits": [0, 1], "amplitude_points": 30, "max_amplitude": 3.0},
        {"use": "t1", "name": "b", "physical_qubit": 3, "analyzer": {"use": "curvefit", "intervals": True}},
        {"use": "t1", "targets": [[0], [1]], "shots": 5, "max_delay": "100 us", "calibrate_readout": True},
    ],
}
GONE = object()
ODD: list[Any] = [
    *(GONE, True, False, 0, -1, 1, 2**70, 10**400, 1e308, float("inf"), float("nan"), -0.0),
    *("", " ", "x", "0", "50 us", "5 parsecs", "nan us", "-3 ns", "../..", "noisy", "curvefit", "ü\u0000"),
    *([], {}, [1], [-1], [1.5], [True], ["x"], [[]], [[0, 0]], [{}], {"a": 1}, {"use": "t1"}, {"use": 5}),
]
Path = tuple[str | int, ...]


def places(value: Any, path: Path = ()) -> Iterator[Path]:
    """Every place in a nested value, but for the whole."""
    children = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, child in children:
        yield (*path, key)
        yield from places(child, (*path, key))


def replaced(path: Path, value: Any) -> dict[str, Any]:
    content = copy.deepcopy(GOOD)
    inner: Any = content
    for key in path[:-1]:
        inner = inner[key]
    if value is GONE:
        del inner[path[-1]]
    else:
        inner[path[-1]] = value
    return content


def toml(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{json.dumps(key)} = {toml(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(toml, value)) + "]"
    return repr(value) if isinstance(value, float) else json.dumps(value)


@pytest.mark.parametrize("path", list(places(GOOD)), ids=lambda path: ".".join(map(str, path)))
def test_an_odd_value_is_refused_by_name_or_makes_sense(path, tmp_path):
    file = tmp_path / "run.toml"
    for value in ODD:
        file.write_text("\n".join(f"{key} = {toml(item)}" for key, item in replaced(path, value).items()))
        message, config = loaded(file)
        if config is None:
            assert message.startswith(str(file))
            assert len(message) < 2000
        else:
            assert sum(row["circuits"] for row in plan(config)) < 1_000_000
            assert json.dumps(config.manifest({}).config, allow_nan=False)


def loaded(file) -> tuple[str, RunConfig | None]:
    try:
        return "", load(file)
    except ConfigError as error:
        return str(error), None
