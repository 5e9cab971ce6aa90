"""``oqtopus-emulator``: the server as a command."""

from __future__ import annotations

import argparse
import logging
import sys
from collections.abc import Sequence
from pathlib import Path

import attrs

from oqtopus_experiments_oqtopus_emulator._app import Settings
from oqtopus_experiments_oqtopus_emulator._devices import (
    FAULTS,
    INFO_FORMS,
    Device,
    by_id,
    default_devices,
    load_device,
)
from oqtopus_experiments_oqtopus_emulator._engine import Timing
from oqtopus_experiments_oqtopus_emulator._faults import Fault
from oqtopus_experiments_oqtopus_emulator._limits import Limits
from oqtopus_experiments_oqtopus_emulator._server import Server
from oqtopus_experiments_oqtopus_emulator._users import DEFAULT_TOKEN, User

PORT = 8080
"""Where the service's own local deployment listens."""


_LIMITS = (
    ("seconds", float, "seconds a job may compute before it is ended"),
    ("memory", int, "MiB a job may take"),
    ("jobs", int, "jobs that are kept"),
    ("stored", int, "MiB that are stored"),
)


def parser() -> argparse.ArgumentParser:
    """Return the options of the command."""
    made = argparse.ArgumentParser(
        prog="oqtopus-emulator", description="A local server that speaks the OQTOPUS Cloud User API."
    )
    add = made.add_argument
    add("--port", type=int, default=PORT, help="port on 127.0.0.1; 0 takes a free one (default %(default)s)")
    add("--device", type=Path, action="append", default=[], metavar="FILE", help="a device more, or instead of another")
    add("--only", action="store_true", help="offer the devices of --device only, not anemone and qulacs")
    add("--info-form", choices=INFO_FORMS, default=None, help="how device_info is served (default url)")
    add("--drive-scale", type=float, default=None, metavar="X", help="sx and x of every QPU turn X times as far")
    add("--detuning", type=float, default=None, metavar="HZ", help="every qubit of a QPU is so far above its drive")
    add("--detuning-spread", type=float, default=None, metavar="HZ", help="how far that differs from shot to shot")
    add("--queue-delay", type=float, default=1.0, metavar="SECONDS", help="wait in the queue (default %(default)s)")
    add("--run-time", type=float, default=0.0, metavar="SECONDS", help="time a job takes on the device")
    add("--latency", type=float, default=0.0, metavar="MS", help="time every request waits")
    add("--seed", type=int, default=None, help="the same seed gives the same counts and faults")
    add("--fault", action="append", default=[], metavar="RULE", help="for example submit:lost:0.3 or any:429:0.1")
    add("--state", type=Path, default=None, metavar="FILE", help="remember everything here, to go on after a restart")
    add("--token", action="append", default=[], help=f"a token to accept (default {DEFAULT_TOKEN})")
    for name, kind, meaning in _LIMITS:
        default = getattr(Limits(), name)
        add(f"--max-{name}", type=kind, default=default, metavar="N", help=f"{meaning} (default %(default)s)")
    add("--manual", action="store_true", help="jobs stand still until POST /_emulator/jobs/ID/advance")
    return made


def settings_of(options: argparse.Namespace) -> Settings:
    """
    Return the settings the options ask for.

    Raises:
        ValueError: For a device file, a fault or a token that is not one.
    """
    devices: list[Device] = [] if options.only else default_devices()
    devices = list(by_id([*devices, *map(load_device, options.device)]).values())
    if options.info_form:
        devices = [attrs.evolve(device, info_form=options.info_form) for device in devices]
    faults = {name: getattr(options, name) for name in FAULTS if getattr(options, name) is not None}
    devices = [attrs.evolve(device, **faults) if device.noisy else device for device in devices]
    for token in options.token:
        if token.count(".") != 1 or token.startswith(".") or token.endswith("."):
            message = f"a token is ID.SECRET, with one dot, not {token!r}"
            raise ValueError(message)
    return Settings(
        devices=devices,
        users=[User(token) for token in options.token or [DEFAULT_TOKEN]],
        timing=Timing(queue_delay=options.queue_delay, run_time=options.run_time),
        latency=options.latency / 1000,
        seed=options.seed,
        faults=[Fault.parse(rule) for rule in options.fault],
        state=options.state,
        manual=options.manual,
        limits=Limits(**{name: getattr(options, f"max_{name}") for name, _, _ in _LIMITS}),
    )


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command."""
    options = parser().parse_args(arguments)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    try:
        settings = settings_of(options)
        server = Server(settings, options.port)
    except (OSError, ValueError) as error:
        print(f"oqtopus-emulator: {error}", file=sys.stderr)  # noqa: T201  # the command's own words
        sys.exit(2)
    names = ", ".join(device.device_id for device in settings.devices)
    # Tests wait for these lines, so they must not sit in a buffer.
    print(f"OQTOPUS emulator with {names}. In another terminal:", flush=True)  # noqa: T201
    print(f"  export OQTOPUS_URL={server.url}", flush=True)  # noqa: T201
    print(f"  export OQTOPUS_API_TOKEN={settings.users[0].token}", flush=True)  # noqa: T201
    try:
        server.run()
    except KeyboardInterrupt:  # it has stopped in good order, and says by which signal
        sys.exit(130)


if __name__ == "__main__":
    main()
