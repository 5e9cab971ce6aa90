"""``oqtopus-emulator``, the command."""

from __future__ import annotations

import copy
import json
import math
import os
import signal
import socket
import subprocess
import sys
import time

import pytest

from oqtopus_experiments_oqtopus_emulator._cli import main, parser, settings_of
from oqtopus_experiments_oqtopus_emulator._devices import default_devices, device_document, load_device
from oqtopus_experiments_oqtopus_emulator._server import HOST

COMMAND = [sys.executable, "-m", "oqtopus_experiments_oqtopus_emulator._cli"]


def settings(*arguments):
    return settings_of(parser().parse_args(arguments))


def test_it_tells_how_to_reach_it_and_ends_when_interrupted():
    with subprocess.Popen([*COMMAND, "--port=0"], stdout=subprocess.PIPE, text=True) as process:
        lines = [process.stdout.readline() for _ in range(3)]
        process.terminate()
    assert "anemone, qulacs" in lines[0]
    assert lines[1].startswith(f"  export OQTOPUS_URL=http://{HOST}:")
    assert lines[2] == "  export OQTOPUS_API_TOKEN=local.emulator\n"


@pytest.mark.skipif(sys.platform == "win32", reason="no process groups")
def test_ctrl_c_ends_it_and_its_worker_without_a_traceback():
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with subprocess.Popen([*COMMAND, "--port=0"], **pipes, text=True, start_new_session=True) as process:
        for _ in range(3):
            process.stdout.readline()
        time.sleep(2)  # long enough for the worker to begin
        os.killpg(process.pid, signal.SIGINT)
        said = process.stderr.read()  # ends when the last process that could write has ended
    assert "Traceback" not in said


def test_a_port_that_is_taken_is_an_error_of_one_line(capsys):
    with socket.socket() as taken:
        taken.bind((HOST, 0))
        taken.listen()
        with pytest.raises(SystemExit) as ended:
            main([f"--port={taken.getsockname()[1]}"])
    assert ended.value.code == 2
    assert "in use" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["--fault=submit:lots"], "no fault 'lots'"),
        (["--token=nodot"], "ID.SECRET"),
        (["--device=/nowhere.json"], "No such file"),
    ],
)
def test_what_it_cannot_do_is_an_error_of_one_line(arguments, complaint, capsys):
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert ended.value.code == 2
    assert complaint in capsys.readouterr().err


def test_options_arrive():
    made = settings("--seed=3", "--latency=50", "--queue-delay=0.5", "--fault=any:429:0.1", "--info-form=json")
    assert (made.seed, made.latency, made.timing.queue_delay) == (3, 0.05, 0.5)
    assert [str(fault) for fault in made.faults] == ["any:429:0.1"]
    assert {device.info_form for device in made.devices} == {"json"}


def test_a_device_can_be_a_calibration_alone_or_a_whole_answer(tmp_path):
    anemone = default_devices()[0]
    alone = {**anemone.info, "device_id": "kelp"}
    (tmp_path / "alone.json").write_text(json.dumps(alone))
    (tmp_path / "whole.json").write_text(json.dumps(device_document(anemone)))
    (tmp_path / "text.json").write_text(
        json.dumps({**device_document(anemone), "device_info": json.dumps(anemone.info)})
    )

    assert load_device(tmp_path / "whole.json") == load_device(tmp_path / "text.json") == anemone
    kelp = load_device(tmp_path / "alone.json")
    assert (kelp.device_id, kelp.n_qubits, kelp.noisy, kelp.status) == ("kelp", 16, True, "available")
    names = [device.device_id for device in settings(f"--device={tmp_path / 'alone.json'}").devices]
    assert names == ["anemone", "kelp", "qulacs"]
    assert [d.device_id for d in settings("--only", f"--device={tmp_path / 'alone.json'}").devices] == ["kelp"]


@pytest.mark.parametrize("text", ["[]", "{", "{}", '{"device_id": "a", "device_type": "QPU"}', '{"qubits": []}'])
def test_a_file_that_describes_no_device_is_named(tmp_path, text):
    path = tmp_path / "bad.json"
    path.write_text(text)
    with pytest.raises(ValueError, match=r"bad\.json describes no device"):
        load_device(path)


def test_a_calibration_that_lacks_a_number_is_refused_at_once(tmp_path):
    info = {**default_devices()[0].info}
    info["qubits"] = [{**info["qubits"][0], "qubit_lifetime": {"t1": 30.0, "t2": None}}]
    (tmp_path / "lacking.json").write_text(json.dumps(info))
    with pytest.raises(ValueError, match=r"lacking\.json describes no device"):
        load_device(tmp_path / "lacking.json")


NUMBERS = [
    ("qubits", "qubit 5", path)
    for path in ("qubit_lifetime.t1", "qubit_lifetime.t2", "fidelity", "gate_duration.x", "meas_error.prob_meas1_prep0",
                 "meas_error.prob_meas0_prep1")
] + [("couplings", "coupling 2->6", path) for path in ("fidelity", "gate_duration.rzx90")]  # fmt: skip


@pytest.mark.parametrize("value", [None, "30", True, math.nan, -1])
@pytest.mark.parametrize(("part", "name", "path"), NUMBERS, ids=lambda text: text.replace(" ", "-"))
def test_the_number_a_calibration_lacks_is_named(tmp_path, part, name, path, value):
    info = copy.deepcopy(default_devices()[0].info)
    *above, last = path.split(".")
    entry = info[part][5]
    for key in above:
        entry = entry[key]
    entry[last] = value
    (tmp_path / "lacking.json").write_text(json.dumps(info))
    told = f"{path} of {name} cannot be -1" if value == -1 else f"{name} has no number {path}"
    with pytest.raises(ValueError, match=rf"lacking\.json describes no device: {told}"):
        load_device(tmp_path / "lacking.json")


def test_a_calibration_whose_coupling_has_no_second_qubit_is_refused(tmp_path):
    info = copy.deepcopy(default_devices()[0].info)
    info["couplings"][0]["target"] = 16
    (tmp_path / "lacking.json").write_text(json.dumps(info))
    with pytest.raises(ValueError, match="coupling 0->16 is between qubits that are not both listed"):
        load_device(tmp_path / "lacking.json")
