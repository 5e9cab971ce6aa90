"""A device that makes rx of sx: its drive is not reported by an angle, and found by repeating sx."""

from __future__ import annotations

import math

import attrs
import pytest
from qiskit.circuit import Measure, Parameter
from qiskit.circuit.library import RGate, RXGate, RZGate, RZXGate, SXGate, XGate
from qiskit.primitives import BackendSamplerV2, StatevectorSampler
from qiskit.transpiler import Target

from oqtopus_experiments import cli, load_run, run
from oqtopus_experiments.backends import LocalBackend, OqtopusBackend, QiskitBackend
from oqtopus_experiments.execution._adapters import as_backend
from oqtopus_experiments.experiments import Rabi
from oqtopus_experiments.transpilation import drives, synthesized_on
from oqtopus_experiments_oqtopus_emulator import Emulator, default_devices

DRIVES = {0: 0.8, 1: 0.9, 2: 1.0, 3: 1.1}
NATIVE = ["sx", "x", "rz", "cx"]
FILE = """\
shots = 1000
seed = 3

[backend]
use = "noisy"
drive_scale = 0.8
native_gates = ["sx", "x", "rz", "cx"]

[[experiments]]
use = "rabi"
name = "angle"

[[experiments]]
use = "rabi"
name = "pulses"
pulse = "sx"
"""


@pytest.fixture(scope="module")
def cloud():
    drive = {str(qubit): scale for qubit, scale in DRIVES.items()}
    devices = [attrs.evolve(one, drive_scale=drive) if one.noisy else one for one in default_devices()]
    with_rx = attrs.evolve(devices[0], device_id="with-rx", basis_gates=("rx", "rz", "cx"))
    silent = attrs.evolve(devices[0], device_id="silent", basis_gates=())
    with Emulator(seed=5, devices=[*devices, with_rx, silent]) as emulator:
        yield OqtopusBackend("anemone", url=emulator.url, token=emulator.token, poll_interval=0.1)


@pytest.fixture(scope="module")
def noisy():
    return LocalBackend(
        "noisy", native_gates=NATIVE, qubits={q: {"drive_scale": scale} for q, scale in DRIVES.items()}, seed=5
    )


@pytest.mark.parametrize("device", ["noisy", "cloud"])
def test_repeated_pulses_find_every_drive_and_an_angle_finds_none(device, request):
    backend = request.getfixturevalue(device)

    pulses = Rabi(pulse="sx", physical_qubits=DRIVES).run(backend, shots=1000, runs=False).analyze()
    angle = Rabi(physical_qubits=DRIVES, amplitude_points=12).run(backend, shots=1000, runs=False)

    for row, scale in zip(pulses.itertuples(), DRIVES.values(), strict=True):
        assert abs(row.pi_amplitude - 1 / scale) < 3 * row.pi_amplitude_stderr
        assert row.pi_amplitude_stderr < 0.001
        assert "not_driven" not in row.reasons
    for row in angle.analyze().itertuples():
        assert math.isnan(row.pi_amplitude)
        assert math.isnan(row.drive_scale)
        assert math.isnan(row.pi_amplitude_stderr)
        assert row.verdict in ("suspect", "bad")
        assert "not_driven" in row.reasons
        assert row.contrast > 0.3
    # The fit that looked so good is there to be seen.
    (analysis, *_) = angle.analyses()
    assert analysis.fitted is not None
    assert analysis.curves


def test_terminal_report_and_a_later_look_say_what_to_do_instead(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "drive.toml").write_text(FILE)
    done = run("drive.toml", runs=tmp_path)

    advice = 'set pulse = "sx"'
    for arguments in (["check", "drive.toml"], ["analyze", str(done.path)], ["run", "drive.toml"]):
        monkeypatch.setattr("sys.argv", ["oqx", *arguments])
        monkeypatch.setenv("COLUMNS", "200")
        with pytest.raises(SystemExit) as stop:
            cli.main()
        captured = capsys.readouterr()
        assert not stop.value.code
        assert advice in " ".join((captured.out + captured.err).split()), arguments
    report = (done.path / "report.html").read_text(encoding="utf-8")
    assert "not_driven" in report
    assert "set pulse" in report
    loaded = load_run(done.path)
    for result in (done["angle"], loaded.results["angle"]):
        frame = result.analyze()
        assert math.isnan(frame.pi_amplitude[0])
        assert frame.verdict[0] == "suspect"
    pulses = loaded.results["pulses"].analyze()
    assert abs(pulses.pi_amplitude[0] - 1.25) < 3 * pulses.pi_amplitude_stderr[0]
    assert pulses.verdict[0] == "good"


