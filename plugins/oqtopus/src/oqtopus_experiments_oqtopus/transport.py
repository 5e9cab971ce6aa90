"""One HTTP request, once: what goes out, and an answer or an error of ours. Retrying is `retrying`'s business."""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

import requests
from requests.adapters import BaseAdapter, HTTPAdapter

from oqtopus_experiments import BackendError
from oqtopus_experiments_oqtopus.answers import Answer
from oqtopus_experiments_oqtopus.credentials import Credentials, is_loopback
from oqtopus_experiments_oqtopus.errors import DamagedError, TransientError

MAX_BODY = 16 * 2**20
"""Largest answer that is read, bytes. The service itself refuses to store results above 10 MiB."""


class _TokenAuth(requests.auth.AuthBase):
    """Adds the token; being an ``auth`` it also keeps requests from looking into ~/.netrc."""

    def __init__(self, credentials: Credentials | None) -> None:
        self._credentials = credentials

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        if self._credentials is not None:
            request.headers["q-api-token"] = self._credentials.token
        return request


class Transport:
    """
    The API with the token, and storage without it.

    Args:
        credentials: Where the API is.
        timeout: Seconds without a byte before a connection is given up.
        connections: Connections kept open to each host.
        adapter: What carries requests; a test puts recorded answers here.
    """

    def __init__(
        self, credentials: Credentials, timeout: float, connections: int, adapter: BaseAdapter | None = None
    ) -> None:
        self._base = credentials.url
        self._timeout = timeout
        self._api = _session(credentials, credentials, connections, adapter)
        self._storage = _session(credentials, None, connections, adapter)
        self._counting = threading.Lock()
        self.sent = 0

    def api(self, method: str, path: str, *, query: Mapping[str, str] | None = None, body: Any = None) -> Answer:
        """
        Send a request to the API.

        Raises:
            TransientError: When no complete answer came.
        """
        headers = {"Accept": "application/json"}
        return self._send(
            self._api, method, self._base + path, f"{method} {path}", params=query, json=body, headers=headers
        )

    def storage(self, method: str, url: str, what: str, *, parts: list[tuple[str, Any]] | None = None) -> Answer:
        """
        Send a request to a presigned URL: without token, cookies or credentials of any kind.

        Raises:
            BackendError: When the URL is not one to send a program to.
            TransientError: When no complete answer came.
        """
        if urlsplit(url).scheme != "https" and not (urlsplit(url).scheme == "http" and is_loopback(url)):
            message = f"{what}: the service named a storage address that is not https: {urlsplit(url).scheme}://..."
            raise BackendError(message)
        return self._send(self._storage, method, url, what, files=parts)

    def _send(self, session: requests.Session, method: str, url: str, what: str, **content: Any) -> Answer:
        with self._counting:
            self.sent += 1
        started = time.monotonic()
        try:
            with session.request(
                method, url, timeout=self._timeout, stream=True, allow_redirects=False, **content
            ) as response:
                body = _read(response, started + 4 * self._timeout, what)
                headers = {name.lower(): value for name, value in response.headers.items()}
                return Answer(response.status_code, headers, body)
        except requests.RequestException as error:
            # The text of the error may quote a presigned URL, whose signature is a secret for an hour.
            message = f"{what}: no complete answer ({type(error).__name__})"
            raise TransientError(message) from None


def _session(
    credentials: Credentials, token: Credentials | None, connections: int, adapter: BaseAdapter | None
) -> requests.Session:
    session = requests.Session()
    session.auth = _TokenAuth(token)
    session.headers["User-Agent"] = "oqtopus-experiments"
    # Nothing for this machine goes through a proxy, whatever the environment says.
    session.trust_env = not credentials.loopback and not credentials.proxy
    if credentials.proxy and not credentials.loopback:
        session.proxies = {"http": credentials.proxy, "https": credentials.proxy}
    carrier = adapter or HTTPAdapter(pool_connections=2, pool_maxsize=connections)
    session.mount("http://", carrier)
    session.mount("https://", carrier)
    return session


def _read(response: requests.Response, deadline: float, what: str) -> bytes:
    body = bytearray()
    for chunk in response.iter_content(65536):
        body += chunk
        if len(body) > MAX_BODY:
            message = f"{what}: the answer is larger than {MAX_BODY >> 20} MiB"
            raise DamagedError(message)
        if time.monotonic() > deadline:
            message = f"{what}: the answer trickles in too slowly"
            raise TransientError(message)
    return bytes(body)
