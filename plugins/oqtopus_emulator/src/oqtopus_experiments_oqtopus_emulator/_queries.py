"""The query of ``GET /jobs``, with what the service does to values it does not like."""

from __future__ import annotations

from datetime import datetime, timezone

from oqtopus_experiments_oqtopus_emulator._errors import ApiError, InternalError
from oqtopus_experiments_oqtopus_emulator._signing import is_number
from oqtopus_experiments_oqtopus_emulator._views import MEMBERS

MAX_PAGE = 100


def requested_fields(text: str | None) -> tuple[str, ...]:
    """
    Return the members to show.

    Raises:
        ApiError: For unknown ones.
    """
    if text is None:
        return MEMBERS
    names = tuple(name.strip() for name in text.split(","))
    unknown = [name for name in names if name not in MEMBERS]
    if unknown:
        raise ApiError(400, f"fields {unknown} is invalid")
    return names


def list_query(
    owner: str, status: str | None, text: str | None, start: str | None, end: str | None
) -> tuple[str, list[object]]:
    """
    Return the SQL condition of a list and its values.

    Raises:
        InternalError: For times that cannot be read.
    """
    where = ["owner = ?"]
    values: list[object] = [owner]
    if status is not None:
        where.append("status = ?")
        values.append(status)
    if text is not None:
        where.append("(job_id LIKE ? OR name LIKE ? OR description LIKE ?)")
        values += [f"%{text}%"] * 3
    for comparison, value in ((">=", start), ("<=", end)):
        if value is not None:
            where.append(f"submitted {comparison} ?")
            values.append(_seconds(value))
    return " AND ".join(where), values


def _seconds(text: str) -> float:
    try:
        time = datetime.fromisoformat(text)
    except ValueError as error:
        raise InternalError from error
    return (time if time.tzinfo else time.replace(tzinfo=timezone.utc)).timestamp()


def page_of(page: str, size: str, order: str) -> str:
    """
    Return the SQL order and limit. Jobs of the same second come by ascending id in either order.

    Raises:
        InternalError: For a page or size out of range: the service does not check them.
    """
    if not (is_number(page) and is_number(size)) or int(page) < 1 or not 1 <= int(size) <= MAX_PAGE:
        raise InternalError
    direction = "DESC" if order == "DESC" else "ASC"
    return f"created {direction}, job_id LIMIT {int(size)} OFFSET {(int(page) - 1) * int(size)}"
