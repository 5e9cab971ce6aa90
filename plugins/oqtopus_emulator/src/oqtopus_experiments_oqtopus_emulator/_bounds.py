"""How large a program is, told from its text: before a parser that would write it all out has seen it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from oqtopus_experiments_oqtopus_emulator._limits import MAX_BITS, MAX_PROGRAM, MAX_QUBITS, MAX_STATEMENTS

_COMMENT = re.compile(r"//[^\n]*|/\*.*?(?:\*/|\Z)", re.DOTALL)
_INTEGER = r"0[xX][0-9a-fA-F_]+|0[oO][0-7_]+|0[bB][01_]+|[0-9][0-9_]*"
_DECLARED = re.compile(rf"\b(qubit|bit)\s*\[\s*({_INTEGER})\s*\]|\b(qreg|creg)\s+[^\W\d]\w*\s*\[\s*({_INTEGER})\s*\]")
_LARGEST = {"qubit": ("qubits", MAX_QUBITS), "bit": ("classical bits", MAX_BITS)}
_DEFINITION = re.compile(r"\bgate\s+([^\W\d]\w*)[^{};]{0,4000}\{([^{}]*)\}")
_CALLED = re.compile(r"\s*(?:(?:inv|ctrl|negctrl|pow)\b[^;@]*@\s*)*([^\W\d]\w*)")
_LONGEST_NUMBER = 30


def excess(text: str) -> str | None:
    """
    Return what of a program is too large to be read, or None.

    Looks at its length, at the sizes of registers that are written as numbers, and at the number of statements with
    every defined gate written out. Whatever else a program may grow by is left to the limits on time and memory.
    """
    if len(text) > MAX_PROGRAM:
        return f"{len(text)} characters; it takes {MAX_PROGRAM}"
    plain = _COMMENT.sub(" ", text)
    declared = dict.fromkeys(_LARGEST, 0)
    for kind, size in _registers(plain):
        what, largest = _LARGEST[kind]
        if len(size) > _LONGEST_NUMBER:
            return f"a register of {size[:_LONGEST_NUMBER]}... {what}; it takes {largest}"
        declared[kind] += _number(size)
        if declared[kind] > largest:
            return f"{declared[kind]} {what}; it takes {largest}"
    statements = _statements(plain)
    return None if statements <= MAX_STATEMENTS else f"{statements} statements; it takes {MAX_STATEMENTS}"


def _registers(text: str) -> Iterator[tuple[str, str]]:
    for found in _DECLARED.finditer(text):
        new, size, old, old_size = found.groups()
        yield new or {"qreg": "qubit", "creg": "bit"}[old], size or old_size


def _number(text: str) -> int:
    digits = text.replace("_", "").lower()
    return int(digits, {"0x": 16, "0o": 8, "0b": 2}.get(digits[:2], 10))


def _statements(text: str) -> int:
    """Return how many statements a program has when each gate it defines is replaced by its body."""
    sizes: dict[str, int] = {}
    for name, body in _DEFINITION.findall(text):
        # Gates are made of gates defined before. The numbers grow as fast as what they count, hence the bound.
        sizes[name] = min(_sum(body, sizes), MAX_STATEMENTS + 1)
    return _sum(_DEFINITION.sub(";", text), sizes) + len(sizes)


def _sum(text: str, sizes: dict[str, int]) -> int:
    if not sizes:
        return text.count(";")
    found = (_CALLED.match(statement) for statement in re.split("[;{}]", text))
    return sum(sizes.get(match[1], 1) for match in found if match)
