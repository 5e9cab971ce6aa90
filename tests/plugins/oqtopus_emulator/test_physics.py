"""The formulas between a calibration and counts."""

from __future__ import annotations

import copy
import json

import attrs
import numpy as np
import pytest
from qiskit import QuantumCircuit, transpile

from oqtopus_experiments_aer import NoisyBackend
from oqtopus_experiments_oqtopus_emulator import _gateway as gateway, default_devices
from oqtopus_experiments_oqtopus_emulator._calibration import device_info
from oqtopus_experiments_oqtopus_emulator._cli import parser, settings_of
from oqtopus_experiments_oqtopus_emulator._devices import device_document, device_from_document, load_device
from oqtopus_experiments_oqtopus_emulator._errors import JobFailure
from oqtopus_experiments_oqtopus_emulator._mitigation import mitigate, nearest
from oqtopus_experiments_oqtopus_emulator._views import device_view


@pytest.fixture
def anemone():
    return default_devices()[0]


def _twin(device):
    return NoisyBackend.twin_of(device_info(device.device_id, device.info)).profile()


def test_every_number_of_the_calibration_arrives_in_the_noisy_backend(anemone):
    profile = _twin(anemone)
    for qubit in anemone.info["qubits"]:
        noise = profile.of(qubit["id"])
        assert (noise.t1, noise.t2) == pytest.approx(
            (1e3 * qubit["qubit_lifetime"]["t1"], 1e3 * qubit["qubit_lifetime"]["t2"])
        )
        assert noise.single_qubit_gate_time == qubit["gate_duration"]["x"]
        assert noise.readout_error_0 == qubit["meas_error"]["prob_meas1_prep0"]
        assert noise.readout_error_1 == qubit["meas_error"]["prob_meas0_prep1"]
        # What a waiting qubit loses in a pulse is below the infidelity, so the rest is depolarizing: F = 1 - p/2.
        assert 0 < noise.single_qubit_error / 2 < 1 - qubit["fidelity"]
    for coupling in anemone.info["couplings"]:
        pair = profile.pair(coupling["control"], coupling["target"])
        assert pair.gate_time == coupling["gate_duration"]["rzx90"]
        assert 0 < pair.error * 3 / 4 < 1 - coupling["fidelity"]  # F = 1 - 3p/4
    assert len({pair.gate_time for pair in profile.pairs.values()}) > 1


def test_without_relaxation_all_infidelity_is_depolarizing(anemone):
    info = copy.deepcopy(anemone.info)
    for qubit in info["qubits"]:
        qubit["qubit_lifetime"] = {"t1": 1e12, "t2": 1e12}
    profile = _twin(attrs.evolve(anemone, info=info))
    for qubit in info["qubits"]:
        assert profile.of(qubit["id"]).single_qubit_error == pytest.approx(2 * (1 - qubit["fidelity"]))
    for coupling in info["couplings"]:
        pair = profile.pair(coupling["control"], coupling["target"])
        assert pair.error == pytest.approx(4 / 3 * (1 - coupling["fidelity"]))


def test_every_coupling_of_the_device_errs_as_it_was_calibrated_to(anemone):
    """The same circuit on two couplings, of which one is bad: 20 gates leave no doubt which."""
    info = copy.deepcopy(anemone.info)
    good, bad = info["couplings"][0], info["couplings"][-1]
    bad["fidelity"] = 0.9
    device = attrs.evolve(anemone, info=info)
    found = {}
    for coupling in (good, bad):
        pair = coupling["control"], coupling["target"]
        circuit = QuantumCircuit(16, 2)
        for _ in range(20):
            circuit.cx(*pair)
        circuit.measure(pair, [0, 1])
        found[pair] = gateway.run(circuit, device, 1000, 1, "a")["00"]
    kept, lost = found.values()
    assert kept > lost + 200


