"""What all routes share: the state of a running server."""

from __future__ import annotations

from attrs import frozen

from oqtopus_experiments_oqtopus_emulator._devices import Device
from oqtopus_experiments_oqtopus_emulator._engine import Engine
from oqtopus_experiments_oqtopus_emulator._faults import Chance
from oqtopus_experiments_oqtopus_emulator._limits import Limits
from oqtopus_experiments_oqtopus_emulator._state import State


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
