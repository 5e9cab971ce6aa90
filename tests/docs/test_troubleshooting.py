"""The page on messages quotes what the code says, and not what it once said."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs/troubleshooting.md"
GAP = "\0"
LEAST = 12
"""Characters that must be quoted of a message: fewer are in many of them."""


def texts():
    """Return every text of the sources, with a gap where a value stands."""
    found = []
    for file in [*ROOT.glob("core/src/**/*.py"), *ROOT.glob("plugins/*/src/**/*.py")]:
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                found.append(node.value)
            elif isinstance(node, ast.JoinedStr):
                found.append("".join(p.value if isinstance(p, ast.Constant) else GAP for p in node.values))
    return found


def is_quoted(message, text):
    """Return whether the words of a message stand in a text in their order, each run of them without a gap."""
    words = [part.strip() for part in message.split("…") if part.strip(" .:;,()")]
    return sum(map(len, words)) >= LEAST and re.search(".*".join(map(re.escape, words)), text, re.DOTALL) is not None


def quoted():
    return re.findall(r"^\| `([^`|]+)` \| \S", PAGE.read_text(encoding="utf-8"), re.MULTILINE)


def test_every_message_on_the_page_is_still_said_by_the_code():
    known = texts()

    assert [message for message in quoted() if not any(is_quoted(message, text) for text in known)] == []


def test_the_page_has_the_messages_that_people_meet():
    rows = [line for line in PAGE.read_text(encoding="utf-8").splitlines() if line.startswith("| ")]

    assert len(quoted()) == len(rows) - len([row for row in rows if row.startswith("| message")]) > 60
    assert len(set(quoted())) == len(quoted())


@pytest.mark.parametrize(
    ("message", "text"),
    [
        ("no such thing … anywhere", "no such thing"),
        ("the device is asked", f"the device {GAP} asked"),
        ("… a … b …", f"{GAP} a {GAP} b"),
        ("one half; the other", "the other; one half"),
    ],
)
def test_a_message_that_is_not_said_is_noticed(message, text):
    assert not is_quoted(message, text)
