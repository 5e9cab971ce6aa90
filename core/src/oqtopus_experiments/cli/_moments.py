"""Moments as people write and read them: by their own clock; what is stored is UTC."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import click

_AGO = re.compile(r"(\d{1,6}) ?(min|h|d)")
_UNITS = {"min": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1)}


def local_time(created: str) -> str:
    """Return a stored time as the clock on the wall showed it, to the second; as it stands where it is no time."""
    try:
        moment = datetime.fromisoformat(created)
        moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        return moment.astimezone().strftime("%Y-%m-%d %H:%M:%S")
    except (ValueError, OverflowError, OSError):
        return created


def time_head() -> str:
    """Return the head of a column of local times: ``time (UTC)`` where the clock on the wall shows UTC."""
    return "time (local)" if datetime.now().astimezone().utcoffset() else "time (UTC)"


if TYPE_CHECKING:
    _OfMoments = click.ParamType[datetime]
else:  # the oldest click that is allowed knows no types of types
    _OfMoments = click.ParamType


class Moment(_OfMoments):
    """
    A moment: a date, a date and a time, or how long ago it was, ``2 d``, ``12 h``, ``30 min``.

    Args:
        end: Whether a date without a time stands for the end of that day, instead of its beginning.
    """

    name = "moment"

    def __init__(self, *, end: bool = False) -> None:
        self._end = end

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        """Return the moment, with its time zone; that of the clock on the wall where none is given."""
        if isinstance(value, datetime):
            return value
        if ago := _AGO.fullmatch(value.strip()):
            return datetime.now(UTC) - int(ago[1]) * _UNITS[ago[2]]
        try:
            found = datetime.fromisoformat(value.strip())
            if self._end and len(value.strip()) <= len("2026-11-20"):
                found = found.replace(hour=23, minute=59, second=59, microsecond=999_999)
            return found.astimezone()
        except (ValueError, OverflowError, OSError):
            self.fail(
                f"{value!r} is no moment; write 2026-11-20, 2026-11-20T14:30, or how long ago: 2d, 12h", param, ctx
            )
