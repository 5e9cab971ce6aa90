"""
Texts from outside, made fit to be shown: from a service, a stranger's run folder, a plugin, the name of a file.

A terminal obeys what it is shown: an escape sequence writes into the clipboard, renames the window or wipes what was
said before, and a mark of direction turns words around. So control characters are shown by their code and long texts
lose their middle; where they begin and how they end, often the next step, stays.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

MOST = 4000
"""Characters of one message; more of them nobody reads."""
MOST_IN_CELL = 300
"""Characters in one cell of a table."""

# C0, DEL and C1; soft hyphen; marks, embeddings, overrides and isolates of direction; separators of lines; invisible
# operators, tags and annotations; the byte order mark; half surrogate pairs, which no terminal can be given.
# Joiners (U+200C, U+200D) belong to words of several scripts.
_HIDDEN = (
    "\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    "\ud800-\udfff\U000e0000-\U000e007f"
)
_CONTROL = re.compile(f"[{_HIDDEN}]")
_CONTROL_OR_BREAK = re.compile(f"[\t\n{_HIDDEN}]")
_PLAIN: Mapping[str, str] = {
    "±": "+/-", "µ": "u", "μ": "u", "σ": "sigma", "·": ".", "…": "...", "–": "-", "—": "-", "→": "->", "×": "x",
    "²": "^2", "°": "deg", "✔": "ok", "✖": "x", "•": "*", "’": "'", "‘": "'", "“": '"', "”": '"',
    "─": "-", "━": "-", "│": "|", "┃": "|",
    **dict.fromkeys("┌┐└┘├┤┬┴┼┏┓┗┛┡┩┢┪┠┨┯┷┳┻╇╈╋╭╮╰╯╸╺", "+"),
    **dict.fromkeys("⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏", "*"),
}  # fmt: skip


def shown(text: object, most: int = MOST, *, lines: bool = True) -> str:
    r"""
    Return a text as it can be printed: control characters as ``\x1b``, and no more than about `most` characters.

    Args:
        text: Anything; its ``str``.
        most: So many characters are kept, three quarters from the beginning and the rest from the end.
        lines: Whether it may have lines and tabs of its own; False shows those as ``\n`` and ``\t`` too.
    """
    given = str(text)
    pattern = _CONTROL if lines else _CONTROL_OR_BREAK
    return pattern.sub(_code, bounded(given, most))


def bounded(text: str, most: int = MOST) -> str:
    """Return a text without its middle when it is longer than `most` characters; it says how many are left out."""
    if len(text) <= most:
        return text
    tail = most // 4
    return f"{text[: most - tail]}... ({len(text) - most:,} characters left out) ...{text[len(text) - tail :]}"


def encodable(text: str, encoding: str) -> str:
    """Return a text in characters that an encoding has: ``+/-`` for ``±``, ``u`` for ``µ``, codes for the rest."""
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        spelled = "".join(_spelled(character, encoding) for character in text)
        return spelled.encode(encoding, errors="backslashreplace").decode(encoding)
    return text


def _spelled(character: str, encoding: str) -> str:
    try:
        character.encode(encoding)
    except UnicodeEncodeError:
        return _PLAIN.get(character, character)
    return character


def _code(found: re.Match[str]) -> str:
    character = found.group()
    return {"\n": "\\n", "\t": "\\t", "\r": "\\r"}.get(character) or character.encode("unicode_escape").decode("ascii")
