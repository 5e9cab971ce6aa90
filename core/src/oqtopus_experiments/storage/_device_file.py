"""``device.json`` of a run folder: the device as it was when the run began, with its couplings and calibration."""

from __future__ import annotations

from collections.abc import Mapping

from oqtopus_experiments.contracts.devices import DeviceInfo
from oqtopus_experiments.storage._run_folder import RunFolder
from oqtopus_experiments.support._atomic_writing import parse_object, write_json

FILE = "device.json"


def keep_device(folder: RunFolder, device: DeviceInfo) -> None:
    """
    Write the device of a run.

    Raises:
        StoreError: When it cannot be written.
    """
    write_json(folder.path / FILE, device.to_json())


def device_of_run(folder: RunFolder) -> DeviceInfo | None:
    """
    Return the device of a run: as it was kept, or the one its simulator was like; None where nobody knows.

    Raises:
        StoreError: When the file is damaged.
    """
    data, file = folder.directory().read(FILE), folder.path / FILE
    if data is not None:
        return DeviceInfo.from_json(parse_object(data, str(file)), str(file))
    for value in folder.manifest().backend.get("options", {}).values():
        if isinstance(value, Mapping) and {"summary", "qubits", "couplings"} <= value.keys():
            return DeviceInfo.from_json(value, "the device of the simulator")
    return None
