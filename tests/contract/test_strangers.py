"""The contract is not bent to Rabi and T1: what strangers write works like our own."""

from __future__ import annotations

import ast
import csv
import json
from pathlib import Path

import numpy as np
import pytest
from attrs import frozen

import oqtopus_experiments
from oqtopus_experiments import Backend, Counts, FinishedJob, Outcome, load_run, parameter
from oqtopus_experiments.backends import LocalBackend
from oqtopus_experiments.reporting.figures._sheets import sheets

QUIET = {"t1": None, "t2": None, "readout_error_0": 0.0, "readout_error_1": 0.0, "two_qubit_error": 0.0}


def test_two_axes_and_random_circuits_give_the_error_per_gate_the_device_has(strangers):
    backend = LocalBackend(device="noisy", seed=1, **QUIET | {"single_qubit_error": 0.004})

    row = strangers.RandomX(physical_qubits=[0, 1], longest=400).run(backend, shots=2000).analyze()

    # Depolarizing with probability p errs with p/2 for one qubit.
    pulls = (row.error_per_gate - 0.002) / row.error_per_gate_stderr
    assert (pulls.abs() < 3.5).all()
    assert (row.error_per_gate_stderr < 0.0002).all()
    assert (row.verdict == "good").all()


def test_the_same_point_gives_the_same_random_circuit_again(strangers):
    experiment = strangers.RandomX()

    assert experiment.circuit(8, 3) == experiment.circuit(8, 3)
    assert experiment.circuit(80, 3) != experiment.circuit(80, 4)


def test_pairs_of_qubits_with_several_settings_each_violate_the_inequality_as_far_as_they_can(strangers):
    experiment = strangers.Bell(targets=[(0, 1), (3, 2), (4, 5)])

    result = experiment.run(LocalBackend(device="qulacs", seed=2), shots=4000)
    frame = result.analyze()

    assert frame.qubits.tolist() == ["0-1", "3-2", "4-5"]
    assert len(result.counts) == 4
    assert (abs(frame.s_value - 2 * np.sqrt(2)) < 4 * frame.s_value_stderr).all()
    assert (frame.verdict == "good").all()


def test_a_parity_with_two_unknowns_is_fitted(strangers):
    noise = QUIET | {"readout_error_0": 0.05, "readout_error_1": 0.05, "single_qubit_error": 0.0}
    backend = LocalBackend(device="noisy", seed=3, **noise)

    frame = strangers.ParityFringe().run(backend, shots=4000).analyze()

    # Each readout scales the parity by 1 - 0.05 - 0.05. The sign of the fringe is in the phase.
    assert abs(frame.contrast[0] - 0.9**2) < 4 * frame.contrast_stderr[0]
    assert np.cos(frame.phase_offset[0] - 0.3) ** 2 > 0.999
    assert frame.attrs["units"]["phase_offset"] == "rad"


STRANGERS = sorted((Path(__file__).parent / "strangers").glob("[!_]*.py"))


@pytest.mark.parametrize("path", STRANGERS, ids=lambda path: path.stem)
def test_a_stranger_needs_public_names_only_and_fewer_than_90_lines(path):
    text = path.read_text()
    imported = [
        (node.module, alias.name)
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    ] + [(alias.name, "") for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Import) for alias in node.names]
    ours = [(module, name) for module, name in imported if module.startswith("oqtopus")]

    assert len(text.splitlines()) < 90
    assert {module for module, _ in ours} == {"oqtopus_experiments"}
    assert {name for _, name in ours} <= set(oqtopus_experiments.__all__)
    assert {module.partition(".")[0] for module, _ in imported} <= {
        "__future__", "attrs", "numpy", "oqtopus_experiments", "qiskit", "typing",
    }  # fmt: skip


NAMES = [
    "amplification", "bell", "bernstein-vazirani", "ghz-fidelity", "interleaved", "mirror", "pair-tomography",
    "parity-fringe", "random-x", "readout-matrix",
]  # fmt: skip


def oqx(*arguments, monkeypatch, capsys):
    from oqtopus_experiments import cli

    monkeypatch.setattr("sys.argv", ["oqx", *map(str, arguments)])
    with pytest.raises(SystemExit) as stop:
        cli.main()
    said = capsys.readouterr()
    assert not stop.value.code, said.err
    return said.out


def run_file(tmp_path, text, monkeypatch, capsys, backend="noisy"):
    """Run a file and return the folder of its run."""
    (tmp_path / "run.toml").write_text(text)
    monkeypatch.chdir(tmp_path)
    oqx("run", "run.toml", "--backend", backend, monkeypatch=monkeypatch, capsys=capsys)
    (folder,) = (tmp_path / "runs").iterdir()
    return folder


