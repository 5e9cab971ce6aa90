"""The server for tests: a context manager around it, in a thread or in a process that can be killed."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import urllib.error
import urllib.request
from collections.abc import Iterable, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import attrs

from oqtopus_experiments_oqtopus_emulator._app import Settings
from oqtopus_experiments_oqtopus_emulator._devices import Device, default_devices
from oqtopus_experiments_oqtopus_emulator._engine import Timing
from oqtopus_experiments_oqtopus_emulator._faults import Fault
from oqtopus_experiments_oqtopus_emulator._limits import Limits
from oqtopus_experiments_oqtopus_emulator._server import Server
from oqtopus_experiments_oqtopus_emulator._users import DEFAULT_TOKEN, User

Rule = str | Fault


def _as_faults(rules: Iterable[Rule]) -> tuple[Fault, ...]:
    return tuple(rule if isinstance(rule, Fault) else Fault.parse(rule) for rule in rules)


class Emulator:
    """
    A server on a free loopback port, for as long as a ``with`` block lasts.

    Args:
        devices: What it offers; a 16-qubit QPU ``anemone`` and a simulator ``qulacs`` by default.
        users: Who may use it; `token` is that of the first.
        faults: What goes wrong, as `Fault` or as text (``"submit:lost:0.3"``).
        state: The SQLite file; by default all is forgotten at the end, but not by `restart`.
        seed: Of counts and faults.
        queue_delay: Seconds from submission until a job may run.
        run_time: Seconds a job takes on the device, on top of its simulation.
        latency: Seconds every request waits.
        manual: Whether jobs stand still until `advance`.
        process: Whether the server is a process of its own, so that `kill` can be tried. It knows one user.
        limits: What a job may take, and all of them together.
    """

    def __init__(
        self,
        *,
        devices: Iterable[Device] | None = None,
        users: Sequence[User] = (User(DEFAULT_TOKEN),),
        faults: Iterable[Rule] = (),
        state: Path | None = None,
        seed: int | None = None,
        queue_delay: float = 0.0,
        run_time: float = 0.0,
        latency: float = 0.0,
        manual: bool = False,
        process: bool = False,
        limits: Limits | None = None,
    ) -> None:
        if process and (len(users) != 1 or users[0].devices is not None or not users[0].approved):
            message = "a server in a process of its own knows one user with all devices"
            raise ValueError(message)
        self._folder = tempfile.TemporaryDirectory(prefix="oqtopus-emulator-")
        self._settings = Settings(
            devices=default_devices() if devices is None else tuple(devices),
            users=users,
            timing=Timing(queue_delay=queue_delay, run_time=run_time),
            latency=latency,
            seed=seed,
            faults=_as_faults(faults),
            state=state or Path(self._folder.name) / "state.sqlite",
            manual=manual,
            limits=limits or Limits(),
        )
        self._in_process = process
        self._server: Server | None = None
        self._process: subprocess.Popen[str] | None = None
        self._port = 0
        self.token = users[0].token
        self._control_token = next((user.token for user in users if user.approved), "")

    @property
    def url(self) -> str:
        """Base of the API, the same after a restart."""
        return f"http://127.0.0.1:{self._port}"

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.stop()
        self._folder.cleanup()

    def start(self) -> None:
        """Start, on the port of last time if there was one."""
        if self._in_process:
            self._start_process()
            return
        self._server = Server(self._settings, self._port)
        self._port = int(self._server.url.rpartition(":")[2])
        self._server.start()

    def stop(self) -> None:
        """Stop in good order, if it runs."""
        if self._server is not None:
            self._server.stop()
            self._server = None
        self._end_process(kill=False)

    def restart(self) -> None:
        """Stop in good order and start again with the same state."""
        self.stop()
        self.start()

    def kill(self) -> None:
        """
        Kill the process of the server as ``kill -9`` does; `start` brings it back.

        Raises:
            ValueError: When it has no process of its own.
        """
        if not self._in_process:
            message = "only a server with process=True can be killed"
            raise ValueError(message)
        self._end_process(kill=True)

    def stats(self) -> dict[str, Any]:
        """Return the counters, as `oqtopus_experiments_oqtopus_emulator._control.stats` says."""
        found: dict[str, Any] = self._control("GET", "stats")
        return found

    def set_faults(self, *rules: Rule) -> None:
        """Let other things go wrong from now on; nothing when there are no rules."""
        self._control("PUT", "faults", [str(fault) for fault in _as_faults(rules)])

    def set_device(self, device_id: str, *, status: str | None = None, info_form: str | None = None) -> None:
        """Change the status of a device, or the form of its calibration."""
        self._control("PATCH", f"devices/{device_id}", {"status": status, "info_form": info_form})

    def advance(self, job_id: str) -> str:
        """Bring a job one state further and return that; for a server with ``manual=True``."""
        return str(self._control("POST", f"jobs/{job_id}/advance")["status"])

    def _control(self, method: str, path: str, body: object = None) -> Any:
        request = urllib.request.Request(  # noqa: S310  # our own loopback URL
            f"{self.url}/_emulator/{path}",
            data=None if body is None else json.dumps(body).encode(),
            headers={"Content-Type": "application/json", "q-api-token": self._control_token},
            method=method,
        )
        # A proxy of the environment must not see loopback requests.
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        try:
            with opener.open(request, timeout=60) as response:
                return json.load(response)
        except urllib.error.HTTPError as error:
            with error:
                answer = json.load(error)
                raise ValueError(answer.get("message") or answer.get("detail")) from None

    def _start_process(self) -> None:
        settings = self._settings
        command = [sys.executable, "-m", "oqtopus_experiments_oqtopus_emulator._cli", "--only", f"--port={self._port}"]
        command += [f"--queue-delay={settings.timing.queue_delay}", f"--run-time={settings.timing.run_time}"]
        command += [f"--latency={1000 * settings.latency}", f"--state={settings.state}", f"--token={self.token}"]
        command += [] if settings.seed is None else [f"--seed={settings.seed}"]
        command += [f"--fault={fault}" for fault in settings.faults]
        command += [f"--max-{field.name}={getattr(settings.limits, field.name)}" for field in attrs.fields(Limits)]
        command += ["--manual"] if settings.manual else []
        command += [f"--device={self._device_file(device)}" for device in settings.devices]
        self._process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)  # noqa: S603  # our own command
        for line in self._process.stdout or ():
            if "OQTOPUS_URL=" in line:
                self._port = int(line.rpartition(":")[2])
                return
        message = f"the server ended at once, with exit code {self._process.wait()}"
        raise RuntimeError(message)

    def _device_file(self, device: Device) -> Path:
        from oqtopus_experiments_oqtopus_emulator._devices import device_document

        path = Path(self._folder.name) / f"{device.device_id}.json"
        path.write_text(json.dumps(device_document(device)), encoding="utf-8")
        return path

    def _end_process(self, *, kill: bool) -> None:
        if self._process is None:
            return
        if kill:
            self._process.kill()
        else:
            self._process.terminate()
        self._process.wait()
        if self._process.stdout is not None:
            self._process.stdout.close()
        self._process = None
