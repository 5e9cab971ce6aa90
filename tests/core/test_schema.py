"""``oqx schema``: what an editor says of a run file is what we say of it."""

from __future__ import annotations

import json
import re
import tomllib
from types import ModuleType
from typing import ClassVar

import hypothesis.strategies as st
import jsonschema
import pytest
from attrs import frozen
from hypothesis import HealthCheck, given, settings

from oqtopus_experiments import REQUIRED, ConfigError, PerTarget, ge, gt, hookimpl, in_, le, parameter
from oqtopus_experiments.contracts import units
from oqtopus_experiments.plugins import _registry as plugins
from oqtopus_experiments.runfile._reading import load
from oqtopus_experiments.runfile._schema import DIALECT, run_file_schema


@pytest.fixture
def full(fakes):
    """Register an experiment with a parameter of every kind, and a backend with a secret."""

    @frozen(kw_only=True)
    class Every(fakes.Ramp):
        """One parameter of every kind. And a second sentence."""

        name: ClassVar[str] = "every"
        turns: int = parameter(3, ge(1), le(9), help="how often")
        clocks: int = parameter(4, gt(0), unit="ns", help="whole nanoseconds")
        phase: float | None = parameter(None, unit="rad", help="angle")
        sure: bool = parameter(True, help="whether")
        shape: str = parameter("flat", in_(("flat", "steep")), help="which")
        delays: tuple[float, ...] | None = parameter(None, unit="ns", help="list", converter=lambda v: v and tuple(v))
        scale: PerTarget[float] = parameter(1.0, gt(0), per_target=True, help="by qubit")

    @frozen(kw_only=True)
    class Vault(fakes.Toy):
        """A device that asks who is there."""

        name: ClassVar[str] = "vault"
        device: str = parameter(REQUIRED, help="which one")
        key: str | None = parameter(None, secret=True, help="what opens it")

    module = ModuleType("every_kind")
    module.register_experiments = hookimpl(lambda: [Every])
    module.register_backends = hookimpl(lambda: [Vault])
    plugins.registry().register(module, "every-distribution")
    return fakes


@pytest.fixture
def validator(full):
    made = run_file_schema()
    jsonschema.Draft202012Validator.check_schema(made)
    return jsonschema.Draft202012Validator(made)


def with_every(line):
    return f'backend = "toy"\n[[experiments]]\nuse = "every"\n{line}\n'


RIGHT = [
    "turns = 9",
    'clocks = "2 us"',
    "phase = 1",
    'phase = "90 deg"',
    "sure = false",
    'shape = "steep"',
    'delays = [1, 2.5, "3 us"]',
    "scale = 0.98",
    'scale = {0 = 0.98, "1" = 1.02}\nphysical_qubits = [0, 1]',
    "physical_qubit = 3",
    "targets = [[0], 2]",
    'name = "mine"\nshots = 10',
    'analyzer = "mean"',
    'analyzer = {use = "mean"}',
]
WRONG = [
    ("trns = 3", "trns"),
    ("turns = 0", "turns"),
    ("turns = 10", "turns"),
    ("turns = 2.5", "turns"),
    ("turns = true", "turns"),
    ("clocks = 0", "clocks"),
    ('clocks = "2 furlongs"', "clocks"),
    ('clocks = "2 MHz"', "clocks"),
    ('phase = "a right angle"', "phase"),
    ('sure = "yes"', "sure"),
    ('shape = "round"', "shape"),
    ("delays = [1, true]", "delays"),
    ('delays = [1, "2 ls"]', "delays"),
    ('scale = "big"', "scale"),
    ("scale = {qubit = 1.0}", "scale"),
    ("scale = -1.0", "scale"),
    ("physical_qubit = -1", "physical_qubit"),
    ("physical_qubits = 3", "physical_qubits"),
    ("shots = 0", "shots"),
    ('name = " "', "name"),
    ('analyzer = "meen"', "analyzer"),
    ('analyzer = {use = "mean", weight = 3}', "analyzer"),
]


def refused(text, tmp_path):
    file = tmp_path / "run.toml"
    file.write_text(text)
    try:
        load(file)
    except ConfigError as error:
        return error
    return None


@pytest.mark.parametrize("line", RIGHT)
def test_what_a_run_file_may_say_the_schema_takes_too(validator, tmp_path, line):
    text = with_every(line)

    assert refused(text, tmp_path) is None
    assert list(validator.iter_errors(tomllib.loads(text))) == []


@pytest.mark.parametrize(("line", "key"), WRONG)
def test_what_a_run_file_may_not_say_the_schema_refuses_at_the_same_place(validator, tmp_path, line, key):
    text = with_every(line)

    assert key in refused(text, tmp_path).path
    found = jsonschema.exceptions.best_match(validator.iter_errors(tomllib.loads(text)))
    named = [str(step) for error in (found, *(found.context or ())) for step in error.absolute_path]
    assert key in named or key in found.message


@pytest.mark.parametrize(
    "text",
    [
        'backend = "toi"\n[[experiments]]\nuse = "ramp"\n',
        'backend = {use = "toy", brokn = [1]}\n[[experiments]]\nuse = "ramp"\n',
        'backend = "toy"\n[backends.toy]\nbrokn = [1]\n[[experiments]]\nuse = "ramp"\n',
        'backend = "toy"\n[backends.toy]\nseed = -1\n[[experiments]]\nuse = "ramp"\n',
        'backend = "mine"\n[backends.mine]\nuse = "toy"\nrefuses = "yes"\n[[experiments]]\nuse = "ramp"\n',
        'backend = "toy"\nshot = 5\n[[experiments]]\nuse = "ramp"\n',
        'backend = "toy"\nshots = 20_000_000\n[[experiments]]\nuse = "ramp"\n',
        'backend = "toy"\n[[experiments]]\nuse = "rmap"\n',
        'backend = "toy"\n[[experiments]]\npoints = 4\n',
        'backend = "toy"\n[plugins]\ndisable = "x"\n[[experiments]]\nuse = "ramp"\n',
        'backend = "toy"\n',
        'backend = "toy"\nexperiments = []\n',
    ],
)
def test_mistakes_outside_of_an_experiment_are_refused_by_both(validator, tmp_path, text):
    assert refused(text, tmp_path) is not None
    assert list(validator.iter_errors(tomllib.loads(text))) != []


