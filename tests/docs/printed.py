"""Whether a program printed what a page says it prints."""

from __future__ import annotations

import re

NUMBER = re.compile(r"(?<![\w.])[+-]?\d+(?:\.\d+)?(?:e[+-]?\d+)?(?![\w.]*\d)")
CONCISE = re.compile(r"(\d+\.(\d+))\((\d+)\)(?:\((\d+)\))?")
"""A value with its error, and perhaps its systematic, in its last digits."""
LAST_DIGITS = 2
"""A number with decimals may be off by so many of its last digit: another processor rounds otherwise."""


def difference(said: str, printed: str) -> str:
    """
    Return the first line of a page that was not printed, with what was; empty when all is as said.

    Every line must be there, in order and with nothing between, but a line ``...`` stands for any lines, and ``...``
    within a line for any text. Runs of blanks and rules are alike. Whole numbers must be equal, and decimal ones to two
    of the last digit.
    """
    lines, found = _lines(said), _lines(printed)
    if not any(line != "..." for line in lines):
        return "the page says nothing that could be compared"
    at, free = 0, False
    for line in lines:
        if line == "...":
            free = True
            continue
        places = range(at, len(found)) if free else range(at, min(at + 1, len(found)))
        at, free = next((i + 1 for i in places if _same(line, found[i])), -1), False
        if at < 0:
            return f"the page says:\n{line}\nprinted was:\n{printed}"
    return "" if free or at == len(found) else f"printed was more than the page says:\n{printed}"


def _lines(text: str) -> list[str]:
    """Return the lines that are not empty, blanks and lines of tables made alike."""
    spelled = CONCISE.sub(_spelled, text)
    plain = (re.sub(r"[━─═┏┓┗┛┡┩┃│└┘┬┴┼├┤╇┳-]{3,}|[┃│]", " ", line) for line in spelled.splitlines())
    return [" ".join(line.split()) for line in plain if line.split()]


def _spelled(found: re.Match[str]) -> str:
    """Return ``39.3 ± 0.9`` for ``39.3(9)``: an error may be off by as much as its value."""
    places = len(found[2])
    return " ± ".join([found[1], *(f"{int(error) / 10**places:.{places}f}" for error in found.groups()[2:] if error)])


def _same(said: str, printed: str) -> bool:
    one, other = NUMBER.findall(said), NUMBER.findall(printed)
    if "..." in said:
        return re.fullmatch(".*?".join(map(re.escape, said.split("..."))), printed) is not None
    if len(one) != len(other) or NUMBER.sub("#", said) != NUMBER.sub("#", printed):
        return False
    return all(map(_near, one, other))


def _near(said: str, printed: str) -> bool:
    digits = len(said.partition("e")[0].partition(".")[2])
    if not digits:
        return said == printed
    step = 10.0 ** (int(said.partition("e")[2] or 0) - digits)
    return abs(float(said) - float(printed)) <= (LAST_DIGITS + 0.01) * step
