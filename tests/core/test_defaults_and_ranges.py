"""What a run file leaves unsaid, says in few words, or is asked to leave out this time."""

from __future__ import annotations

import json
from types import ModuleType
from typing import ClassVar

import pytest
from attrs import field, frozen

from oqtopus_experiments import (
    Analysis,
    ConfigError,
    DeviceInfo,
    DeviceSummary,
    ParameterError,
    Quantity,
    QubitInfo,
    Reason,
    Verdict,
    hookimpl,
)
from oqtopus_experiments.contracts.qubit_ranges import qubits_in
from oqtopus_experiments.plugins import _registry as plugins
from oqtopus_experiments.runfile._reading import load
from oqtopus_experiments.storage._analysis_json import write_analyses
from oqtopus_experiments.storage._run_folder import RunFolder

FILE = """\
backend = "toy"
seed = 3

[defaults]
shots = 300
physical_qubits = "0-2"
top = 0.5

[defaults.ramp]
points = 4
wait = "2 us"

[[experiments]]
use = "ramp"

[[experiments]]
use = "ramp"
name = "own"
points = 6
physical_qubit = 7
shots = 40

[[experiments]]
use = "other"
"""


@pytest.fixture
def kinds(fakes):
    """Register a second experiment, without `wait`, and a backend that has a device of five qubits."""

    @frozen(kw_only=True)
    class Other(fakes.Ramp):
        """Has a parameter that no ramp has."""

        name: ClassVar[str] = "other"
        speed: float = fakes.parameter(1.0, help="how fast")

    @frozen(kw_only=True)
    class Chip(fakes.Toy):
        """A device that knows its qubits, of which one is missing, and counts how often it is asked."""

        name: ClassVar[str] = "chip"
        asked: list = field(factory=list, init=False, eq=False)

        def device_info(self, name=None):
            self.asked.append(name)
            summary = DeviceSummary(name="chip", kind="QPU", status="available", num_qubits=6)
            return DeviceInfo(summary=summary, qubits=tuple(QubitInfo(index=i) for i in (0, 1, 2, 4, 5)))

    module = ModuleType("other_kinds")
    module.register_experiments = hookimpl(lambda: [Other])
    module.register_backends = hookimpl(lambda: [Chip])
    plugins.registry().register(module, "other-kinds")
    return fakes


@pytest.fixture
def file(tmp_path, kinds):
    def write(text=FILE):
        path = tmp_path / "run.toml"
        path.write_text(text)
        return path

    return write


def refusal(path, **options):
    with pytest.raises(ConfigError) as caught:
        load(path, **options)
    return str(caught.value)


def test_a_default_holds_for_every_experiment_that_does_not_say_otherwise(file):
    first, own, other = load(file()).experiments

    assert [entry.shots for entry in (first, own, other)] == [300, 40, 300]
    assert first.experiment.targets == other.experiment.targets == ((0,), (1,), (2,))
    assert own.experiment.targets == ((7,),)
    assert [entry.experiment.top for entry in (first, own, other)] == [0.5, 0.5, 0.5]
    assert [entry.experiment.points for entry in (first, own, other)] == [4, 6, 5]
    assert [entry.experiment.wait for entry in (first, own, other)] == [2000.0, 2000.0, 100.0]


@pytest.mark.parametrize(
    ("right", "wrong", "line", "words"),
    [
        ("top = 0.5", "tpo = 0.5", 7, ["defaults.tpo", "no experiment of this file has", "did you mean 'top'?"]),
        ("top = 0.5", "top = -1", 7, ["defaults.top", "> 0: -1", "a default, which experiment 'ramp' may replace"]),
        ("shots = 300", "shots = 0", 5, ["defaults.shots", "not 0"]),
        ("top = 0.5", 'name = "x"', 7, ["defaults.name", "said by each experiment in its own table"]),
        ("points = 4", "speed = 4", 10, ["defaults.ramp.speed", "'ramp' has no parameter 'speed'"]),
        ("[defaults.ramp]", "[defaults.rmap]", 10, ["defaults.rmap", "no experiment of this file has"]),
        ('use = "other"', 'use = "ramp"', None, None),
    ],
)
def test_a_default_of_no_use_is_refused_where_it_stands(file, right, wrong, line, words):
    path = file(FILE.replace(right, wrong))
    if words is None:
        assert len(load(path).experiments) == 3
        return

    message = refusal(path)

    assert message.startswith(f"{path}:{line}: ") or (line == 10 and message.startswith(f"{path}:9: ")), message
    for word in words:
        assert word in message


