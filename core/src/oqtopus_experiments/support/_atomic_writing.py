"""Files that are whole or not there at all, and JSON that is read without trusting it."""

from __future__ import annotations

import json
import math
import re
from pathlib import Path
from typing import Any, NoReturn

from oqtopus_experiments.errors import StoreError
from oqtopus_experiments.support._directory import Directory
from oqtopus_experiments.support._plain import LARGEST_INTEGER, plain

_SURROGATE = re.compile(rb"\\u[dD][89a-fA-F]")
"""How half of a surrogate pair is written."""


def write_json(path: Path, content: Any) -> None:
    """Write a JSON file whole or not at all, through the gate: what is written can be read."""
    write_text(path, json.dumps(plain(content), indent=1, allow_nan=False) + "\n")


def write_text(path: Path, text: str) -> None:
    """Write a text file whole or not at all."""
    write_bytes(path, text.encode("utf-8", errors="backslashreplace"))


def write_bytes(path: Path, data: bytes) -> None:
    """
    Write a file whole or not at all: to a neighbour first, which then takes its place.

    Raises:
        StoreError: When it cannot be written.
    """
    Directory(path.parent).write(path.name, data)


def read_bytes(path: Path) -> bytes:
    """
    Return the content of a file.

    Raises:
        StoreError: When it is missing or cannot be read.
    """
    try:
        return path.read_bytes()
    except (OSError, ValueError) as error:
        message = f"cannot read {path}: {error}"
        raise StoreError(message) from error


def read_object(path: Path) -> dict[str, Any]:
    """
    Read a JSON file that holds one object.

    Raises:
        StoreError: When it is missing, cut short, or no JSON object.
    """
    return parse_object(read_bytes(path), str(path))


def parse_object(data: bytes, where: str) -> dict[str, Any]:
    """
    Return the JSON object in `data`.

    Raises:
        StoreError: For anything else: half an object, NaN, numbers or nesting that no run folder holds. `where` is
            said in the message.
    """
    try:
        content = json.loads(data.decode("utf-8"), parse_int=_integer, parse_float=_float, parse_constant=_constant)
        if _SURROGATE.search(data):
            # JSON can spell half a surrogate pair, which no file or terminal can be given later.
            json.dumps(content, ensure_ascii=False).encode("utf-8")
    except (ValueError, RecursionError) as error:
        message = f"{where} is damaged: {error or type(error).__name__}"
        raise StoreError(message) from error
    if not isinstance(content, dict):
        message = f"{where} is damaged: it must hold a JSON object, not {type(content).__name__}"
        raise StoreError(message)
    return content


def _integer(text: str) -> int:
    value = int(text)
    if abs(value) > LARGEST_INTEGER:
        message = f"the number {text[:20]}... is out of range"
        raise ValueError(message)
    return value


def _float(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        message = f"the number {text[:20]} is out of range"
        raise ValueError(message)
    return value


def _constant(text: str) -> NoReturn:
    message = f"{text} is not JSON"
    raise ValueError(message)
