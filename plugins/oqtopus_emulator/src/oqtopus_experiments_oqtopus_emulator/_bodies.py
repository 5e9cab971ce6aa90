"""ASGI middleware that takes no request larger than it can be, and reads no more of it than that."""

from __future__ import annotations

import asyncio
import json
from http import HTTPStatus

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from oqtopus_experiments_oqtopus_emulator._limits import MAX_BODY, MAX_BODY_SECONDS, MAX_HEADERS, MAX_QUERY, MAX_UPLOAD
from oqtopus_experiments_oqtopus_emulator._signing import BUCKET, error_xml

_LINGER = 1.0
"""Seconds for which the rest of a refused body is thrown away, so that its sender comes to read the answer."""


class _Refused(Exception):  # noqa: N818  # a request is, the server is well
    def __init__(self, status: HTTPStatus, text: str) -> None:
        self.status, self.text = status, text
        super().__init__(text)


class Bounded:
    """
    The layer around everything else.

    Args:
        app: What answers requests that are not too large.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        storage = scope["path"].startswith(f"/{BUCKET}")
        try:
            _check_head(scope)
            body = await _read(scope, receive, MAX_UPLOAD if storage else MAX_BODY)
        except _Refused as refused:
            await _refuse(refused, receive, send, xml=storage)
            return
        if body is not None:
            await self._app(scope, _replay(body, receive), send)


def _check_head(scope: Scope) -> None:
    if sum(len(name) + len(value) for name, value in scope["headers"]) > MAX_HEADERS:
        raise _Refused(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE, f"headers of more than {MAX_HEADERS} bytes")
    if len(scope["query_string"]) > MAX_QUERY:
        raise _Refused(HTTPStatus.REQUEST_URI_TOO_LONG, f"a query of more than {MAX_QUERY} bytes")


async def _read(scope: Scope, receive: Receive, largest: int) -> bytes | None:
    """Return the body; None when its sender went away."""
    too_large = _Refused(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"a body of more than {largest} bytes")
    announced = dict(scope["headers"]).get(b"content-length", b"0")
    if announced.isdigit() and int(announced) > largest:
        raise too_large
    parts: list[bytes] = []
    size = 0
    try:
        async with asyncio.timeout(MAX_BODY_SECONDS):
            while True:
                message = await receive()
                if message["type"] == "http.disconnect":
                    return None
                part = message.get("body", b"")
                size += len(part)
                if size > largest:
                    raise too_large
                parts.append(part)
                if not message.get("more_body", False):
                    return b"".join(parts)
    except TimeoutError:
        raise _Refused(HTTPStatus.REQUEST_TIMEOUT, f"a body on its way for {MAX_BODY_SECONDS:g} s") from None


def _replay(body: bytes, receive: Receive) -> Receive:
    messages: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def replayed() -> Message:
        return messages.pop() if messages else await receive()

    return replayed


async def _refuse(refused: _Refused, receive: Receive, send: Send, *, xml: bool) -> None:
    body = (error_xml("EntityTooLarge", refused.text) if xml else json.dumps({"message": refused.text})).encode()
    headers = [
        (b"content-type", b"application/xml" if xml else b"application/json"),
        (b"content-length", str(len(body)).encode()),
        (b"connection", b"close"),
    ]
    await send({"type": "http.response.start", "status": int(refused.status), "headers": headers})
    await send({"type": "http.response.body", "body": body, "more_body": True})
    try:
        async with asyncio.timeout(_LINGER):
            while (await receive()).get("more_body", False):
                pass
    except TimeoutError:
        pass
    await send({"type": "http.response.body", "body": b""})
