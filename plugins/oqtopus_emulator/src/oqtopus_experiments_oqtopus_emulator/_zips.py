"""Zip archives of one entry, as all files of the service are."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib

from oqtopus_experiments_oqtopus_emulator._limits import MAX_UNPACKED


def pack(entries: dict[str, str | bytes]) -> bytes:
    """Return a zip with these entries."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def unpack(content: bytes, largest: int = MAX_UNPACKED) -> bytes:
    """
    Return the only entry of a zip.

    Args:
        content: The zip.
        largest: Bytes the entry may have; no more of it are ever unpacked.

    Raises:
        ValueError: When it is not a zip, has another number of entries, or a larger one.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = archive.infolist()
            if len(entries) != 1:
                message = f"expected exactly one file in the zip, found {len(entries)}"
                raise ValueError(message)
            if entries[0].compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
                message = f"the file in the zip is compressed by method {entries[0].compress_type}, not by deflating"
                raise ValueError(message)
            with archive.open(entries[0]) as file:
                found = file.read(largest + 1)  # the size in the directory may be a lie
    except (zipfile.BadZipFile, zlib.error, struct.error, EOFError, RuntimeError, OSError) as error:
        # A damaged zip makes zipfile raise any of these.
        raise ValueError(str(error)) from error
    if len(found) > largest:
        message = f"the file in the zip has more than {largest} bytes"
        raise ValueError(message)
    return found
