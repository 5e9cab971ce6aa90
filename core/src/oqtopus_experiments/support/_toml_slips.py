"""What somebody probably meant whose file is not TOML: another format, quotes left out, Python's words. Pure."""

from __future__ import annotations

import difflib
import re
from pathlib import Path

RUN_FILE = 'backend = "noisy", and below it [[experiments]] with use = "t1"'
"""The shortest run file, in a sentence."""

_LINE = re.compile(r"\s*(?P<key>[\w.\"'-]+)\s*=\s*(?P<value>.*?)\s*")
_WORD = re.compile(r"[A-Za-z_][\w./-]*")
_COLON = re.compile(r"\s*(?P<key>[\w-]+)\s*:\s*(?P<value>[^#]*?)\s*")
_CURLY = str.maketrans("“”„‟‘’‚‛«»", '""""\'\'\'\'""')
_PYTHON = {"True": "true", "False": "false"}
_NOTHING = {"None", "null", "nil", "~"}


def slip(file: Path, text: str, line: int | None, problem: str) -> str:
    """
    Return what was probably meant, as a sentence; empty where nobody can say.

    Args:
        file: Where the text stands: its ending tells formats.
        text: The text.
        line: The line at which the parser stopped, counted from 1; None where it does not say.
        problem: What the parser says.
    """
    return _format(file, text) or _in_line(_line(text, line), problem)


def no_text(data: bytes) -> str:
    """Return why a file is no text in UTF-8, and what to do."""
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return "is a text in UTF-16, as some editors of Windows save it; save it as UTF-8"
    return "is not a text file in UTF-8; save it as UTF-8"


def not_there(file: Path) -> str:
    """Return that a file is not there, with the nearest that is."""
    written = str(file)
    if "\\" in written and (meant := Path(written.replace("\\", "/"))) != file:
        return f"cannot be read: it is not there; write / between folders, as Windows does too: {meant}"
    try:
        there = [one.name for one in file.parent.iterdir() if one.is_file()]
    except OSError:
        return f"cannot be read: it is not there, nor is the folder {file.parent}"
    files = [name for name in there if name.endswith(".toml")]
    near = difflib.get_close_matches(file.name, there, 1) or [name for name in files if Path(name).stem == file.name]
    if near:
        return f"cannot be read: it is not there; did you mean {file.parent / near[0]}?"
    known = f"files here: {', '.join(sorted(files)[:8])}" if files else f"no run file is in {file.parent}"
    return f"cannot be read: it is not there ({known})"


def folder(path: Path) -> str:
    """Return what to name instead of a folder that holds no run; empty where it holds no run file either."""
    files = sorted(one for one in path.glob("*.toml") if one.name not in {"pyproject.toml", "oqx.toml"})
    if not files:
        return ""
    return f"; name the file: {', '.join(map(str, files[:8]))}"


def _format(file: Path, text: str) -> str:
    ending, first = file.suffix.lower(), text.lstrip()[:1]
    if ending == ".json" or first == "{":
        return f"it is JSON; a run file is TOML: {RUN_FILE}"
    if ending == ".csv":
        how = f"analyze counts with `oqx analyze {file} --as EXPERIMENT`"
        return f"it is a table: {how}; a run file is TOML: {RUN_FILE}"
    if ending in {".yaml", ".yml"} or re.search(r"^\s+- \w+:", text, re.MULTILINE):
        return f"it is YAML; a run file is TOML: {RUN_FILE}"
    if ending in {".py", ".ipynb"} or re.search(r"^(from \w[\w.]* )?import \w", text, re.MULTILINE):
        return f"it is a Python program: run it with `python {file}`; a run file is TOML: {RUN_FILE}"
    return ""


def _line(text: str, line: int | None) -> str:
    lines = text.splitlines()
    return lines[line - 1] if line and line <= len(lines) else ""


def _in_line(line: str, problem: str) -> str:
    if line != line.translate(_CURLY):
        return f"write straight quotes: {line.translate(_CURLY).strip()}"
    if (colon := _COLON.fullmatch(line)) and colon["value"]:
        return f"write an equals sign: {colon['key']} = {colon['value']}"
    if "overwrite a value" in problem or "Duplicate" in problem or "Cannot declare" in problem:
        return "it is said twice: keep one of them"
    found = _LINE.fullmatch(line)
    if found is None:
        return ""
    key, value = found["key"], found["value"]
    word = value.partition("#")[0].strip()
    if word in _PYTHON:
        return f"write {key} = {_PYTHON[word]}"
    if word in _NOTHING:
        return f"TOML has no {word}: leave the line out, and the default holds"
    if _WORD.fullmatch(word):
        return f'write it in quotes: {key} = "{word}"'
    if value.startswith('"') and "\\" in value:
        return f"a backslash means something else in double quotes; write {key} = '{value.strip(chr(34))}'"
    if not value:
        return f"{key} has no value; leave the line out, and the default holds"
    if re.fullmatch(r"[+-]?[\d.]+(e[+-]?\d+)?\s*[A-Za-zµμ]+", word):
        return f'write a number with its unit in quotes: {key} = "{word}"'
    return ""
