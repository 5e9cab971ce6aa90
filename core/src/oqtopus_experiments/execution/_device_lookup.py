"""Which installed backends have devices, and the device a name stands for."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import attrs

from oqtopus_experiments.contracts.devices import DeviceInfo
from oqtopus_experiments.errors import DeviceError, StoreError
from oqtopus_experiments.plugins._backend_calls import device_info
from oqtopus_experiments.plugins._options import construct
from oqtopus_experiments.plugins._registry import registry
from oqtopus_experiments.support._atomic_writing import read_object

if TYPE_CHECKING:
    from oqtopus_experiments.contracts.backend import Backend


def backends_with_devices(name: str | None = None) -> list[Backend]:
    """
    Return the backends that list devices, made with their default options; one that must be told more is left out.

    Args:
        name: Only this one.

    Raises:
        PluginError: When there is no backend of that name.
        DeviceError: When that one needs to be told more.
    """
    from oqtopus_experiments.contracts.backend import Backend

    if name is not None:
        cls = registry().get("backend", name)
        if needed := _needed(cls):
            message = (
                f"backend {name!r} cannot be asked without {', '.join(needed)}; in Python, make it and call its "
                "devices() or device_info()"
            )
            raise DeviceError(message)
        return [construct(cls, {})]
    classes = [found[0][0] for found in registry().classes("backend").values()]
    asking = [cls for cls in classes if cls.device_info is not Backend.device_info]
    return [construct(cls, {}) for cls in asking if not _needed(cls)]


def _needed(cls: type[Backend]) -> list[str]:
    """Return the options that have no default."""
    return [field.name for field in attrs.fields(cls) if field.init and field.default is attrs.NOTHING]


def find_device(like: str) -> DeviceInfo:
    """
    Return a device by its name at a service, or from a snapshot file that ``oqx device NAME --save FILE`` wrote.

    Raises:
        DeviceError: When no installed backend has devices, or none has this one.
        StoreError: When the file is not a snapshot.
    """
    file = Path(like)
    if file.suffix == ".json":
        try:
            content = read_object(file)
        except StoreError as error:
            message = f"{file} cannot be read as a device snapshot: {error}"
            raise StoreError(message) from error
        return DeviceInfo.from_json(content, str(file))
    backends = backends_with_devices()
    if not backends:
        message = f"no installed backend knows a device {like!r}; name a snapshot file (*.json) instead"
        raise DeviceError(message)
    return asked(backends, like)


def asked(backends: Sequence[Backend], name: str) -> DeviceInfo:
    """
    Return the device of the first of these backends that has one of that name.

    Raises:
        DeviceError: What the first of them says, when none has it.
    """
    problems = []
    for backend in backends:
        try:
            return device_info(backend, name)
        except DeviceError as error:
            problems.append(error)
    raise problems[0]