def test_every_stranger_is_listed(strangers):
    from oqtopus_experiments.plugins._registry import registry

    assert set(NAMES) <= set(registry().classes("experiment"))
    assert len(NAMES) == len(STRANGERS)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.usefixtures("strangers")
def test_strangers_experiments_run_from_a_file_with_a_figure(name, tmp_path, monkeypatch, capsys):
    text = f"shots = 200\nseed = 4\n[[experiments]]\nuse = '{name}'\n"

    folder = run_file(tmp_path, text, monkeypatch, capsys)

    (figure,) = folder.rglob("figure.png")
    assert figure.stat().st_size > 5000
    assert (folder / "report.html").exists()


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.usefixtures("strangers")
def test_strangers_experiments_pass_the_check_before_a_run(name, tmp_path, monkeypatch, capsys):
    (tmp_path / "run.toml").write_text(f"shots = 200\n[[experiments]]\nuse = '{name}'\n")
    monkeypatch.chdir(tmp_path)

    oqx("check", "run.toml", "--backend", "noisy", monkeypatch=monkeypatch, capsys=capsys)


@pytest.mark.usefixtures("strangers")
def test_each_qubit_of_a_chevron_has_the_amplitude_of_its_line_in_the_run_file(tmp_path, monkeypatch, capsys):
    folder = run_file(tmp_path, CHEVRON, monkeypatch, capsys)

    (analysis_0, analysis_1) = load_run(folder).results["amplification"].analyses()
    for analysis, amplitude in ((analysis_0, 0.98), (analysis_1, 1.02)):
        assert abs(analysis["drive"].value - amplitude) < 3.5 * analysis["drive"].stderr
        assert analysis["drive"].stderr < 0.004


CHEVRON = """
shots = 200
seed = 4
[backend]
use = "noisy"
single_qubit_error = 0.0
[[experiments]]
use = "amplification"
physical_qubits = [0, 3]
steps = 7
most_pulses = 5
[experiments.amplitude]
0 = 0.98
3 = 1.02
"""


def test_interleaved_sequences_are_paired_and_belong_to_their_target(strangers):
    experiment = strangers.Interleaved(physical_qubits=[0, 1], gate="h")
    reference, interleaved = (experiment.circuit(kind, 3, 1, (0,)) for kind in ("reference", "interleaved"))

    def gates(circuit):
        blocks = [[]]
        for item in circuit.data:
            if item.operation.name == "barrier":
                blocks.append([])
            else:
                blocks[-1].append(item.operation.name)
        return blocks

    # The same three Cliffords, each with the gate behind it; then what undoes all, which is not the same.
    assert gates(interleaved)[:6:2] == gates(reference)[:3]
    assert gates(interleaved)[1:6:2] == [["h"]] * 3
    assert experiment.circuit("reference", 3, 1, (1,)) != reference
    assert experiment.circuit("reference", 3, 1, (0,)) == reference


def test_the_two_series_of_a_joint_fit_have_a_curve_each(strangers):
    experiment = strangers.Interleaved(longest=40, lengths=4, seeds=2)
    noise = QUIET | {"single_qubit_error": 0.01}

    (analysis,) = experiment.run(LocalBackend("noisy", seed=1, **noise), shots=400).analyses()

    reference, interleaved = analysis.curves
    assert (reference.series, interleaved.series) == ({"kind": "reference"}, {"kind": "interleaved"})
    assert reference.axis == interleaved.axis == "length"
    assert (interleaved.y[1:] < reference.y[1:]).all()


def test_the_bounds_of_an_inequality_are_levels_of_its_figure(strangers):
    (analysis,) = strangers.Bell().run(LocalBackend("qulacs", seed=1), shots=400).analyses()

    (panel,) = analysis.panels
    assert [level.at for level in panel.levels] == [2, 2 * np.sqrt(2)]
    assert panel.points[0].y.tolist() == [analysis["s_value"].value]
    assert panel.points[0].stderr.tolist() == [analysis["s_value"].stderr]


def test_a_density_matrix_is_one_array_of_a_state(strangers):
    (analysis,) = strangers.PairTomography().run(LocalBackend("qulacs", seed=1), shots=400).analyses()

    array = analysis.array("density_matrix")
    assert np.trace(array.values) == pytest.approx(1)
    assert array.values == pytest.approx(array.values.conj().T)
    assert np.linalg.eigvalsh(array.values).min() > -1e-12
    assert array.values.dtype.kind == array.stderr.dtype.kind == "c"
    assert [dimension.labels for dimension in array.dimensions] == [("00", "01", "10", "11")] * 2
    assert abs(array.values[0, 3] - 0.5) < 0.05


