"""What is asked of a backend beside running circuits, each question behind a fence."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from oqtopus_experiments.contracts.devices import DeviceInfo, DeviceSummary
from oqtopus_experiments.errors import BackendError, ConfigError
from oqtopus_experiments.plugins.fence import fence

if TYPE_CHECKING:
    from oqtopus_experiments.contracts.backend import Backend

T = TypeVar("T")
REFUSALS = (BackendError, ConfigError)
"""What a backend may say instead of an answer: it cannot, or its configuration is wrong."""


def notes(backend: Backend) -> tuple[str, ...]:
    """
    Return what a person should know before a run; see `Backend.notes`.

    Raises:
        BackendError: When its device cannot be asked.
        PluginFault: When its code fails, or gives something else than sentences.
    """
    with fence("notes", type(backend), passing=REFUSALS):
        return tuple(_each(backend.notes(), str))


def devices(backend: Backend) -> tuple[DeviceSummary, ...]:
    """
    Return the devices one can choose from; see `Backend.devices`.

    Raises:
        BackendError: When they cannot be listed.
        PluginFault: When its code fails, or gives something else.
    """
    with fence("devices", type(backend), passing=REFUSALS):
        return tuple(_each(backend.devices(), DeviceSummary))


def device_info(backend: Backend, name: str | None = None) -> DeviceInfo:
    """
    Return what is known about a device; see `Backend.device_info`.

    Raises:
        BackendError: When there is none of that name, or it cannot be asked.
        PluginFault: When its code fails, or gives something else.
    """
    asked = "of its own device" if name is None else f"of device {name!r}"
    with fence("device_info", type(backend), asked, passing=REFUSALS):
        return _one(backend.device_info(name), DeviceInfo)


def twin_of(cls: type[Backend], device: DeviceInfo, seed: int | None) -> Backend | None:
    """
    Return a simulator that is like a device, or None; see `Backend.twin_of`.

    Raises:
        ConfigError: When too little was measured of the device.
        PluginFault: When its code fails, or gives something that is not a backend.
    """
    from oqtopus_experiments.contracts.backend import Backend

    with fence("twin_of", cls, f"for device {device.summary.name!r}", passing=REFUSALS):
        twin = cls.twin_of(device, seed)
        return None if twin is None else _one(twin, Backend)  # type: ignore[type-abstract]  # only asked whether it is one


def _each(given: Any, kind: type[T]) -> Sequence[T]:
    if isinstance(given, (list, tuple)) and all(isinstance(item, kind) for item in given):
        return given
    message = f"must return a list of {kind.__name__}, not {given!r}"
    raise TypeError(message)


def _one(given: Any, kind: type[T]) -> T:
    if isinstance(given, kind):
        return given
    message = f"must return a {kind.__name__}, not {given!r}"
    raise TypeError(message)
