"""Answers that are errors, in every shape a client may meet."""

from __future__ import annotations

import json

from attrs import frozen

from oqtopus_experiments_oqtopus_emulator._faults import STORAGE, Fault
from oqtopus_experiments_oqtopus_emulator._signing import EXPIRED, error_xml


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
