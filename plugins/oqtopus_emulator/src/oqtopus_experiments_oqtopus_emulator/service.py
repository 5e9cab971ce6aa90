"""What all routes share: the state of a running server."""

from __future__ import annotations

from attrs import frozen

from oqtopus_experiments_oqtopus_emulator.devices import Device
from oqtopus_experiments_oqtopus_emulator.engine import Engine
from oqtopus_experiments_oqtopus_emulator.faults import Chance
from oqtopus_experiments_oqtopus_emulator.limits import Limits
from oqtopus_experiments_oqtopus_emulator.state import State


@frozen
class Service:
    """
    A running server.

    Args:
        state: Jobs, objects, counters.
        devices: By id as the database compares it. Routes may replace a device.
        chance: What goes wrong.
        engine: What works the jobs off.
        limits: What it keeps at most.
    """

    state: State
    devices: dict[str, Device]
    chance: Chance
    engine: Engine
    limits: Limits
