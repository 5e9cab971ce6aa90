from __future__ import annotations

import pytest

from oqtopus_experiments import ConfigError
from oqtopus_experiments.runfile._reading import load

GOOD = """\
shots = 200
seed = 7
backend = "toy"

[[experiments]]
use = "ramp"
points = 4
wait = "2 us"

[[experiments]]
use = "ramp"
name = "again"
shots = 50
physical_qubits = [3]
"""


@pytest.fixture
def file(tmp_path, fakes):
    def write(text):
        path = tmp_path / "run.toml"
        path.write_text(text)
        return path

    return write


def refusal(path, **options):
    with pytest.raises(ConfigError) as caught:
        load(path, **options)
    return str(caught.value)


def test_a_file_becomes_experiments_and_a_backend(file):
    config = load(file(GOOD))

    assert config.name == "run"
    assert config.backend.name == "toy"
    assert config.backend.seed == 7
    assert [(entry.label, entry.shots) for entry in config.experiments] == [("ramp", 200), ("again", 50)]
    assert config.experiments[0].experiment.wait == 2000.0
    assert config.experiments[1].experiment.targets == ((3,),)


def test_the_command_line_changes_what_a_file_says(file):
    config = load(file(GOOD), shots=9, overrides=["experiments.0.top=3", "experiments.1.wait=1 ms"])

    assert [entry.shots for entry in config.experiments] == [9, 9]
    assert config.experiments[0].experiment.top == 3
    assert config.experiments[1].experiment.wait == 1e6


def test_a_number_without_a_fraction_is_an_integer_wherever_one_is_due(file):
    text = GOOD.replace("200", "2e2").replace("seed = 7", "seed = 7.0").replace("= 4", "= 4e0").replace("[3]", "[3.0]")

    config = load(file(text.replace("shots = 50", "shots = 50.0")))

    assert [(entry.shots, type(entry.shots)) for entry in config.experiments] == [(200, int), (50, int)]
    assert (config.seed, config.experiments[0].experiment.points) == (7, 4)
    assert config.experiments[1].experiment.targets == ((3,),)


def test_options_of_a_backend_stand_in_a_table_of_its_own(file):
    text = GOOD + "\n[backends.toy]\nbroken = [1]\n\n[backends.sturdy]\nuse = 'toy'\nseed = 8\n"

    assert load(file(text)).backend.broken == (1,)
    assert load(file(text), backend="sturdy").backend.seed == 8


@pytest.mark.parametrize("text", ["shots = 1" + "0" * 5000, "a = " + "[" * 20_000])
def test_a_hostile_file_is_refused(file, text):
    assert "run.toml: holds what no run file needs" in refusal(file(text))


def test_a_backend_of_a_table_is_named_by_a_text(file):
    message = refusal(file(GOOD + "\n[backends.toy]\nuse = 5\n"))

    assert "backends.toy.use: must name a backend, not 5" in message


@pytest.mark.parametrize("text", ["2000", "1e15", "1" + "0" * 15])
def test_a_whole_number_stands_for_a_float(file, text):
    wait = load(file(GOOD.replace('"2 us"', text))).experiments[0].experiment.wait

    assert type(wait) is float
    assert wait == float(text)


def test_two_experiments_of_one_kind_are_numbered(file):
    config = load(file("backend='toy'\n[[experiments]]\nuse='ramp'\n[[experiments]]\nuse='ramp'\n"))

    assert [entry.label for entry in config.experiments] == ["ramp", "ramp-2"]