def test_defaults_of_a_kind_that_the_file_does_not_use_are_refused(file):
    message = refusal(file(FILE.replace('use = "other"', 'use = "ramp"') + "\n[defaults.other]\nspeed = 2\n"))

    assert "defaults.other: no experiment of this file is a 'other': it uses ramp" in message


@pytest.mark.parametrize(
    ("text", "qubits"),
    [
        ("0-4", (0, 1, 2, 3, 4)),
        ("3", (3,)),
        ("0, 2, 5-7", (0, 2, 5, 6, 7)),
        ("0-6 except 2, 4-5", (0, 1, 3, 6)),
        (" 10 - 12 except 11 ", (10, 12)),
    ],
)
def test_ranges_mean_the_qubits_they_name_in_a_file_and_in_python(file, kinds, text, qubits):
    assert qubits_in(text) == qubits
    assert kinds.Ramp(physical_qubits=text).targets == tuple((qubit,) for qubit in qubits)
    made = load(file(FILE.replace("0-2", text))).experiments[0].experiment
    assert made.targets == tuple((qubit,) for qubit in qubits)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("4-0", "'4-0' counts down; write 0-4"),
        ("0..4", 'are no qubits; write "0-4"'),
        ("0-4 except 0-9", "leaves no qubit"),
        ("0-2000000", "at most 1,000,000"),
        ("all", "the qubits of a device"),
        ("0-3, 2", "named twice"),
    ],
)
def test_ranges_that_mean_no_qubits_are_refused_with_what_to_write(kinds, text, words):
    with pytest.raises(ParameterError, match=words):
        kinds.Ramp(physical_qubits=text)


def test_all_are_the_qubits_of_the_device_which_is_asked_once_and_the_run_keeps_them(file):
    text = FILE.replace('"toy"', '"chip"').replace('"0-2"', '"all except 1"')
    config = load(file(text))

    assert config.experiments[0].experiment.targets == config.experiments[2].experiment.targets
    assert config.experiments[0].experiment.targets == ((0,), (2,), (4,), (5,))
    assert config.backend.asked == [None]
    kept = json.loads(json.dumps(config.manifest({}).config))["experiments"][0]["parameters"]
    assert kept["targets"] == [[0], [2], [4], [5]]


def test_all_of_a_backend_without_a_device_is_refused_with_what_to_write(file):
    message = refusal(file(FILE.replace("0-2", "all")))

    assert 'run.toml:6: defaults.physical_qubits: "all" are the qubits of the device' in message
    assert "'toy' has no devices" in message
    assert 'write "0-4"' in message


def test_only_some_experiments_are_run_by_label_or_by_kind(file):
    assert [entry.label for entry in load(file(), only=["own"]).experiments] == ["own"]
    assert [entry.label for entry in load(file(), only=["other", "own"]).experiments] == ["own", "other"]
    assert [entry.label for entry in load(file(), only=["ramp"]).experiments] == ["ramp", "own"]
    assert "--only: no experiment of this file is called 'othr'; did you mean 'other'?" in refusal(
        file(), only=["othr"]
    )


def test_only_targets_among_some_qubits_are_run_and_what_is_left_out_is_said(file):
    config = load(file(), qubits="1-4")

    assert [entry.label for entry in config.experiments] == ["ramp", "other"]
    assert config.experiments[0].experiment.targets == ((1,), (2,))
    assert config.experiments[0].experiment.points == 4
    assert "own is left out: the file measures 7" in config.notes[0]
    assert '--set experiments.own.physical_qubits="0-4"' in config.notes[0]
    assert "--qubits: nothing is left to run" in refusal(file(), qubits="9")
    assert "--qubits: 'x' are no qubits" in refusal(file(), qubits="x")


