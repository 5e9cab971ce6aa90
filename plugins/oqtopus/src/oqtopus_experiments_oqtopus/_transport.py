"""One HTTP request, once: what goes out, and within a time an answer or an error of ours. `retrying` asks again."""

from __future__ import annotations

import contextlib
import os
import socket
import threading
import time
import zlib
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from email.utils import parsedate_to_datetime
from typing import Any, TypeVar
from urllib.parse import urlencode

import requests
from requests.adapters import BaseAdapter, HTTPAdapter
from requests.utils import get_environ_proxies
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import HTTPError

from oqtopus_experiments import BackendError
from oqtopus_experiments_oqtopus._address import Address
from oqtopus_experiments_oqtopus._answers import Answer, DamagedError, TransientError
from oqtopus_experiments_oqtopus._credentials import Credentials
from oqtopus_experiments_oqtopus._waiting import trial

T = TypeVar("T")

MAX_BODY = 16 * 2**20
"""Largest answer that is read, bytes, and that it may unpack to. The service itself refuses results above 10 MiB."""

_SILENCES = 4
"""How many times the silence after which a connection is given up a whole exchange may take."""


def _ahead(date: str, known: float | None) -> float | None:
    """Return by how many seconds the date of an answer is ahead of the clock here; what is known where it is none."""
    try:
        return parsedate_to_datetime(date).timestamp() - time.time()
    except (ValueError, OverflowError):
        return known


class Transport:
    """
    The API with the token, and storage without it.

    It keeps no session: no cookies, no credentials from ~/.netrc, and no redirect is ever followed.

    Args:
        credentials: Where the API is.
        timeout: Seconds without a byte before a connection is given up; a whole exchange may take four times as long.
        connections: Connections kept open to each host.
        adapter: What carries requests; a test puts recorded answers here.
    """

    def __init__(
        self, credentials: Credentials, timeout: float, connections: int, adapter: BaseAdapter | None = None
    ) -> None:
        self._credentials = credentials
        self._base = credentials.address
        self._timeout = timeout
        self._carrier = adapter or Carrier(pool_connections=4, pool_maxsize=connections)
        self._counting = threading.Lock()
        self.sent = 0
        self.clock_ahead: float | None = None
        """Seconds by which the clock of the API is ahead of this one, as its last answer said; None before."""

    def api(self, method: str, path: str, *, query: Mapping[str, str] | None = None, body: Any = None) -> Answer:
        """
        Send a request to the API.

        Raises:
            TransientError: When no complete answer came.
        """
        headers = {"Accept": "application/json", "q-api-token": self._credentials.token}
        url = self._base.base + path + (f"?{urlencode(query)}" if query else "")
        request = requests.Request(method, url, headers=headers, json=body)
        answer = self._send(self._base, request, f"{method} {path}")
        self.clock_ahead = _ahead(answer.headers.get("date", ""), self.clock_ahead)
        return answer

    def storage(self, method: str, url: str, what: str, *, parts: list[tuple[str, Any]] | None = None) -> Answer:
        """
        Send a request to a presigned URL: without token, cookies or credentials of any kind.

        Raises:
            BackendError: When the URL is not one to send a program to.
            TransientError: When no complete answer came.
        """
        address = self._storage_address(url, what)
        return self._send(address, requests.Request(method, address.url, files=parts), what)

    def _storage_address(self, url: str, what: str) -> Address:
        """Return an address the service named, unless it is one it has no business to name."""
        try:
            address = Address.parse(url)
        except ValueError as error:  # the text may hold a signature
            message = f"{what}: the service named a storage address that is not valid ({error})"
            raise BackendError(message) from None
        if address.reserved and not self._base.loopback:
            message = (
                f"{what}: {self._base.host} named {address.origin} as its storage, which is this machine, not its own"
            )
            raise BackendError(message)
        plain = address.loopback or (address.host == self._credentials.allow_http and not address.public)
        if address.scheme != "https" and not plain:
            message = f"{what}: the service named a storage address that is not https: {address.origin}"
            raise BackendError(message)
        return address

    def _send(self, address: Address, request: requests.Request, what: str) -> Answer:
        with self._counting:
            self.sent += 1
        current = trial()
        current.what = f"{what} at {address.origin}"
        seconds = min(_SILENCES * self._timeout, current.left())
        request.headers = {"User-Agent": "oqtopus-experiments", "Accept-Encoding": "identity", **request.headers}
        try:
            return finished_within(seconds, lambda: self._exchange(address, request, what, seconds))
        except (requests.RequestException, HTTPError, OSError) as error:
            # The text of the error may quote a presigned URL, whose signature is a secret for an hour.
            message = f"{what}: no complete answer ({type(error).__name__})"
            raise TransientError(message) from None

    def _exchange(self, address: Address, request: requests.Request, what: str, seconds: float) -> Answer:
        prepared = request.prepare()
        if Address.parse(prepared.url or "").origin != address.origin:
            message = f"{what}: the request would not go to {address.origin}, which was checked"
            raise BackendError(message)
        response = self._carrier.send(
            prepared,
            stream=True,
            timeout=max(0.001, min(self._timeout, seconds)),
            verify=os.environ.get("REQUESTS_CA_BUNDLE") or os.environ.get("CURL_CA_BUNDLE") or True,
            proxies=self._proxies(address),
        )
        try:
            headers = {name.lower(): value for name, value in response.headers.items()}
            body = _read(response, what)
        finally:
            response.close()
        return Answer(response.status_code, headers, _unpacked(body, headers.get("content-encoding", ""), what))

    def _proxies(self, address: Address) -> dict[str, str]:
        # Nothing for this machine, and nothing unencrypted, goes through a proxy, whatever the environment says.
        if address.loopback or address.scheme == "http":
            return {}
        if self._credentials.proxy:
            return {"https": self._credentials.proxy}
        return dict(get_environ_proxies(address.origin, no_proxy=None))


def _read(response: requests.Response, what: str) -> bytes:
    body = bytearray()
    while chunk := response.raw.read(65536):  # as it came: nothing is unpacked on the way
        body += chunk
        if len(body) > MAX_BODY:
            message = f"{what}: the answer is larger than {MAX_BODY >> 20} MiB"
            raise DamagedError(message)
    return bytes(body)


def _unpacked(body: bytes, encoding: str, what: str) -> bytes:
    """Return a body that something on the way compressed although that was not asked for: gzip, once."""
    steps = [step.strip().lower() for step in encoding.split(",") if step.strip().lower() not in ("", "identity")]
    if not steps or not body:
        return body
    if steps not in (["gzip"], ["x-gzip"]):
        message = f"{what}: the answer is packed as {encoding[:60]!r}, which was not asked for"
        raise DamagedError(message)
    packed = zlib.decompressobj(wbits=31)
    try:
        plain = packed.decompress(body, MAX_BODY + 1)
    except zlib.error as error:
        message = f"{what}: the answer is not gzip, although it says so"
        raise DamagedError(message) from error
    if len(plain) > MAX_BODY or not packed.eof:
        message = f"{what}: the answer unpacks to more than {MAX_BODY >> 20} MiB, or is cut short"
        raise DamagedError(message)
    return plain


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
