"""
What Dask says while a cluster of ours is open: what is wrong, and not each of its steps.

As it closes less: that workers are ended in the middle of what nobody waits for is what is to be.
"""

from __future__ import annotations

import atexit
import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import dask

DEFAULT = logging.INFO
"""The level that Dask gives its loggers where nobody has chosen one."""


@contextmanager
def quiet() -> Iterator[None]:
    """Let Dask say only what is wrong, unless its configuration or who has set its logger wants to hear more."""
    _silence.begin()
    try:
        yield
    finally:
        _silence.end()


@contextmanager
def closing() -> Iterator[None]:
    """Let Dask say only errors from the end of this on; the end of the program is one, too."""
    try:
        yield
    finally:
        _silence.close()


class _Silence:
    """Several clusters may be open at once: the first begins it, and the last ends it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._open = 0
        self._is_ours = False
        self._logger = logging.getLogger("distributed")

    def begin(self) -> None:
        with self._lock:
            self._open += 1
            if self._open == 1 and self._logger.level == DEFAULT and not _is_configured():
                self._is_ours = True
                self._logger.setLevel(logging.WARNING)
                atexit.register(self.close)  # before what Dask has registered: it closes what is open

    def close(self) -> None:
        with self._lock:
            if self._is_ours:
                self._logger.setLevel(logging.ERROR)

    def end(self) -> None:
        with self._lock:
            self._open -= 1
            if self._is_ours:
                self._is_ours = bool(self._open)
                self._logger.setLevel(logging.WARNING if self._is_ours else DEFAULT)
                if not self._is_ours:
                    atexit.unregister(self.close)


_silence = _Silence()


def variables() -> dict[str, str]:
    """Return what lets a worker say only what is wrong, too, where it begins: a script may have given it handlers."""
    return {} if _is_configured() else {"DASK_DISTRIBUTED__LOGGING__DISTRIBUTED": "warning"}


def _is_configured() -> bool:
    """Return whether the configuration of Dask says what is logged."""
    keys = (f"{place}{key}" for place in ("", "distributed.") for key in ("logging", "logging-file-config"))
    return any(dask.config.get(key, None) for key in keys)