def target(**gates):
    """Return a device of two qubits that has these gates on these qubits."""
    made = Target(num_qubits=2)
    angle = Parameter("angle")
    known = {
        "rx": RXGate(angle), "half": RXGate(math.pi / 2), "r": RGate(angle, Parameter("phase")), "rz": RZGate(angle),
        "sx": SXGate(), "x": XGate(), "measure": Measure(),
    }  # fmt: skip
    for name, qubits in gates.items():
        made.add_instruction(known[name], {(qubit,): None for qubit in qubits}, name="rx" if name == "half" else name)
    return made


def test_of_a_qiskit_device_each_qubit_has_gates_of_its_own():
    both = (0, 1)
    found = synthesized_on(target(rx=(1,), sx=both, rz=both), ("rx", "sx"), (1, 0))
    assert found == {"rx": (0,)}


def test_a_gate_on_pairs_is_driven_where_a_pair_of_these_qubits_has_it():
    device = Target(num_qubits=3)
    device.add_instruction(RZXGate(Parameter("angle")), {(0, 1): None})
    device.add_instruction(SXGate(), {(qubit,): None for qubit in range(3)})

    assert synthesized_on(device, ("rzx",), (1, 0)) == {}
    assert synthesized_on(device, ("rzx",), (1, 2)) == {"rzx": (1, 2)}


def test_rx_at_one_angle_only_sweeps_nothing():
    assert synthesized_on(target(half=(0, 1), rz=(0, 1)), ("rx",), (0,)) == {"rx": (0,)}


def test_a_pulse_of_any_phase_is_driven():
    """An ion trap has r(angle, phase): rx is that with phase 0."""
    assert synthesized_on(target(r=(0, 1)), ("rx", "ry"), (0, 1)) == {}
    assert drives("rx", ["ry", "rz"])
    assert not drives("sx", ["rx"])
    assert not drives("rx", ["u", "cx"])


@pytest.mark.parametrize("held", ["backend", "sampler", "fake"])
def test_devices_and_samplers_say_what_their_transpiler_makes_of_others(held):
    from qiskit.providers.fake_provider import GenericBackendV2

    if held == "fake":
        pytest.importorskip("qiskit_ibm_runtime")  # lowest versions of the others come before those of IBM
    device = GenericBackendV2(3, seed=1)
    backend = {
        "backend": lambda: as_backend(device),
        "sampler": lambda: as_backend(BackendSamplerV2(backend=device)),
        "fake": lambda: QiskitBackend(device="fake_manila"),
    }[held]()

    assert backend.synthesized(("rx", "sx"), (2, 0)) == {"rx": (2, 0)}


def test_what_runs_circuits_as_they_are_written_makes_nothing_of_others():
    for backend in (as_backend(StatevectorSampler()), LocalBackend("qulacs"), LocalBackend("noisy")):
        assert backend.synthesized(("rx", "sx"), (0,)) == {}


@pytest.mark.parametrize("transpiler", ["local", "service", "default"])
def test_the_cloud_says_it_whoever_compiles(cloud, transpiler):
    backend = attrs.evolve(cloud, transpiler=transpiler)

    assert backend.synthesized(("rx", "sx"), (3, 1)) == {"rx": (3, 1)}
    assert backend.device_info().gates == tuple(NATIVE)


def test_a_device_of_the_cloud_that_has_rx_drives_it_unless_the_service_compiles(cloud):
    """The service is asked for x, sx, rz and cx, whatever the device has."""
    made = {
        transpiler: attrs.evolve(cloud, device="with-rx", transpiler=transpiler).synthesized(("rx", "sx"), (0,))
        for transpiler in ("local", "default", "service")
    }

    assert made == {"local": {"sx": (0,)}, "default": {"sx": (0,)}, "service": {"rx": (0,)}}


def test_of_a_device_that_tells_no_gates_nothing_is_claimed(cloud):
    assert attrs.evolve(cloud, device="silent").synthesized(("rx",), (0,)) == {}
