"""Whose line an error comes from: the deepest one that an author of plugins wrote, not what it called below."""

from __future__ import annotations

import inspect
import traceback
from collections.abc import Collection
from pathlib import Path
from types import FunctionType, ModuleType
from typing import Any

from oqtopus_experiments.support._text import bounded

MOST_OF_AN_ERROR = 1000
"""Characters of a stranger's error that are quoted."""


def package_of(module: str) -> str:
    """Return the top-level package of a module."""
    return module.partition(".")[0]


def quoted(error: BaseException) -> str:
    """Return kind and text of an error, as ``ZeroDivisionError: division by zero``."""
    kind = type(error).__name__
    try:
        text = str(error)
    except Exception as broken:  # noqa: BLE001  # a stranger's __str__ may do anything
        text = f"its text cannot be made: {type(broken).__name__}"
    return f"{kind}: {bounded(text, MOST_OF_AN_ERROR)}" if text else kind


def line_of_author(error: BaseException, packages: Collection[str]) -> str:
    """
    Return file and line of an error, as ``my_plugin/rabi.py, line 12``; empty when no author's line took part.

    Args:
        error: With its traceback.
        packages: Top-level packages of the authors who may be meant.
    """
    if isinstance(error, SyntaxError) and error.filename:
        return f"{Path(error.filename).name}, line {error.lineno}"
    frames = [(frame.f_globals.get("__name__", ""), frame.f_code.co_filename, line)
              for frame, line in traceback.walk_tb(error.__traceback__)]  # fmt: skip
    theirs = [frame for frame in frames if package_of(frame[0]) in packages]
    return _line(*theirs[-1]) if theirs else ""


def line_of_definition(owner: type[Any] | ModuleType, name: str) -> str:
    """Return file and line where a function of a class or module is written; empty where there is none."""
    found = inspect.getattr_static(owner, name, None)
    found = found.fget if isinstance(found, property) else getattr(found, "__func__", found)
    written = inspect.unwrap(found) if isinstance(found, FunctionType) else None
    if not isinstance(written, FunctionType):
        return ""
    if written.__code__.co_filename.startswith("<attrs"):  # nobody wrote it
        return ""
    return _line(written.__module__, written.__code__.co_filename, written.__code__.co_firstlineno)


def _line(module: str, file: str, line: int) -> str:
    """Return the path of a module from its top-level package on, with a line."""
    path = Path(file)
    folders = module.count(".") + (path.name == "__init__.py")
    return f"{'/'.join(path.parts[-folders - 1 :])}, line {line}"
