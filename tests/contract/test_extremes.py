"""Numbers that no experiment can mean: refused by name when the file is checked, or run to the end."""

from __future__ import annotations

import attrs
import pytest

from oqtopus_experiments import ConfigError, OqtopusExperimentsError
from oqtopus_experiments.execution._plan import plan
from oqtopus_experiments.execution._submission import checked, open_handle
from oqtopus_experiments.plugins._registry import registry
from oqtopus_experiments.runfile._reading import load

BEYOND = [1e300, -1e300, 1e31, 1e-300, 5e-324, 2**63, -(2**70)]
ODD = [1e30, -1e30, 1e15, 1e-30, 2**62, 0, -1]
NEEDED = {
    "dask": 'inner = "noisy"\n',
    "processes": 'inner = "noisy"\n',
    "qiskit": 'device = "fake_manila"\n',
}
SHORT = {"num_lengths": 4, "num_samples": 4, "max_sequence_length": 8}
POINTS = {
    "hadamard_test": {"angle_points": 6},
    "rabi": {"amplitude_points": 6},
    "ramsey": {"delay_points": 8},
    "t1": {"delay_points": 6},
    "t2echo": {"delay_points": 6},
    **dict.fromkeys(("rb", "irb", "simultaneous_rb", "mirror_rb"), SHORT),
}


def numbers():
    """Every numeric option of every installed plugin, as (kind, name, field)."""
    for kind in ("experiment", "backend", "analyzer"):
        for name, found in registry().classes(kind).items():
            for field in attrs.fields(found[0][0]):
                if field.init and ("int" in str(field.type) or "float" in str(field.type)):
                    yield pytest.param(kind, name, field.name, id=f"{name}.{field.name}")


def written(kind, name, field, value):
    backend = name if kind == "backend" else "noisy"
    experiment = name if kind == "experiment" else "t1"
    text = f'shots = 10\nseed = 1\nbackend = "{backend}"\n'
    text += f"[backends.{name}]\n{NEEDED.get(name, '')}{field} = {value!r}\n" if kind == "backend" else ""
    text += f'[[experiments]]\nuse = "{experiment}"\n'
    few = POINTS.get(experiment, {}).items()
    text += "".join(f"{points} = {number}\n" for points, number in few if points != field)
    text += f"{field} = {value!r}\n" if kind == "experiment" else ""
    return text + (f'analyzer = {{ use = "{name}", {field} = {value!r} }}\n' if kind == "analyzer" else "")


@pytest.mark.parametrize(("kind", "name", "field"), list(numbers()))
def test_a_number_beyond_all_sense_is_refused_by_name(kind, name, field, tmp_path):
    file = tmp_path / "run.toml"
    is_float = "float" in str(attrs.fields_dict(registry().get(kind, name))[field].type)
    for value in BEYOND:
        if isinstance(value, int) and is_float:  # a large number of amplitudes is none, a large amplitude is one
            continue
        file.write_text(written(kind, name, field, value))
        with pytest.raises(ConfigError, match=field) as refused:
            load(file)
        assert len(str(refused.value)) < 500


@pytest.mark.parametrize(("kind", "name", "field"), list(numbers()))
def test_a_number_at_the_end_of_what_is_accepted_runs_to_the_end(kind, name, field, tmp_path):
    file = tmp_path / "run.toml"
    for value in ODD:
        file.write_text(written(kind, name, field, value))
        try:
            config = load(file)
        except ConfigError as error:
            assert field in str(error)  # noqa: PT017  # or it is accepted
            continue
        if name == "oqtopus" or sum(row["circuits"] for row in plan(config)) > 1000:
            continue
        try:
            (batch,) = checked(config)
            (entry,) = config.experiments
            handle = open_handle(entry.experiment, batch, config.backend, None, {})
            handle.result().analyses(entry.analyzer)
        except OqtopusExperimentsError as error:
            assert str(error)  # noqa: PT017  # or it runs


def test_the_longest_time_is_named_with_its_unit(tmp_path):
    file = tmp_path / "run.toml"
    file.write_text('backend = "noisy"\n[[experiments]]\nuse = "t1"\nmax_delay = "1e300 us"\n')

    with pytest.raises(ConfigError, match=r"run.toml:4: .*'max_delay' must be at most 1e\+15 ns in size, not 1e\+303"):
        load(file)
