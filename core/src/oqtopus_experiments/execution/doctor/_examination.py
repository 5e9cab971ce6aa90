"""All probes, in the order in which to read them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from oqtopus_experiments.contracts.backend import Backend
from oqtopus_experiments.execution.doctor._backends import credentials, device
from oqtopus_experiments.execution.doctor._clock import clock
from oqtopus_experiments.execution.doctor._finding import Finding
from oqtopus_experiments.execution.doctor._plugins import names, plugins
from oqtopus_experiments.execution.doctor._run_folders import run_folders
from oqtopus_experiments.execution.doctor._versions import requirements, versions
from oqtopus_experiments.plugins._registry import registry


def examine(backend: Backend | None, runs: Path, seconds: float) -> Iterator[Finding]:
    """
    Yield what every probe finds, as it is found.

    Args:
        backend: The backend whose secrets and device are looked at; None asks no device.
        runs: The folder of run folders.
        seconds: So long the device may take to answer.
    """
    found = registry()
    probes: list[Callable[[], Iterator[Finding]]] = [
        partial(versions, found.plugins),
        partial(requirements, found.plugins),
        partial(plugins, found),
        partial(names, found),
        partial(credentials, backend),
        partial(run_folders, runs),
        clock,
    ]
    if backend is not None:
        probes.append(partial(device, backend, seconds))
    for probe in probes:
        yield from probe()
