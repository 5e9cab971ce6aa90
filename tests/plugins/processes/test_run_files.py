"""The main example runs on processes by one changed line, and comes to the same."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from oqtopus_experiments import ConfigError, DeviceInfo, DeviceSummary, QubitInfo, load_run
from oqtopus_experiments.reporting._history import history
from oqtopus_experiments.runfile._reading import load

EXAMPLE = Path(__file__).resolve().parents[3] / "docs/examples/characterize.toml"
LINE = 'backend = "noisy"\n'


def counts_of(folder: Path) -> list[dict]:
    lines = [
        json.loads(line) for path in sorted(folder.glob("*/journal.jsonl")) for line in path.read_text().splitlines()
    ]
    return sorted((line for line in lines if "counts" in line), key=str)


def test_the_main_example_on_processes_by_one_changed_line_has_the_same_counts(oqx, tmp_path):
    text = EXAMPLE.read_text()
    assert text.count(LINE) == 1
    (tmp_path / "spread.toml").write_text(text.replace(LINE, 'backend = "processes"\n'))
    (tmp_path / "alone.toml").write_text(text)
    for name in ("spread", "alone"):
        code, told, errors = oqx("run", tmp_path / f"{name}.toml", "--runs", tmp_path / name, "--shots", "100")
        assert code == 0, told + errors
    spread, alone = (next((tmp_path / name).iterdir()) for name in ("spread", "alone"))

    assert _bare(counts_of(spread)) == _bare(counts_of(alone))
    assert load_run(spread).provenance["backend"]["options"]["inner"]["t1"] == 30_000


def test_a_history_and_calibrations_know_a_device_as_one_wherever_it_is_simulated(oqx, tmp_path):
    runs = tmp_path / "runs"
    calibrates = 'name = "{name}"\nshots = 200\nseed = 1\n{backend}\n[[experiments]]\nuse = "{use}"\n{more}'
    spread, alone = 'backend = { use = "processes", inner = "noisy", workers = 1 }', 'backend = "noisy"'
    mitigated = 'mitigation = "readout"\nmitigation_max_age = "1 h"\n'
    for name, backend, use, more in (
        ("calibrated", spread, "readout", ""),
        ("alone", alone, "t1", mitigated),
        ("spread", spread, "t1", mitigated),
    ):
        (tmp_path / f"{name}.toml").write_text(calibrates.format(name=name, backend=backend, use=use, more=more))
        code, told, errors = oqx("run", tmp_path / f"{name}.toml", "--runs", runs)
        assert code == 0, told + errors

    (series,) = history(runs, "t1_time", (0,))

    assert (series.name, len(series.entries)) == ("t1 (mitigation = readout) on noisy", 2)


def _bare(lines):
    return [(line["index"], line["counts"]) for line in lines]


def test_the_command_line_spreads_what_the_file_runs_on(tmp_path):
    (tmp_path / "own.toml").write_text(
        'backend = "weak"\nseed = 3\n[backends.weak]\nuse = "noisy"\nt1 = "9 us"\n[[experiments]]\nuse = "t1"\n'
    )

    backend = load(tmp_path / "own.toml", backend="processes").backend

    assert (backend.name, backend.inner.name, backend.inner.t1, backend.seed) == ("processes", "noisy", 9000.0, 3)


@pytest.mark.parametrize(
    ("table", "told"),
    [
        ('{ use = "processes" }', "inner.*required"),
        ('{ use = "processes", inner = "nosuch" }', "no backend 'nosuch'"),
        ('{ use = "processes", inner = { use = "noisy", t3 = 1 } }', "t3.*unknown name"),
        ('{ use = "processes", inner = { use = "noisy", t1 = -1.0 } }', "t1"),
        ('{ use = "processes", inner = 3 }', "inner.*must name a simulator"),
        ('{ use = "processes", inner = "oqtopus" }', "does not simulate in one process"),
    ],
)
def test_a_simulator_that_cannot_be_meant_is_refused_with_its_line(table, told, tmp_path):
    (tmp_path / "run.toml").write_text(f'shots = 10\nbackend = {table}\n[[experiments]]\nuse = "t1"\n')

    with pytest.raises(ValueError, match=rf"run.toml:2: .*{told}"):
        load(tmp_path / "run.toml")


def test_each_of_several_runs_has_random_numbers_of_its_own(tmp_path):
    (tmp_path / "run.toml").write_text(
        'backend = { use = "processes", inner = { use = "noisy", seed = 5 } }\n[[experiments]]\nuse = "t1"\n'
    )

    config = load(tmp_path / "run.toml")

    assert [config.reseeded(number).backend.inner.seed for number in (0, 1, 2)] == [5, 6, 7]


def test_the_seed_of_a_run_is_for_a_simulator_that_was_given_none(tmp_path):
    table = 'backend = {{ use = "processes", inner = {{ use = "noisy"{} }} }}\nseed = 3\n[[experiments]]\nuse = "t1"\n'
    (tmp_path / "none.toml").write_text(table.format(""))
    (tmp_path / "own.toml").write_text(table.format(", seed = 5"))

    none, own = (load(tmp_path / f"{name}.toml").backend for name in ("none", "own"))

    assert (none.seed, none.inner.seed) == (3, None)
    assert (own.seed, own.inner.seed) == (None, 5)


def test_a_seed_beside_another_of_the_simulator_is_refused_with_its_line(tmp_path):
    (tmp_path / "run.toml").write_text(
        'shots = 10\nbackend = { use = "processes", seed = 2, inner = { use = "noisy", seed = 5 } }\n'
        '[[experiments]]\nuse = "t1"\n'
    )
    with pytest.raises(ConfigError, match=r"run.toml:2: .*seed.*'noisy' has the seed 5"):
        load(tmp_path / "run.toml")


def test_all_qubits_are_those_of_the_device_that_the_inner_simulator_is_like(tmp_path):
    known = {"t1": 20_000.0, "t2": 20_000.0, "gate_error": 0.002, "gate_time": 24.0,
             "readout_error_0": 0.01, "readout_error_1": 0.05}  # fmt: skip
    device = DeviceInfo(
        summary=DeviceSummary(name="chip", kind="QPU", status="available", num_qubits=2),
        qubits=tuple(QubitInfo(index=qubit, **known) for qubit in (3, 5)),
    )
    (tmp_path / "chip.json").write_text(json.dumps(device.to_json()))
    file = tmp_path / "all.toml"
    file.write_text(
        '[[experiments]]\nuse = "t1"\nphysical_qubits = "all"\n[backend]\nuse = "processes"\n'
        f'[backend.inner]\nuse = "noisy"\nlike = "{tmp_path / "chip.json"}"\n'
    )
    assert load(file).experiments[0].experiment.targets == ((3,), (5,))