def test_fourteen_entangled_qubits_run_on_the_device(anemone):
    """Routed on its square of couplings; what errs is little enough for both ends of the state to stand out."""
    circuit = QuantumCircuit(14, 14)
    circuit.h(0)
    for qubit in range(13):
        circuit.cx(qubit, qubit + 1)
    circuit.barrier()
    circuit.measure(range(14), range(14))
    couplings = [list(pair) for pair in anemone.couplings]
    routed = transpile(circuit, coupling_map=couplings, basis_gates=["x", "sx", "rz", "cx"], seed_transpiler=1)

    counts = gateway.run(routed, anemone, 1000, 1, "a")

    assert sum(counts.values()) == 1000
    ends = [counts.get(key, 0) for key in ("0" * 14, "1" * 14)]
    assert min(ends) > 50
    assert sum(ends) > 10 * max(count for key, count in counts.items() if len(set(key)) == 2)


def test_a_device_of_which_a_part_is_calibrated_runs_what_is_on_that_part(anemone):
    """A program declares as many qubits as the highest one it uses has below it."""
    info = {"qubits": [q for q in anemone.info["qubits"] if q["id"] in (0, 2)], "couplings": []}
    device = attrs.evolve(anemone, info=info)

    def run(qubit):
        circuit = QuantumCircuit(3, 1)
        circuit.x(qubit)
        circuit.barrier()
        circuit.measure(qubit, 0)
        return gateway.run(circuit, device, 1000, 1, "a")

    assert run(2)["1"] > 900
    with pytest.raises(JobFailure) as failed:
        run(1)
    assert "has no qubit 1" in str(failed.value.__cause__)


def test_a_calibration_that_cannot_be_is_brought_within_bounds(anemone):
    """T2 is at most twice T1, which a fit of a calibration does not know."""
    info = copy.deepcopy(anemone.info)
    info["qubits"][3]["qubit_lifetime"] = {"t1": 20.0, "t2": 55.0}
    noise = _twin(attrs.evolve(anemone, info=info)).of(3)
    assert (noise.t1, noise.t2) == (20e3, 40e3)


def test_the_nearest_distribution_is_nearer_than_any_other():
    rng = np.random.default_rng(5)
    for _ in range(50):
        quasi = rng.normal(0.25, 0.3, size=4)
        quasi += (1 - quasi.sum()) / 4
        found = nearest(quasi)
        assert found.min() >= 0
        assert found.sum() == pytest.approx(1)
        others = rng.dirichlet(np.ones(4), size=500)
        assert np.sum((found - quasi) ** 2) <= np.sum((others - quasi) ** 2, axis=1).min() + 1e-12


def test_mitigation_undoes_the_readout_errors_of_exact_counts(anemone):
    """Qubits 2 and 7 in 1 and 0, read with their errors and no statistics: the result is what was prepared."""
    circuit = QuantumCircuit(8, 2)
    circuit.measure([2, 7], [1, 0])
    errors = {qubit["id"]: qubit["meas_error"] for qubit in anemone.info["qubits"]}
    missed, false = errors[2]["prob_meas0_prep1"], errors[7]["prob_meas1_prep0"]
    shots = 10**8
    observed = {
        "10": (1 - missed) * (1 - false), "11": (1 - missed) * false, "00": missed * (1 - false), "01": missed * false
    }  # fmt: skip

    cured = mitigate({key: round(shots * value) for key, value in observed.items()}, circuit, anemone)

    assert cured["10"] > shots - 10


def p1(device, pulses, qubit=3):
    circuit = QuantumCircuit(16, 1)
    for _ in range(pulses):
        circuit.sx(qubit)
    circuit.measure(qubit, 0)
    counts = gateway.run(circuit, device, 20_000, 1, f"{pulses} pulses")
    return counts.get("1", 0) / 20_000


