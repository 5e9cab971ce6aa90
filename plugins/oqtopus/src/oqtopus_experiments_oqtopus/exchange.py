"""One exchange with an end: whatever the bytes do, nobody waits longer, and the line is cut."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any, TypeVar

from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

from oqtopus_experiments_oqtopus.waiting import trial

T = TypeVar("T")


class _Line:
    """The socket of an exchange, which whoever waits can cut."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._socket: socket.socket | None = None
        self._cut = False

    def use(self, connected: socket.socket | None) -> None:
        with self._lock:
            self._socket = connected
        if self._cut:
            self.cut()

    def cut(self) -> None:
        """End it: whoever reads or writes there gets an error at once."""
        with self._lock:
            self._cut = True
            if self._socket is not None:
                with contextlib.suppress(OSError):  # closed already
                    self._socket.shutdown(socket.SHUT_RDWR)


_here = threading.local()


def finished_within(seconds: float, exchange: Callable[[], T]) -> T:
    """
    Return what an exchange returns.

    It runs in a thread of its own, which is left alone when the time is up: a name that does not resolve, headers or
    a body that come a byte at a time, and answers ``100 Continue`` without an end hold nobody. Its errors are raised.

    Raises:
        TimeoutError: When the time is up.
    """
    line, future, ended = _Line(), Future[T](), threading.Event()

    def run() -> None:
        _here.line = line
        try:
            future.set_result(exchange())
        except BaseException as error:  # noqa: BLE001  # raised again where the answer is waited for
            future.set_exception(error)
        finally:
            ended.set()

    threading.Thread(target=run, name="oqtopus-exchange", daemon=True).start()
    try:
        trial().wait(ended, seconds)
        if future.done():
            return future.result()
        message = f"no complete answer within {seconds:.1f} s"
        raise TimeoutError(message)
    finally:
        if not future.done():  # also at Ctrl-C
            line.cut()


class _Plain(HTTPConnection):
    def getresponse(self) -> Any:
        _use(self)
        return super().getresponse()


class _Encrypted(HTTPSConnection):
    def getresponse(self) -> Any:
        _use(self)
        return super().getresponse()


def _use(connection: HTTPConnection) -> None:
    line: _Line | None = getattr(_here, "line", None)
    if line is not None:
        line.use(connection.sock)


class _PlainPool(HTTPConnectionPool):
    ConnectionCls = _Plain


class _EncryptedPool(HTTPSConnectionPool):
    ConnectionCls = _Encrypted


class Carrier(HTTPAdapter):
    """Carries requests over connections whose exchanges can be cut."""

    def init_poolmanager(self, *arguments: Any, **options: Any) -> None:
        """Make the pools of connections."""
        super().init_poolmanager(*arguments, **options)
        self.poolmanager.pool_classes_by_scheme = {"http": _PlainPool, "https": _EncryptedPool}

    def proxy_manager_for(self, proxy: str, **options: Any) -> Any:
        """Return the pools of connections through a proxy."""
        manager = super().proxy_manager_for(proxy, **options)
        if not proxy.lower().startswith("socks"):
            manager.pool_classes_by_scheme = {"http": _PlainPool, "https": _EncryptedPool}
        return manager
