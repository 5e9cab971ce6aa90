"""The backends of all installed plugins: ``from oqtopus_experiments.backends import LocalBackend``."""

from __future__ import annotations

from typing import Any

from oqtopus_experiments.contracts.backend import Backend
from oqtopus_experiments.errors import DeviceError, PluginError
from oqtopus_experiments.plugins._registry import registry
from oqtopus_experiments.support._suggestions import suggest


def LocalBackend(device: str | None = None, **options: Any) -> Backend:  # noqa: N802  # the name in the users' documents
    """
    Return a backend that runs in this process.

    Args:
        device: Its name, as ``oqx list`` shows it; the default of what is installed when None.
        **options: Options of that backend, as ``oqx show <device>`` lists them.

    Raises:
        DeviceError: When there is no such local backend; the message lists those there are.
        ConfigError: When an option is unknown or out of range.
    """
    from oqtopus_experiments.plugins._options import construct

    device = registry().default("backend") if device is None else device
    try:
        cls = registry().get("backend", device)
    except PluginError as error:
        known = [name for name, found in registry().classes("backend").items() if found[0][0].local]
        if device in known:  # provided twice: the message of the clash says what to do
            raise
        message = f"no local device {device!r}{suggest(device, known)}"
        raise DeviceError(message) from error
    if not cls.local:
        message = f"{device!r} is not a local device: use it as {cls.__name__}(...)"
        raise DeviceError(message)
    backend: Backend = construct(cls, options)
    return backend


def __getattr__(name: str) -> Any:
    if name.startswith("_"):  # as in experiments.py
        raise AttributeError(name)
    return registry().get_class("backend", name)


def __dir__() -> list[str]:
    found = registry().classes("backend").values()
    return sorted(["LocalBackend", *(cls.__name__ for classes in found for cls, _ in classes)])
