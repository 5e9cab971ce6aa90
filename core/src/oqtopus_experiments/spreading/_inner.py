"""The simulator that is spread: from its name or its table to a backend, and back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from oqtopus_experiments.backends import LocalBackend
from oqtopus_experiments.contracts.backend import Backend
from oqtopus_experiments.contracts.nested import backends_within
from oqtopus_experiments.errors import ConfigError, DeviceError, ParameterError, PluginError


def as_simulator(value: Any) -> Backend:
    """
    Return the simulator that is meant by a name, by a table ``{use = "noisy", t1 = "20 us"}``, or by itself.

    Raises:
        ValueError: When it is none of these, or runs elsewhere already.
        ParameterError: When one of its options is refused.
    """
    backend = value if isinstance(value, Backend) else _named(value)
    if not backend.local or backend.queued or len(backends_within(backend)) > 1:
        message = f"{backend.name!r} does not simulate in one process: name a simulator, such as 'noisy'"
        raise ValueError(message)
    return backend


def as_table(backend: Backend) -> dict[str, Any]:
    """Return the table of a simulator, from which `as_simulator` builds it again."""
    configuration = backend.configuration()
    return {"use": configuration["use"], **configuration["options"]}


def _named(value: Any) -> Backend:
    table = dict(value) if isinstance(value, Mapping) else {"use": value}
    use = table.pop("use", None)
    if not isinstance(use, str):
        message = f'must name a simulator, as "noisy" or {{ use = "noisy", seed = 1 }}, not {value!r:.60}'
        raise ValueError(message)  # noqa: TRY004  # one error for all that cannot be a simulator
    try:
        return LocalBackend(use, **table)
    except ConfigError as error:
        field = f"inner.{error.path}" if error.path else "inner"
        raise ParameterError(field, f"{field!r}: {error.message}") from error
    except (DeviceError, PluginError) as error:
        raise ValueError(str(error)) from error
