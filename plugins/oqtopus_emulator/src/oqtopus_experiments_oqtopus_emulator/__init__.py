"""
A local server that speaks the OQTOPUS Cloud User API: the hardware path without an account.

``oqtopus-emulator`` starts it by hand; tests say::

    with Emulator(faults=["submit:lost:0.3"], seed=1) as emulator:
        backend = OqtopusBackend("anemone", url=emulator.url, token=emulator.token)
"""

from oqtopus_experiments_oqtopus_emulator.devices import Device, default_devices, load_device
from oqtopus_experiments_oqtopus_emulator.emulator import Emulator
from oqtopus_experiments_oqtopus_emulator.faults import Fault
from oqtopus_experiments_oqtopus_emulator.limits import Limits
from oqtopus_experiments_oqtopus_emulator.users import DEFAULT_TOKEN, User

__all__ = ["DEFAULT_TOKEN", "Device", "Emulator", "Fault", "Limits", "User", "default_devices", "load_device"]
