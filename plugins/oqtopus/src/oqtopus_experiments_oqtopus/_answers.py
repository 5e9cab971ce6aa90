"""
What an answer holds and means: JSON made harmless, zips of it, and what can be wrong with it.

The errors stay inside this plugin; users see those of `oqtopus_experiments.errors`::

    BackendError
    ├── TransientError    no usable answer this time; asking again may help
    ├── RefusedError      the service understood and said no
    ├── DamagedError      a file arrived incomplete or is not such a file; fetching it again may help
    ├── UnusableError     a whole, well-formed result that cannot be right
    └── ClosedError       the run was cancelled, so that nothing more is submitted
"""

from __future__ import annotations

import io
import json
import math
import re
import struct
import zipfile
import zlib
from datetime import datetime, timezone
from email.utils import parsedate_to_datetime
from typing import Any

from attrs import frozen

from oqtopus_experiments import LARGEST_INTEGER, AuthenticationError, BackendError, DeviceError, bounded


class TransientError(BackendError):
    """
    No usable answer: no connection, a timeout, 429, 5xx.

    Args:
        message: What was asked and what came back.
        retry_after: Seconds the service asked to wait.
        effect_unknown: Whether the request may have had its effect all the same.
    """

    def __init__(self, message: str, *, retry_after: float | None = None, effect_unknown: bool = True) -> None:
        super().__init__(message)
        self.retry_after = retry_after
        self.effect_unknown = effect_unknown


class RefusedError(BackendError):
    """
    An answer 4xx that asking again does not change.

    Args:
        status: The HTTP status.
        reason: What the service said.
        what: What was asked.
    """

    def __init__(self, status: int, reason: str, what: str) -> None:
        super().__init__(f"{what}: the service answered {status}: {reason}")
        self.status = status
        self.reason = reason


class DamagedError(TransientError):
    """A downloaded file is truncated, too large, or not a zip of one entry."""


class UnusableError(BackendError):
    """A result that is whole but not one of this circuit: wrong widths, wrong number of shots."""


class InterruptedByUserError(BackendError):
    """Work was stopped from outside; what the service has is safe."""


class ClosedError(BackendError):
    """The run was cancelled: nothing more is submitted for it."""


DEEPEST = 64
"""Levels of nesting; the service uses five."""
MOST_PARTS = 1_000_000
"""Brackets in one text: a list costs fifty times its two bytes in memory."""
MAX_JSON = 50 * 2**20
"""Largest entry that is unpacked, bytes: a small zip can hold a huge file."""
_LONGEST_REASON = 1000

_HALF = re.compile("[\ud800-\udfff]")


def parse_json(data: bytes, odd: float | None = None) -> Any:
    """
    Return the content of a JSON text.

    Args:
        data: The text, UTF-8.
        odd: What stands for what is not a number or nothing here could hold: NaN, Infinity, 1e999, an integer of
            400 digits. None reads as a value that was not given.

    Raises:
        ValueError: When it is not JSON, or nested or divided beyond reading.
    """
    if data.count(b"[") + data.count(b"{") > MOST_PARTS:
        message = f"it has more than {MOST_PARTS} parts"
        raise ValueError(message)

    def integer(text: str) -> int | float | None:
        return odd if len(text) > 20 or abs(int(text)) > LARGEST_INTEGER else int(text)

    def number(text: str) -> float | None:
        value = float(text)
        return value if math.isfinite(value) else odd

    try:
        content = json.loads(data.decode("utf-8"), parse_int=integer, parse_float=number, parse_constant=lambda _: odd)
    except RecursionError:
        message = "it is nested beyond reading"
        raise ValueError(message) from None
    return _whole(content, DEEPEST)


def _whole(value: Any, levels: int) -> Any:
    """Return a value with halves of characters, which cannot be written, replaced."""
    if isinstance(value, str):
        return _HALF.sub("\ufffd", value) if not value.isascii() else value
    if not isinstance(value, (dict, list)):
        return value
    if levels == 0:
        message = f"it is nested more than {DEEPEST} levels deep"
        raise ValueError(message)
    if isinstance(value, dict):
        return {_whole(key, levels): _whole(item, levels - 1) for key, item in value.items()}
    return [_whole(item, levels - 1) for item in value]