@pytest.mark.parametrize(
    ("wrong", "right", "line", "words"),
    [
        ("points = 4", "poinst = 4", 7, ["experiments.0.poinst", "did you mean 'points'?"]),
        ('use = "ramp"\npoints', 'use = "rmap"\npoints', 6, ["experiments.0.use", "'rmap'", "did you mean 'ramp'?"]),
        ("points = 4", "points = -4", 7, ["experiments.0.points", ">= 2: -4"]),
        ("points = 4", "points = 1.7", 7, ["experiments.0.points", "an integer, not 1.7"]),
        ("shots = 200", "shots = 1.7", 1, ["shots", "an integer from 1 to 10000000, not 1.7"]),
        ("shots = 200", "shots = '200'", 1, ["not '200'; write it without quotes"]),
        ("shots = 200", "shots = true", 1, ["shots", "not true"]),
        ("shots = 200", "shots = 0", 1, ["shots", "not 0"]),
        ("shots = 50", "shots = -1", 13, ["experiments.1.shots", "not -1"]),
        ('"2 us"', '"2 GHz"', 8, ["experiments.0.wait", "'2 GHz'", "one of ps, ns, us"]),
        ('"2 us"', '"soon"', 8, ["experiments.0.wait", "'soon'"]),
        ('backend = "toy"', 'backend = "tyo"', 3, ["backend", "'tyo'", "did you mean 'toy'?"]),
        ('name = "again"', 'name = "ramp"', 12, ["experiments.1.name", "'ramp' is the name of two experiments"]),
        ("seed = 7", "sede = 7", 2, ["sede", "did you mean 'seed'?"]),
        ("seed = 7", "seed = -7", 2, ["seed", "not -7"]),
        ("[3]", '[3, "x"]', 14, ["experiments.1.physical_qubits", "integer >= 0, not 'x'"]),
        ('use = "ramp"\npoints', "points", 5, ["experiments.0.use", "must name an experiment"]),
        ("points = 4", f"top = 1{'0' * 400}", 7, ["experiments.0.top", "a finite number, not 1000"]),
    ],
)
def test_a_mistake_is_named_with_file_line_path_value_and_nearest_name(file, wrong, right, line, words):
    path = file(GOOD.replace(wrong, right, 1))

    message = refusal(path)

    assert message.startswith(f"{path}:{line}: ")
    for word in words:
        assert word in message


def test_a_mistake_in_a_setting_names_the_setting(file):
    message = refusal(file(GOOD), overrides=["experiments.0.points=-1"])

    assert message.startswith("--set experiments.0.points")
    assert "-1" in message


def test_a_setting_beyond_the_experiments_is_refused(file):
    assert "there are 2 entries" in refusal(file(GOOD), overrides=["experiments.5.points=3"])
    assert "path=value" in refusal(file(GOOD), overrides=["points"])


def test_an_unknown_backend_on_the_command_line_is_named(file):
    assert "did you mean 'toy'?" in refusal(file(GOOD), backend="toi")


def test_broken_toml_is_named_with_its_place(file):
    path = file("shots = \n")

    assert refusal(path).startswith(f"{path}:1: is not valid TOML")


def test_a_file_that_is_not_there_or_no_text_is_named(file, tmp_path):
    assert "cannot be read" in refusal(tmp_path / "absent.toml")
    (tmp_path / "binary.toml").write_bytes(b"\xff\xfe\x00")
    assert "UTF-8" in refusal(tmp_path / "binary.toml")


def test_a_file_without_experiments_is_refused(file):
    assert "at least one [[experiments]]" in refusal(file('backend = "toy"\n'))


def test_the_line_of_a_value_inside_a_long_list_is_where_the_value_begins(file):
    text = GOOD.replace("[3]", "[\n  3,\n  3,\n]")

    assert ":14: experiments.1" in refusal(file(text))


def test_what_was_resolved_builds_the_same_experiments_again(file):
    from oqtopus_experiments.plugins._options import construct

    config = load(file(GOOD))

    for entry, stored in zip(config.experiments, config.manifest({}).config["experiments"], strict=True):
        assert construct(type(entry.experiment), stored["parameters"]) == construct(
            type(entry.experiment), entry.experiment.parameters()
        )
        assert stored["parameters"]["targets"] == [list(target) for target in entry.experiment.targets]
