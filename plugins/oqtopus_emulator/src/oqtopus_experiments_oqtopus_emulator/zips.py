"""Zip archives of one entry, as all files of the service are."""

from __future__ import annotations

import io
import zipfile


def pack(entries: dict[str, str | bytes]) -> bytes:
    """Return a zip with these entries."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def unpack(content: bytes) -> bytes:
    """
    Return the only entry of a zip.

    Raises:
        ValueError: When it is no zip or has another number of entries.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = archive.namelist()
            if len(names) != 1:
                message = f"expected exactly one file in the zip, found {len(names)}"
                raise ValueError(message)
            return archive.read(names[0])
    except zipfile.BadZipFile as error:
        raise ValueError(str(error)) from error