@pytest.mark.parametrize(
    "text",
    [
        'backend = {use = "toy", broken = [1]}\n[[experiments]]\nuse = "ramp"\n',
        'backend = "toy"\n[backends.toy]\nseed = 3\n[[experiments]]\nuse = "ramp"\n',
        'backend = "mine"\n[backends.mine]\nuse = "toy"\nrefuses = true\n[[experiments]]\nuse = "ramp"\n',
        'backend = {use = "mine", seed = 4}\n[backends.mine]\nuse = "toy"\n[[experiments]]\nuse = "ramp"\n',
        'backend = "toy"\n[backends.not-installed]\ndepth = 3\n[[experiments]]\nuse = "ramp"\n',
        'backend = "toy"\n[backends.other]\nuse = "not-installed"\ndepth = 3\n[[experiments]]\nuse = "ramp"\n',
        'backend = "toy"\n[backends.toy]\nuse = "vault"\ndevice = "d"\n[[experiments]]\nuse = "ramp"\n',
        'backend = "vault"\n[backends.vault]\ndevice = "d"\nkey = "k"\n[[experiments]]\nuse = "ramp"\n',
    ],
)
def test_backends_may_be_chosen_and_set_up_in_every_way_there_is(validator, tmp_path, text):
    assert refused(text, tmp_path) is None
    assert list(validator.iter_errors(tomllib.loads(text))) == []


@pytest.fixture
def judged(validator, tmp_path):
    """Return a function that says of a run file what `load` and what the schema have against it."""

    def of(text):
        return refused(text, tmp_path), list(validator.iter_errors(tomllib.loads(text)))

    return of


def written(value):
    """Return a value as TOML."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{json.dumps(key)} = {written(one)}" for key, one in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(written, value)) + "]"
    return json.dumps(value)


NUMBERS = st.one_of(st.integers(-3, 12), st.floats(-10, 10, allow_nan=False).map(lambda x: round(x, 3)))
TEXTS = st.sampled_from(
    ["flat", "steep", "mean", "x", "", "3 us", "2e1 ns", " .5 ms ", "1 Hz", "us", "90 deg", "3", "1,5 us"]
)
SIMPLE = st.one_of(NUMBERS, TEXTS, st.booleans())
VALUES = st.one_of(
    SIMPLE,
    st.lists(SIMPLE, max_size=3),
    st.dictionaries(st.sampled_from(["0", "1", "0-1", "use", "x"]), SIMPLE, max_size=2),
)
SHARED = HealthCheck.function_scoped_fixture
KEYS = ("turns", "clocks", "phase", "sure", "shape", "scale", "points", "wait", "shots", "name", "analyzer", "colour")


@settings(max_examples=300, deadline=None, derandomize=True, suppress_health_check=[SHARED])
@given(st.dictionaries(st.sampled_from(KEYS), VALUES, min_size=1, max_size=2))
def test_no_right_run_file_is_marked_as_wrong_and_wrong_types_never_pass(judged, table):
    text = with_every("\n".join(f"{key} = {written(value)}" for key, value in table.items()))

    refusal, errors = judged(text)

    assert refusal or not errors, errors
    # What is refused by its type is seen by the schema; 3.0 is an integer to it, and a bound in other units is not.
    if refusal and "must be an integer, not" in str(refusal) and ".0" not in text:
        assert errors


@settings(max_examples=200, deadline=None, derandomize=True)
@given(
    st.one_of(TEXTS, st.from_regex(r"\A[ +-]?\d{0,2}\.?\d?(e-?\d)? ?(ns|us|ks|MHz|GHz|m?rad|deg|%|)\Z")),
    st.sampled_from(["ns", "us", "Hz", "rad", "dB", "%", "1/us"]),
)
def test_a_text_with_a_unit_fits_the_pattern_just_when_it_can_be_read(text, unit):
    try:
        units.parse(text, unit)
        readable = True
    except ValueError:
        readable = False

    assert bool(re.search(units.pattern(unit), text)) == readable


def test_an_editor_is_told_help_unit_default_and_bounds(full):
    made = run_file_schema()
    every = made["$defs"]["experiment.every"]

    assert made["$schema"] == DIALECT
    assert every["description"] == "One parameter of every kind. And a second sentence."
    assert every["properties"]["turns"] == {
        "type": "integer", "minimum": 1, "maximum": 9, "description": "how often", "default": 3
    }  # fmt: skip
    assert every["properties"]["clocks"]["description"] == 'whole nanoseconds; a number of ns, or a text such as "1 ns"'
    assert every["properties"]["shape"]["enum"] == ["flat", "steep"]
    assert "default" not in every["properties"]["phase"]
    assert every["required"] == ["use"]


def test_a_secret_is_marked_and_has_no_default(full):
    key = run_file_schema()["$defs"]["backend.vault"]["properties"]["key"]

    assert key["writeOnly"] is True
    assert "default" not in key


def test_the_command_prints_the_schema_of_what_is_installed(full, capsys):
    from oqtopus_experiments.cli._commands import cli

    cli.main(["schema"], standalone_mode=False)

    assert json.loads(capsys.readouterr().out) == run_file_schema()