def test_a_product_state_does_not_pass_for_a_ghz_state(strangers):
    @frozen(kw_only=True)
    class Product(strangers.Ghz):
        name = "product"

        def circuit(self, basis, phase=0.0):
            circuit = super().circuit(basis, phase)
            made = circuit.copy_empty_like()
            for item in circuit.data:
                if item.operation.name != "cx":
                    made.append(item)
            return made

    (analysis,) = Product(size=3).run(LocalBackend("qulacs", seed=1), shots=2000).analyses()

    assert analysis.verdict.level != "good"
    assert "not_entangled" in analysis.verdict.codes


def test_a_mirror_says_of_each_point_and_target_what_should_come_back(strangers):
    experiment = strangers.Mirror(targets=[(0, 1), (3, 2)], most_layers=6, depths=3, seeds=4)

    dataset = experiment.run(LocalBackend("qulacs", seed=1), shots=20).dataset

    assert (dataset.mean == 1).all()
    expected = {experiment.signal(**point, target=(0, 1)).outcome for point in experiment.sweep().points()}
    assert len(expected) > 1
    assert dataset.signal_label == "P(expected outcome)"


ALL_ARRAYS = """
shots = 300
seed = 3
[backend]
use = "noisy"
[[experiments]]
use = "pair-tomography"
targets = [[0, 1], [3, 2]]
[[experiments]]
use = "readout-matrix"
[[experiments]]
use = "bernstein-vazirani"
[[experiments]]
use = "bell"
"""


def panels(experiment, shots=400):
    """Return the panels of the first target of an experiment, as they are drawn."""
    result = experiment.run(LocalBackend("noisy", seed=1, **QUIET | {"single_qubit_error": 0.01}), shots=shots)
    return sheets(result.dataset, result.analyses())[0].panels


def test_the_figure_of_interleaved_benchmarking_has_two_curves_each_with_its_points(strangers):
    (panel,) = panels(strangers.Interleaved(longest=40, lengths=4, seeds=2))

    names = ["kind = reference", "kind = interleaved"]
    assert [line.name for line in panel.lines] == names
    coloured = [series for series in panel.points if series.name]
    assert [series.name for series in coloured] == names
    assert [len(series.x) for series in coloured] == [4, 4]
    for series, line in zip(coloured, panel.lines, strict=True):
        near = np.interp(series.x, line.x, line.y)
        assert (abs(series.y - near) < 4 * series.stderr).all()


def test_a_scan_over_two_numbers_is_a_heat_map_and_one_of_its_residuals(strangers):
    scan, residuals = panels(strangers.Amplification(steps=5, most_pulses=4))

    assert scan.maps[0].values.shape in ((5, 4), (4, 5))
    assert residuals.maps[0].values.shape == scan.maps[0].values.shape
    assert {scan.x.label, scan.y.label} == {"pulses", "detuning"}
    assert abs(residuals.maps[0].values).max() < 4.5


def test_the_populations_and_the_fringe_of_a_ghz_state_have_a_panel_each(strangers):
    populations, fringe = panels(strangers.Ghz(size=3))

    assert [len(panel.points[0].x) for panel in (populations, fringe)] == [1, 12]
    assert fringe.x.label == "phase (rad)"
    assert len(fringe.lines) == 1


def test_a_density_matrix_is_drawn_as_two_maps(strangers):
    drawn = panels(strangers.PairTomography())

    real, imaginary = (panel for panel in drawn if panel.maps)
    assert [panel.x.ticks for panel in (real, imaginary)] == [("00", "01", "10", "11")] * 2
    assert real.maps[0].values[0, 3] > 0.4
    assert abs(imaginary.maps[0].values).max() < 0.2


@pytest.mark.usefixtures("strangers")
def test_a_density_matrix_is_in_the_report_and_in_a_table_of_its_own(tmp_path, monkeypatch, capsys):
    folder = run_file(tmp_path, ALL_ARRAYS, monkeypatch, capsys)

    with (folder / "pair-tomography" / "arrays.csv").open() as file:
        rows = list(csv.DictReader(file))

    assert len(rows) == 2 * 16
    corner = next(row for row in rows if (row["qubits"], row["row"], row["column"]) == ("3-2", "00", "11"))
    assert abs(float(corner["value"]) - 0.5) < 0.15
    assert 0 < float(corner["imaginary_stderr"]) < 0.05
    assert "density_matrix" in (folder / "report.html").read_text()