def test_an_experiment_that_names_no_qubits_takes_those_that_are_chosen(file):
    config = load(file(FILE.replace('physical_qubits = "0-2"\n', "")), qubits="4, 6")

    assert config.experiments[0].experiment.targets == ((4,), (6,))


def test_settings_reach_experiments_by_their_label(file):
    path = file(FILE + '\n[[experiments]]\nuse = "ramp"\nname = "no. 2"\n')
    settings = ["experiments.own.wait=1 ms", "experiments.ramp.points=9", 'experiments."no. 2".top=2', "defaults.top=3"]

    ramp, own, other, odd = (entry.experiment for entry in load(path, overrides=settings).experiments)

    assert (own.wait, ramp.points, odd.top, other.top) == (1e6, 9, 2.0, 3.0)


def test_a_mistake_in_a_setting_by_label_names_what_was_typed(file):
    assert refusal(file(), overrides=["experiments.own.points=-1"]).startswith("--set experiments.own.points: ")
    assert refusal(file(), overrides=["defaults.top=-1"]).startswith("--set defaults.top: ")
    message = refusal(file(), overrides=["experiments.onw.points=3"])
    assert message.startswith("--set experiments.onw.points: there are 3 entries")
    assert "did you mean 'own'?" in message


def finished(config, created, bad):
    """Write the folder of a finished run, in which some targets of each experiment are bad."""
    folder = RunFolder.create(config.runs, config.manifest({"created": created}))
    for entry in config.experiments:
        levels = ["bad" if target[0] in bad.get(entry.label, ()) else "good" for target in entry.experiment.targets]
        analyses = [
            Analysis(target, [Quantity("mean", 0.5, 0.1)], Verdict([Reason("said", "said so", level)]))
            for target, level in zip(entry.experiment.targets, levels, strict=True)
        ]
        if entry.label not in bad.get("failed", ()):
            folder.section_path(entry.label).mkdir()
            write_analyses(folder.directory(entry.label), {"use": "mean"}, analyses)
    return folder.path


def test_only_bad_runs_what_was_bad_in_the_latest_run_of_the_file_and_nothing_else(file, tmp_path):
    runs = tmp_path / "runs"
    everything = load(file(), runs=runs)
    finished(everything, "2026-11-01T10:00:00", {"ramp": [0, 1, 2], "own": [7]})
    finished(everything, "2026-11-02T10:00:00", {"ramp": [1, 2]})
    finished(load(file(), runs=runs, overrides=["name=another"]), "2026-11-03T10:00:00", {"other": [1]})

    again = load(file(), runs=runs, only=["bad"])

    assert [(entry.label, entry.experiment.targets) for entry in again.experiments] == [("ramp", ((1,), (2,)))]
    assert [note.partition(" in ")[0] for note in again.notes] == [
        "own is left out: none of its targets was bad",
        "other is left out: none of its targets was bad",
    ]
    finished(again, "2026-11-04T10:00:00", {"ramp": [2]})
    assert load(file(), runs=runs, only=["bad"]).experiments[0].experiment.targets == ((2,),)


def test_an_experiment_without_an_analysis_counts_as_bad_in_all_its_targets(file, tmp_path):
    finished(load(file(), runs=tmp_path), "2026-11-02T10:00:00", {"failed": ["other"]})

    again = load(file(), runs=tmp_path, only=["bad"])

    assert [(entry.label, len(entry.experiment.targets)) for entry in again.experiments] == [("other", 3)]


def test_only_bad_of_a_run_folder_looks_at_that_run(file, tmp_path):
    first = finished(load(file(), runs=tmp_path), "2026-11-01T10:00:00", {"ramp": [1]})
    finished(load(file(), runs=tmp_path), "2026-11-02T10:00:00", {})

    assert load(first, only=["bad"]).experiments[0].experiment.targets == ((1,),)
    assert "--only bad: nothing is left to run" in refusal(file(), runs=tmp_path, only=["bad"])


def test_only_bad_without_an_earlier_run_says_what_to_do(file, tmp_path):
    assert "--only bad: there is no folder" in refusal(file(), runs=tmp_path / "none", only=["bad"])
    message = refusal(file(), runs=tmp_path, only=["bad"])
    assert f"--only bad: no run in {tmp_path} is called 'run'; run all of it first" in message
