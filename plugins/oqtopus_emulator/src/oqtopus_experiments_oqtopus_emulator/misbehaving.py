"""ASGI middleware that counts every request, waits the latency, and lets go wrong what the rules say."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Callable

from attrs import frozen
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from oqtopus_experiments_oqtopus_emulator import connections
from oqtopus_experiments_oqtopus_emulator.faults import STORAGE, Chance, Fault
from oqtopus_experiments_oqtopus_emulator.signing import BUCKET, EXPIRED, error_xml
from oqtopus_experiments_oqtopus_emulator.state import State
from oqtopus_experiments_oqtopus_emulator.users import CONTROL
from oqtopus_experiments_oqtopus_emulator.zips import pack, unpack

_JOB_PATHS = {
    ("POST", "submit"): "submit",
    ("GET", "status"): "status",
    ("GET", ""): "job",
    ("DELETE", ""): "delete",
    ("POST", "cancel"): "cancel",
}
_PLAIN = {
    ("GET", "/devices"): "devices",
    ("POST", "/jobs"): "register",
    ("GET", "/jobs"): "list",
    ("POST", f"/{BUCKET}"): "upload",
}


def endpoint_of(method: str, path: str) -> tuple[str, str]:
    """Return the name of an endpoint and the job it is about; ``other`` when there is none."""
    if (method, path) in _PLAIN:
        return _PLAIN[method, path], ""
    if found := re.fullmatch(r"/jobs/([^/]+)/?([a-z]*)", path):
        return _JOB_PATHS.get((method, found[2]), "other"), found[1]
    if method == "GET" and path.startswith("/devices/"):
        return "device", ""
    if method == "GET" and path.startswith(f"/{BUCKET}/devices/"):
        return "calibration", ""
    if method == "GET" and (found := re.match(rf"/{BUCKET}/([^/]+)/", path)):
        return "download", found[1]
    return "other", ""


@frozen
class Answer:
    """An answer, whole."""

    status: int
    headers: list[tuple[bytes, bytes]]
    body: bytes

    def with_body(self, body: bytes) -> Answer:
        """Return this answer with another body and the length to go with it."""
        headers = [(name, value) for name, value in self.headers if name.lower() != b"content-length"]
        return Answer(self.status, [*headers, (b"content-length", str(len(body)).encode())], body)


def _answer(status: int, kind: str, body: str, *extra: tuple[bytes, bytes]) -> Answer:
    return Answer(status, [(b"content-type", kind.encode()), *extra], b"").with_body(body.encode())


def _json(status: int, document: object, *extra: tuple[bytes, bytes]) -> Answer:
    return _answer(status, "application/json", json.dumps(document), *extra)


_HTML = "<html><head><title>{0}</title></head><body><center><h1>{0}</h1></center></body></html>"
_EDGE: dict[str, tuple[int, str, str]] = {
    "429": (429, "application/json", '{"message":"Too Many Requests"}'),
    "500": (
        500,
        "application/json",
        '{"message":"Internal Server Error","message_code":"INTERNAL_SERVER_ERROR","message_params":{}}',
    ),
    "502": (502, "text/html", _HTML.format("502 Bad Gateway")),
    "503": (503, "application/json", '{"message":"Service Unavailable"}'),
    "504": (504, "application/json", '{"message":"Endpoint request timed out"}'),
}
_STORAGE_CODES = {"429": "SlowDown", "500": "InternalError", "503": "SlowDown", "504": "RequestTimeout"}
_AUTHENTICATION: dict[str, tuple[int, object]] = {
    "401": (401, {"detail": "Unauthorized"}),
    "401-message": (401, {"message": "Unauthorized"}),
    "403": (403, {"detail": "Forbidden"}),
    "403-message": (403, {"message": "Forbidden"}),
    "403-gateway": (
        403,
        {"Message": "User is not authorized to access this resource with an explicit deny in an identity-based policy"},
    ),
    "500-auth": (500, {"detail": "No AWS event found in request scope"}),
}


def refusal(fault: Fault, endpoint: str) -> Answer | None:
    """Return the answer of a fault that is an answer of its own, or None."""
    if fault.kind in _AUTHENTICATION:
        status, document = _AUTHENTICATION[fault.kind]
        return _json(status, document)
    if fault.kind == "expired":
        return _answer(403, "application/xml", error_xml(*EXPIRED))
    if fault.kind == "garbage":
        return _answer(200, "text/html", _HTML.format("Please log in to the network"))
    number = fault.kind[:3]
    if number not in _EDGE:
        return None
    status, content_type, body = _EDGE[number]
    if endpoint in STORAGE and number in _STORAGE_CODES:
        content_type, body = "application/xml", error_xml(_STORAGE_CODES[number], "Please reduce your request rate.")
    extra = ((b"retry-after", f"{fault.seconds:g}".encode()),) if fault.kind == "429-retry" else ()
    return _answer(status, content_type, body, *extra)


def _truncated(body: bytes) -> bytes:
    return body[: len(body) // 2]


def _oversized(body: bytes) -> bytes:
    """Return a zip of 64 kB whose entry is 64 MB."""
    return pack({"result.json": b" " * (64 * 2**20)})


def _two_entries(body: bytes) -> bytes:
    return pack({"result.json": unpack(body), "other.json": b"{}"})


def _no_json(body: bytes) -> bytes:
    return pack({"result.json": "<html></html>"})


def _with_counts(body: bytes, change: Callable[[dict[str, int]], dict[str, int]]) -> bytes:
    document = json.loads(unpack(body))
    if not (document.get("sampling") or {}).get("counts"):
        return body
    document["sampling"]["counts"] = change(document["sampling"]["counts"])
    return pack({"result.json": json.dumps(document)})


def _wrong_counts(body: bytes) -> bytes:
    return _with_counts(body, lambda counts: {key: count + 1 for key, count in counts.items()})


def _wrong_width(body: bytes) -> bytes:
    return _with_counts(body, lambda counts: {f"0{key}": count for key, count in counts.items()})


def _short(body: bytes) -> bytes:
    rows = json.loads(body)
    return json.dumps(rows[: len(rows) // 2]).encode()


_SPOIL: dict[str, Callable[[bytes], bytes]] = {
    "truncated": _truncated,
    "oversized": _oversized,
    "two-entries": _two_entries,
    "no-json": _no_json,
    "wrong-counts": _wrong_counts,
    "wrong-width": _wrong_width,
    "short": _short,
    "empty": lambda _: b"[]",
}


class Misbehaving:
    """
    The outermost layer of the server.

    Args:
        app: What answers properly.
        state: Where requests are counted.
        chance: What goes wrong.
        latency: Seconds every request waits.
    """

    def __init__(self, app: ASGIApp, state: State, chance: Chance, latency: float) -> None:
        self._app = app
        self._state = state
        self._chance = chance
        self._latency = latency

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or not."""
        if scope["type"] != "http" or scope["path"].startswith(CONTROL):
            await self._app(scope, receive, send)
            return
        endpoint, job_id = endpoint_of(scope["method"], scope["path"])
        fault = self._chance.draw(endpoint)
        self._count(scope, endpoint, job_id, fault)
        if self._latency:
            await asyncio.sleep(self._latency)
        if fault is None:
            await self._app(scope, receive, send)
            return
        if fault.kind == "drop":
            connections.drop(scope)
            return
        if fault.kind == "slow":
            await asyncio.sleep(fault.seconds)
            await self._app(scope, receive, send)
            return
        answer = refusal(fault, endpoint)
        if answer is not None and not fault.kind.endswith("-after"):
            await _swallow(receive)
            await _send(answer, send)
            return
        effect = await _collect(self._app, scope, receive)
        if fault.kind == "lost":
            connections.drop(scope)
        elif fault.kind == "cut":
            await _send(effect, send, half=True)
            connections.close(scope)
        elif fault.kind == "late":
            await asyncio.sleep(fault.seconds)
            await _send(effect, send)
        else:
            spoilt = effect.with_body(_SPOIL[fault.kind](effect.body)) if effect.status == 200 else effect
            await _send(answer or spoilt, send)

    def _count(self, scope: Scope, endpoint: str, job_id: str, fault: Fault | None) -> None:
        with self._state.transaction():
            self._state.count("requests", endpoint)
            if job_id:
                self._state.count(job_id, "requests")
            if fault is not None:
                self._state.count("faults", f"{endpoint}:{fault.kind}")
            if endpoint in STORAGE and any(name in (b"q-api-token", b"authorization") for name, _ in scope["headers"]):
                self._state.count("", "tokens sent to storage")


async def _swallow(receive: Receive) -> None:
    """Read the body of a request, as a client waits for that before it reads the answer."""
    more = True
    while more:
        message = await receive()
        more = message["type"] == "http.request" and message.get("more_body", False)


async def _collect(app: ASGIApp, scope: Scope, receive: Receive) -> Answer:
    """Let the effect take place and keep the answer."""
    messages: list[Message] = []

    async def keep(message: Message) -> None:
        messages.append(message)

    await app(scope, receive, keep)
    start = messages[0]
    body = b"".join(message.get("body", b"") for message in messages[1:])
    return Answer(start["status"], list(start["headers"]), body)


async def _send(answer: Answer, send: Send, *, half: bool = False) -> None:
    await send({"type": "http.response.start", "status": answer.status, "headers": answer.headers})
    body = answer.body[: len(answer.body) // 2] if half else answer.body
    await send({"type": "http.response.body", "body": body, "more_body": half})
