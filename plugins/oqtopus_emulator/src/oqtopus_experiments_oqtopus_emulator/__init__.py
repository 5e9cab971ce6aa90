"""
A local server that speaks the OQTOPUS Cloud User API: the hardware path without an account.

``oqtopus-emulator`` starts it by hand; tests say::

    with Emulator(faults=["submit:lost:0.3"], seed=1) as emulator:
        backend = OqtopusBackend("anemone", url=emulator.url, token=emulator.token)

Names are loaded on first use: the process that runs jobs needs no server.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from oqtopus_experiments_oqtopus_emulator._devices import Device, default_devices, load_device
    from oqtopus_experiments_oqtopus_emulator._emulator import Emulator
    from oqtopus_experiments_oqtopus_emulator._faults import Fault
    from oqtopus_experiments_oqtopus_emulator._limits import Limits
    from oqtopus_experiments_oqtopus_emulator._users import DEFAULT_TOKEN, User

__all__ = ["DEFAULT_TOKEN", "Device", "Emulator", "Fault", "Limits", "User", "default_devices", "load_device"]

_MODULE_OF = {
    "DEFAULT_TOKEN": "_users",
    "Device": "_devices",
    "Emulator": "_emulator",
    "Fault": "_faults",
    "Limits": "_limits",
    "User": "_users",
    "default_devices": "_devices",
    "load_device": "_devices",
}


def __getattr__(name: str) -> Any:
    if name not in _MODULE_OF:
        message = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(message)
    return getattr(importlib.import_module(f"{__name__}.{_MODULE_OF[name]}"), name)


def __dir__() -> list[str]:
    return __all__
