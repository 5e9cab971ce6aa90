"""Presigned requests to storage: Amazon's signature version 2, which is what the service hands out."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Mapping
from datetime import datetime, timezone
from urllib.parse import quote

BUCKET = "oqtopus-emulator"
ACCESS_KEY = "emulatorkey"
LIFETIME = 3600
_MAX_DIGITS = 12
"""Enough for the seconds of any date."""


def is_number(text: str) -> bool:
    """Whether a text is a number that can be counted to: digits, not too many."""
    return text.isascii() and text.isdigit() and len(text) <= _MAX_DIGITS


def _same(one: str, other: str) -> bool:
    return hmac.compare_digest(one.encode(), other.encode())


def _sign(secret: str, text: str) -> str:
    return base64.b64encode(hmac.new(secret.encode(), text.encode(), hashlib.sha1).digest()).decode()


def upload_fields(secret: str, key: str, lifetime: float = LIFETIME) -> dict[str, str | None]:
    """Return the form fields that allow one upload, in the order of the service; null means leave it out."""
    expiration = datetime.fromtimestamp(time.time() + lifetime, tz=timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
    policy = json.dumps({"expiration": expiration, "conditions": [{"bucket": BUCKET}, {"key": key}]})
    encoded = base64.b64encode(policy.encode()).decode()
    return {
        "key": key,
        "AWSAccessKeyId": ACCESS_KEY,
        "x-amz-security-token": None,
        "policy": encoded,
        "signature": _sign(secret, encoded),
    }


def download_url(secret: str, base: str, key: str, lifetime: float = LIFETIME) -> str:
    """Return a URL that allows reading one object."""
    expires = int(time.time() + lifetime)
    signature = _sign(secret, f"GET\n\n\n{expires}\n/{BUCKET}/{key}")
    query = f"AWSAccessKeyId={ACCESS_KEY}&Signature={quote(signature, safe='')}&Expires={expires}"
    return f"{base}/{BUCKET}/{key}?{query}"


def refuse_upload(secret: str, fields: Mapping[str, str]) -> tuple[str, str] | None:
    """Return the error code and text for a form that does not allow its upload, or None."""
    if fields.get("AWSAccessKeyId") != ACCESS_KEY:
        return "InvalidAccessKeyId", "The AWS Access Key Id you provided does not exist in our records."
    policy = fields.get("policy", "")
    if not _same(_sign(secret, policy), fields.get("signature", "")):
        return _MISMATCH
    document = json.loads(base64.b64decode(policy))
    if datetime.fromisoformat(document["expiration"]).timestamp() < time.time():
        return "AccessDenied", "Invalid according to Policy: Policy expired."
    if {"key": fields.get("key")} not in document["conditions"]:
        return "AccessDenied", 'Invalid according to Policy: Policy Condition failed: ["eq", "$key"]'
    return None


def refuse_download(secret: str, key: str, query: Mapping[str, str]) -> tuple[str, str] | None:
    """Return the error code and text for a URL that does not allow its download, or None."""
    expires = query.get("Expires", "")
    if query.get("AWSAccessKeyId") != ACCESS_KEY or not is_number(expires):
        return "AccessDenied", "Access Denied"
    if int(expires) < time.time():
        return EXPIRED
    expected = _sign(secret, f"GET\n\n\n{expires}\n/{BUCKET}/{key}")
    if not _same(expected, query.get("Signature", "")):
        return _MISMATCH
    return None


EXPIRED = ("AccessDenied", "Request has expired")
_MISMATCH = (
    "SignatureDoesNotMatch",
    "The request signature we calculated does not match the signature you provided.",
)


def error_xml(code: str, message: str) -> str:
    """Return the body of a storage error."""
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>{code}</Code><Message>{message}</Message></Error>'