def test_a_drive_that_is_off_turns_each_pulse_by_its_part_on_its_own_qubit(anemone):
    weak = attrs.evolve(anemone, drive_scale={"3": 0.8})
    noise = _twin(anemone).of(3)
    for pulses in (1, 2, 3):
        turned = np.sin(0.8 * pulses * np.pi / 4) ** 2
        read = noise.readout_error_0 + (1 - noise.readout_error_0 - noise.readout_error_1) * turned
        assert p1(weak, pulses) == pytest.approx(read, abs=0.02)  # 4 standard errors and what three pulses lose
    assert p1(weak, 2, qubit=4) == pytest.approx(p1(anemone, 2, qubit=4), abs=0.015)
    assert p1(attrs.evolve(anemone, drive_scale=0.8), 2, qubit=4) < 0.95


def test_a_drive_comes_with_the_file_of_a_device_and_is_not_told_by_the_service(anemone, tmp_path):
    document = {**device_document(anemone), "drive_scale": {"3": 0.8, "*": 1.1}}
    (tmp_path / "weak.json").write_text(json.dumps(document))
    made = load_device(tmp_path / "weak.json")

    assert made.drive_scale == {"3": 0.8, "*": 1.1}
    assert device_from_document(device_document(made)) == made
    assert "drive_scale" not in device_view(made, "secret", "http://127.0.0.1", 0)
    (everywhere,) = (d for d in settings_of(parser().parse_args(["--drive-scale=0.9"])).devices if d.noisy)
    assert everywhere.drive_scale == {"*": 0.9}


@pytest.mark.parametrize("drive", [0, -1, float("inf"), True, "0.8", {"three": 0.8}, {"3": "0.8"}, None])
def test_a_drive_that_cannot_be_is_refused_with_the_file(anemone, tmp_path, drive):
    (tmp_path / "odd.json").write_text(json.dumps({**device_document(anemone), "drive_scale": drive}))
    with pytest.raises(ValueError, match=r"odd.json describes no device: drive_scale is a number > 0"):
        load_device(tmp_path / "odd.json")


def fringe(device, delay, qubit):
    circuit = QuantumCircuit(qubit + 1, 1)
    circuit.sx(qubit)
    circuit.delay(delay, qubit, unit="ns")
    circuit.sx(qubit)
    circuit.measure(qubit, 0)
    return gateway.run(circuit, device, 4000, 1, "job").get("1", 0) / 4000


def test_a_detuned_qubit_turns_while_it_waits_and_a_spread_takes_its_fringe(anemone):
    detuned = attrs.evolve(anemone, detuning={"3": 500_000.0}, detuning_spread={"4": 500_000.0})
    assert fringe(anemone, 1000, 3) > 0.85
    assert fringe(detuned, 1000, 3) < 0.15  # half a turn
    assert fringe(anemone, 1000, 4) > 0.85
    assert fringe(detuned, 1000, 4) == pytest.approx(0.5, abs=0.05)
    assert fringe(attrs.evolve(anemone, detuning=500_000.0), 1000, 4) < 0.15


def test_detunings_come_with_a_file_or_an_option_and_are_refused_where_they_cannot_be(anemone, tmp_path):
    document = {**device_document(anemone), "detuning": {"3": -2e4, "*": 1e3}, "detuning_spread": 5e3}
    (tmp_path / "detuned.json").write_text(json.dumps(document))
    made = load_device(tmp_path / "detuned.json")

    assert (made.detuning, made.detuning_spread) == ({"3": -2e4, "*": 1e3}, {"*": 5e3})
    assert device_from_document(device_document(made)) == made
    (everywhere,) = (d for d in settings_of(parser().parse_args(["--detuning=-2e4"])).devices if d.noisy)
    assert (everywhere.detuning, everywhere.detuning_spread) == ({"*": -2e4}, {})
    (tmp_path / "odd.json").write_text(json.dumps({**document, "detuning_spread": {"3": -1}}))
    with pytest.raises(ValueError, match="detuning_spread is a number of Hz, at least 0"):
        load_device(tmp_path / "odd.json")