@pytest.mark.usefixtures("strangers")
def test_arrays_and_figures_of_strangers_come_back_bit_for_bit(tmp_path, monkeypatch, capsys):
    folder = run_file(tmp_path, ALL_ARRAYS, monkeypatch, capsys)
    before = {path: path.read_bytes() for path in folder.rglob("*.*") if path.name != "report.html"}
    arrays = load_run(folder).results["pair-tomography"].analyses()

    oqx("analyze", folder, monkeypatch=monkeypatch, capsys=capsys)

    changed = [path.relative_to(folder) for path, content in before.items() if path.read_bytes() != content]
    assert not changed
    assert len([path for path in before if path.name == "analysis.json"]) == 4
    told = json.loads((folder / "pair-tomography" / "analysis.json").read_text())
    for analysis, written in zip(arrays, told["analyses"], strict=True):
        (matrix,) = written["arrays"]
        for part in ("real", "imaginary"):
            values = getattr(analysis.array("density_matrix").values, {"imaginary": "imag"}.get(part, part))
            np.testing.assert_array_equal(matrix["values"][part], values)


@pytest.mark.usefixtures("strangers")
def test_a_program_reads_the_fidelities_of_all_experiments_in_one_table(tmp_path, monkeypatch, capsys):
    folder = run_file(tmp_path, ALL_ARRAYS, monkeypatch, capsys)

    with (folder / "table.csv").open() as file:
        rows = list(csv.DictReader(line for line in file if not line.startswith("#")))

    quantities = {row["quantity"] for row in rows}
    assert {"bell_fidelity", "assignment_fidelity", "success_probability", "s_value"} <= quantities


def test_the_systematic_bound_is_that_of_the_paper(strangers):
    # Perfect Cliffords leave no doubt; then the first bound holds, later the second would be larger.
    assert strangers.interleaved.systematic(1.0, 1.0) == 0.0
    assert strangers.interleaved.systematic(0.99, 0.985) == pytest.approx((0.005 + 0.01) / 2)
    assert strangers.interleaved.systematic(0.9, 0.99) == pytest.approx((0.09 + 0.1) / 2)


@frozen(kw_only=True)
class Impostor(Backend):
    """A device that runs nothing: it reads all zeros, all ones, or flips coins."""

    name = "impostor"
    reads: str = parameter("zeros")

    def submit(self, batch):
        rng = np.random.default_rng(1)
        outcomes = []
        for index, circuit in enumerate(batch.circuits):
            shots = rng.random((batch.shots, circuit.num_clbits))
            below = {"zeros": 0.0, "ones": 1.1, "coins": 0.5}[self.reads]
            outcomes.append(Outcome(index, Counts.from_shots(shots < below)))
        return FinishedJob("nothing", outcomes)


@pytest.mark.parametrize("reads", ["zeros", "ones", "coins"])
@pytest.mark.parametrize("name", [name for name in NAMES if name not in ("random-x", "parity-fringe")])
def test_no_stranger_believes_a_device_that_runs_nothing(strangers, name, reads):
    from oqtopus_experiments.plugins._registry import registry

    experiment = registry().get("experiment", name)()

    analyses = experiment.run(Impostor(reads=reads), shots=400).analyses()

    assert [analysis.verdict.level for analysis in analyses if analysis.verdict.level == "good"] == []


@pytest.mark.parametrize("name", ["ghz-fidelity", "interleaved", "mirror", "amplification", "readout-matrix"])
def test_an_interrupted_run_of_a_stranger_goes_on_with_the_same_circuits(strangers, name, tmp_path):
    from oqtopus_experiments.execution._resume import reopen
    from oqtopus_experiments.execution._submission import submit_or_resume
    from oqtopus_experiments.plugins._registry import registry

    options = {
        "amplification": {"amplitude": {0: 0.98, 3: 1.02}, "physical_qubits": [0, 3]},
        "ghz-fidelity": {"size": 4},
    }
    experiment = registry().get("experiment", name)(**options.get(name, {}))
    handle = experiment.submit(LocalBackend("qulacs", seed=3), shots=50, runs=tmp_path)
    assert handle.journal.results() == {}  # as if it ended here

    config, folder = reopen(handle.folder)
    (again,) = submit_or_resume(config, folder)

    assert again.result().counts == handle.result().counts
    assert config.experiments[0].experiment.parameters() == experiment.parameters()
