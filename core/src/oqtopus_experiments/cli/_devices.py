"""``oqx devices``, ``oqx device``: what there is to run on, and in which shape it is."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from oqtopus_experiments.cli import _names as names
from oqtopus_experiments.cli._after_run import every
from oqtopus_experiments.cli._printing import console, say, say_json
from oqtopus_experiments.cli._written_files import WrittenFile

if TYPE_CHECKING:
    from oqtopus_experiments.contracts.backend import Backend

_BACKEND = click.option("--backend", metavar="NAME", help="Backend to ask, when several have devices.",
                        shell_complete=names.installed("backend"))  # fmt: skip
_JSON = click.option("--json", "as_json", is_flag=True, help="Print JSON, for programs.")


@click.command()
@_BACKEND
@_JSON
def devices(backend: str | None, as_json: bool) -> None:
    """List the devices: status, jobs waiting, qubits, last calibration."""
    import attrs

    from oqtopus_experiments.cli._words import remember_devices
    from oqtopus_experiments.plugins import _backend_calls as backend_calls

    found = [(asked.name, line) for asked in _backends(backend) for line in backend_calls.devices(asked)]
    remember_devices(line.name for _, line in found)
    if as_json:
        say_json([{"backend": name, **attrs.asdict(line)} for name, line in found])
        return
    from oqtopus_experiments.cli._sheets import Col, Sheet
    from oqtopus_experiments.cli._tables import coloured

    names = Col("backend"), Col("device", copied=True), Col("kind"), Col("status")
    numbers = Col("waiting", right=True), Col("qubits", right=True)
    table = Sheet((*names, *numbers, Col("calibrated", wraps=True), Col("what", wraps=True)))
    for name, line in found:
        status = coloured(line.status, "green" if line.status == "available" else "red")
        counts = [_or_dash(line.queue), _or_dash(line.num_qubits)]
        texts = [line.calibrated_at or "-", line.description]
        table.add(name, line.name, line.kind, status, *counts, *texts)
    console().show(table)


@click.command()
@click.argument("name", shell_complete=names.devices)
@_BACKEND
@_JSON
@click.option("--save", type=WrittenFile(".json"), help="Write a snapshot to this file.")
@every
def device(name: str, backend: str | None, as_json: bool, save: Path | None, every: bool) -> None:
    """Show device NAME: T1, T2 and errors of each qubit, couplings, and a drawing of it."""
    from oqtopus_experiments.cli._calibration import print_calibration
    from oqtopus_experiments.execution._device_lookup import asked
    from oqtopus_experiments.reporting._device_map import draw

    info = asked(_backends(backend), name)
    if save is not None:
        from oqtopus_experiments.support._atomic_writing import write_json

        write_json(save, info.to_json())
        say(f"snapshot: {save}", err=as_json)
    if as_json:
        say_json(info.to_json())
        return
    summary = info.summary
    say(
        f"{summary.name} ({summary.kind}, {summary.status}): {_or_dash(summary.num_qubits)} qubits, "
        f"{_or_dash(summary.queue)} jobs waiting, calibrated {summary.calibrated_at or 'at no known time'}"
    )
    if not info.qubits:
        say("the service gives no calibration of this device")
        return
    print_calibration(info, every=every)
    say(draw(info), most=sys.maxsize)
    for text in info.placeholders:
        say(f"not measured: {text}", err=True)
    for text in info.notes:
        say(f"left out: {text}", err=True)
    for text in info.old:
        say(f"old: {text}", err=True)


def _backends(chosen: str | None) -> list[Backend]:
    """Return the backends that have devices, made with their defaults; one when it is named."""
    from oqtopus_experiments.execution._device_lookup import backends_with_devices

    found = backends_with_devices(chosen)
    if not found:
        raise click.UsageError("no installed backend has devices to list; see `oqx plugins`")
    return found


def _or_dash(value: int | None) -> str:
    return "-" if value is None else str(value)
