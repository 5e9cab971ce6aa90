"""The executor that is meant: one of a plugin by its name, or one of Python's kind as it is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from concurrent.futures import Executor
from contextlib import ExitStack, contextmanager
from typing import Any

from oqtopus_experiments.contracts.executors import ExecutorProvider
from oqtopus_experiments.errors import BackendError, ConfigError, PluginError
from oqtopus_experiments.plugins._fence import fence
from oqtopus_experiments.plugins._options import construct
from oqtopus_experiments.plugins._registry import registry


@contextmanager
def opened(executor: object, options: Mapping[str, Any] | None = None) -> Iterator[Executor]:
    """
    Open the executor that is meant, and close it at the end; one that was given is left open.

    Args:
        executor: The name of one, what a plugin registered under it, or a `concurrent.futures.Executor`.
        options: Options of one that is named.

    Raises:
        PluginError: When no plugin has one of that name.
        ConfigError: When it is something else, or an option is refused.
        BackendError: When its workers cannot be used.
        PluginFault: When its code fails.
    """
    if isinstance(executor, Executor):
        yield executor
        return
    if isinstance(executor, str):
        executor = construct(registry().get("executor", executor), options or {})
    if not isinstance(executor, ExecutorProvider):
        message = (
            "executor must be the name of one, or a concurrent.futures.Executor such as ProcessPoolExecutor(), not "
            f"{executor!r:.60}; of a Dask Client take client.get_executor()"
        )
        raise ConfigError(message)
    with ExitStack() as stack:
        with fence("open", type(executor), passing=(BackendError,)):
            given: object = stack.enter_context(executor.open())
            if not isinstance(given, Executor):
                message = f"{type(executor).__name__}.open must give a concurrent.futures.Executor, not {given!r:.60}"
                raise PluginError(message)
        yield given