def unpack(data: bytes, what: str, odd: float | None = None) -> dict[str, Any]:
    """
    Return the JSON object in a zip of one entry, whatever the entry is called.

    Args:
        data: The zip.
        what: What it is, for a message.
        odd: What stands for what is not a number, see `parse_json`.

    Raises:
        DamagedError: When it is not such a zip, or the entry is too large.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = archive.infolist()
            if len(entries) != 1 or entries[0].file_size > MAX_JSON:
                message = f"{what}: a zip of {len(entries)} entries, {sum(e.file_size for e in entries)} bytes unpacked"
                raise DamagedError(message)
            with archive.open(entries[0]) as file:
                text = file.read(MAX_JSON + 1)  # the size in the directory may be a lie
    except (zipfile.BadZipFile, zlib.error, struct.error, EOFError, ValueError, RuntimeError, OSError) as error:
        # A damaged zip makes zipfile raise any of these.
        message = f"{what}: the zip is damaged ({type(error).__name__}, {len(data)} bytes)"
        raise DamagedError(message) from error
    if len(text) > MAX_JSON:
        message = f"{what}: the zip unpacks to more than {MAX_JSON >> 20} MiB"
        raise DamagedError(message)
    try:
        content = parse_json(text, odd)
    except ValueError as error:
        message = f"{what}: the entry of the zip is not JSON ({error})"
        raise DamagedError(message) from error
    if not isinstance(content, dict):
        message = f"{what}: the entry of the zip is not a JSON object"
        raise DamagedError(message)
    return content


@frozen
class Answer:
    """
    One HTTP answer, read to its end.

    Args:
        status: The HTTP status.
        headers: Its headers; names in lower case.
        body: Its content.
    """

    status: int
    headers: dict[str, str]
    body: bytes

    def json(self, what: str) -> Any:
        """
        Return the content.

        Raises:
            TransientError: When it is not JSON: something between us and the service answered in its place.
        """
        try:
            return parse_json(self.body)
        except ValueError:
            message = f"{what}: the answer is not JSON: {_shown(self.body)}"
            raise TransientError(message) from None


def check(answer: Answer, what: str) -> Answer:
    """
    Return a good answer.

    Raises:
        AuthenticationError: For 401, and for a 403 about the account.
        DeviceError: For a 403 about a device.
        TransientError: For 408, 425, 429 and 5xx.
        RefusedError: For any other status that is not 2xx.
    """
    status = answer.status
    if 200 <= status < 300:
        return answer
    reason, about_account = _reason(answer)
    if status == 401 or (status == 403 and about_account):
        message = (
            f"{what}: the service refused the API token ({status}: {reason}). It may be wrong, expired, or its account "
            "not approved; tokens are made in the web interface. Submitted jobs go on and can be resumed with a new one"
        )
        raise AuthenticationError(message)
    if status == 403:
        message = f"{what}: {reason} (403: the account has no right to it)"
        raise DeviceError(message)
    if status in (408, 425, 429) or status >= 500:
        message = f"{what}: the service answered {status}: {reason}"
        # A request turned away at the door has had no effect; any other may have.
        raise TransientError(message, retry_after=_retry_after(answer), effect_unknown=status != 429)
    raise RefusedError(status, reason, what)


def _reason(answer: Answer) -> tuple[str, bool]:
    """Return the text of an error body, and whether a 403 with it is about the account."""
    try:
        content = parse_json(answer.body)
    except ValueError:
        return _shown(answer.body) or "no text", True
    if not isinstance(content, dict):
        return _shown(answer.body), True
    if isinstance(content.get("message"), str):
        # The application says "message" about a device or a job. API gateways say it too, in a few fixed texts.
        text = bounded(content["message"], _LONGEST_REASON)
        return text, text in ("Forbidden", "Unauthorized") or "token" in text.lower()
    detail = content.get("detail", content.get("Message"))
    if isinstance(detail, list):  # 422: one entry for each fault
        detail = "; ".join(
            f"{_place(fault.get('loc'))}: {fault.get('msg', '')}" for fault in detail[:20] if isinstance(fault, dict)
        )
    return bounded(str(detail or _shown(answer.body)), _LONGEST_REASON), True


def _place(steps: object) -> str:
    return ".".join(map(str, steps)) if isinstance(steps, list) else str(steps or "")


def _retry_after(answer: Answer) -> float | None:
    text = answer.headers.get("retry-after", "").strip()
    if not text:
        return None
    if re.fullmatch(r"[0-9]{1,9}", text):
        return float(text)
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, OverflowError):
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=timezone.utc)
    return max(0.0, (moment - datetime.now(timezone.utc)).total_seconds())


def _shown(body: bytes) -> str:
    return " ".join(body[:200].decode(errors="replace").split())
