"""All of one- and two-qubit characterization of five qubits, on four kinds of device by one changed line."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

import pytest

from oqtopus_experiments.runfile._reading import load

FILE = Path(__file__).parents[2] / "docs/examples/full-characterization.toml"
BACKENDS = ("noisy", "qulacs", "queue", "ibm")
QUBITS, PAIRS = [(qubit,) for qubit in range(5)], [(0, 1), (2, 3)]
# On each of the qubits, of the device that the file describes.
TRUTHS = {
    ("t1", "t1_time"): [50e3, 30e3, 50e3, 50e3, 50e3],
    ("t2echo", "t2_time"): [40e3, 25e3, 40e3, 40e3, 40e3],
    ("ramsey", "t2_star_time"): [40e3, 25e3, 40e3, 40e3, 40e3],
    ("ramsey", "frequency"): [0.0, 0.0, 30e3, 0.0, 0.0],
    ("readout", "readout_error_0"): [0.02, 0.02, 0.02, 0.03, 0.02],
    ("readout", "readout_error_1"): [0.03, 0.03, 0.03, 0.05, 0.03],
    ("rabi", "drive_scale"): [1.0, 1.0, 1.0, 1.01, 1.0],
    ("amplify", "drive_scale"): [1.0, 1.0, 1.0, 1.01, 1.0],
    ("simultaneous_rb", "crosstalk"): [0.0, 0.0, 0.0, 0.0, 0.0],
}
# All backends take minutes: nox -s catalogue sets CATALOGUE.
FULL = bool(os.environ.get("CATALOGUE"))


@pytest.fixture
def device(request, monkeypatch):
    """Return a backend's name in the file; behind the queue there is an emulator."""
    with contextlib.ExitStack() as stack:
        if request.param == "queue":
            from oqtopus_experiments_oqtopus_emulator import Emulator

            emulator = stack.enter_context(Emulator(seed=5))
            monkeypatch.setenv("OQTOPUS_URL", emulator.url)
            monkeypatch.setenv("OQTOPUS_API_TOKEN", emulator.token)
        yield request.param


def changed(backend, folder):
    """The file with one line changed."""
    text = FILE.read_text()
    assert text.count('\nbackend = "noisy"\n') == 1
    path = folder / "full.toml"
    path.write_text(text.replace('\nbackend = "noisy"\n', f'\nbackend = "{backend}"\n'))
    return path


@pytest.mark.parametrize("backend", BACKENDS)
def test_one_changed_line_chooses_the_device_and_nothing_else(backend, tmp_path):
    experiments = [entry.experiment for entry in load(changed(backend, tmp_path)).experiments]
    assert experiments == [entry.experiment for entry in load(FILE).experiments]


def test_every_experiment_that_characterizes_qubits_or_pairs_is_in_it():
    """Scans of what another one measures at its best point, and algorithms, are not."""
    used = {entry.experiment.name for entry in load(FILE).experiments}
    assert used == {
        "readout", "rabi", "amplify", "t1", "t2echo", "ramsey", "rb", "simultaneous_rb",
        "irb", "mirror_rb", "chsh", "state_tomography", "ghz",
    }  # fmt: skip


def test_every_experiment_is_on_all_qubits_or_on_pairs_that_share_none(tmp_path):
    targets = [list(entry.experiment.targets) for entry in load(FILE).experiments]
    assert all(own in (QUBITS, PAIRS) for own in targets)
    assert {len(own[0]) for own in targets} == {1, 2}


@pytest.mark.parametrize("device", BACKENDS if FULL else ["noisy"], indirect=True)
def test_every_device_runs_it_and_every_headline_is_a_number_with_an_error_or_a_bound(device, tmp_path):
    config = load(changed(device, tmp_path))
    for entry in config.experiments:
        result = entry.experiment.run(config.backend, entry.shots, runs=False)
        assert not result.dataset.failures
        for index, analysis in enumerate(result.analyses()):
            headline = analysis.quantities[0]
            assert headline.is_known or headline.is_bounded, (entry.label, analysis.verdict.why)
            if device == "noisy":
                assert analysis.verdict.level != "bad", (entry.label, analysis.verdict.why)
                for (name, quantity), truth in TRUTHS.items():
                    if name == entry.label:
                        found = analysis[quantity]
                        assert abs(found.value - truth[index]) < 4.5 * found.total_error, (name, quantity, index)
