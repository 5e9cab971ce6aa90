"""
A client that is killed at a chosen moment, as by kill -9: for each line ``{"moment", "url", "token", "runs"}`` on
standard input a forked child runs an experiment and kills itself; then a line with its exit code is printed.

Forked, so that the libraries are imported once; nothing below starts a thread before the fork.
"""

from __future__ import annotations

import json
import os
import signal
import sys

from oqtopus_experiments import DeviceInfo, DeviceSummary
from oqtopus_experiments.storage import _experiment_journal as experiment_journal
from oqtopus_experiments_oqtopus import (
    OqtopusBackend,
    _job as job,
    _job_registry as job_registry,
    _job_status as job_status,
    _service as service,
    _submission as submission,
    _transport as transport,
)
from oqtopus_experiments_oqtopus._native import Native
from oqtopus_experiments_rabi import Rabi

POINTS, SHOTS = 6, 100


def _die(*_: object) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def _after(owner: type, method: str, calls: int, when: object = lambda *_: True) -> None:
    """Let a method work so many times, and die once it has worked for the last of them."""
    real = getattr(owner, method)
    left = [calls]

    def killed(self: object, *arguments: object, **options: object) -> object:
        answer = real(self, *arguments, **options)
        if when(*arguments):
            left[0] -= 1
            if left[0] <= 0:
                _die()
        return answer

    setattr(owner, method, killed)


def _in_the_middle_of_a_line(self: experiment_journal.ExperimentJournal, lines: object) -> None:
    with (self.path / "journal.jsonl").open("ab") as file:
        file.write(b'{"index":0,"width":1,"cou')
    _die()


def _is_submit(method: str, path: str) -> bool:
    return path.endswith("/submit")


MOMENTS = {
    "batch named": lambda: _after(job_registry.JobRegistry, "begin", 1),
    "registered, not noted": lambda: setattr(job_registry.JobRegistry, "note", _die),
    "noted, not uploaded": lambda: _after(job_registry.JobRegistry, "note", 2),
    "uploaded, not submitted": lambda: _after(service.Service, "upload", 3),
    "submitted, answer not read": lambda: _after(transport.Transport, "api", 2, _is_submit),
    "half submitted": lambda: _after(service.Service, "submit", 4),
    "all submitted": lambda: _after(job.OqtopusJob, "__init__", 1),
    "mid-poll": lambda: _after(job_status.JobStatusCache, "look", 1),
    "mid-download": lambda: _after(service.Service, "download_once", 3),
    "some recorded": lambda: _after(experiment_journal.ExperimentJournal, "record", 4),
    "in the middle of a line": lambda: setattr(
        experiment_journal.ExperimentJournal, "record", _in_the_middle_of_a_line
    ),
}


def _warm_up() -> None:
    """Import here what every child would import, without starting a thread."""
    from qiskit import qasm3
    from qiskit.transpiler.preset_passmanagers import generate_preset_pass_manager

    assert submission
    assert qasm3
    info = DeviceInfo(summary=DeviceSummary(name="x", kind="simulator", status="available", num_qubits=2))
    target = Native.of(info, ("sx", "x", "rz", "cx"), ()).target()
    generate_preset_pass_manager(optimization_level=0, target=target, initial_layout=[0], routing_method="none")


def main() -> None:
    for line in sys.stdin:
        task = json.loads(line)
        child = os.fork()
        if child == 0:
            MOMENTS[task["moment"]]()
            backend = OqtopusBackend("anemone", url=task["url"], token=task["token"], parallel=2)
            Rabi(amplitude_points=POINTS).run(backend, shots=SHOTS, runs=task["runs"])
            os._exit(0)
        # Read by the test that wrote the line.
        print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)  # noqa: T201


if __name__ == "__main__":
    _warm_up()
    main()
