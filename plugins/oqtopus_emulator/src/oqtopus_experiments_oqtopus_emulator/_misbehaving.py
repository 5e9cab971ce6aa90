"""ASGI middleware that counts every request, waits the latency, and lets go wrong what the rules say."""

from __future__ import annotations

import asyncio
import re

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from oqtopus_experiments_oqtopus_emulator import _connections as connections
from oqtopus_experiments_oqtopus_emulator._answers import Answer, refusal
from oqtopus_experiments_oqtopus_emulator._faults import STORAGE, Chance, Fault
from oqtopus_experiments_oqtopus_emulator._signing import BUCKET
from oqtopus_experiments_oqtopus_emulator._spoiling import SPOIL
from oqtopus_experiments_oqtopus_emulator._state import State
from oqtopus_experiments_oqtopus_emulator._users import CONTROL

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
            await connections.drop(scope, receive)
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
            await connections.drop(scope, receive)
        elif fault.kind == "cut":
            await _send(effect, send, half=True)
            await connections.close(scope, receive)
        elif fault.kind == "late":
            await asyncio.sleep(fault.seconds)
            await _send(effect, send)
        elif answer is not None:
            await _send(answer, send)
        else:
            spoilt = effect.with_body(SPOIL[fault.kind](effect.body)) if effect.status == 200 else effect
            await _send(spoilt, send)

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
