"""Near names for messages: what the writer probably meant."""

from __future__ import annotations

import difflib
from collections.abc import Iterable


def suggest(wrong: str, known: Iterable[str]) -> str:
    """
    Return ``"; did you mean 'rabi'? (known: rabi, t1)"``, or only the known names when none is near.

    Args:
        wrong: What was written.
        known: The names that would have been right.
    """
    names = sorted(known)
    near = difflib.get_close_matches(wrong.lower(), [name.lower() for name in names], n=1, cutoff=0.6)
    # A name cut short: qubits for physical_qubits.
    near = near or [name.lower() for name in sorted(names, key=len) if len(wrong) > 3 and wrong.lower() in name.lower()]
    hint = next((f"; did you mean {name!r}?" for name in names if near and name.lower() == near[0]), "")
    return f"{hint} (known: {', '.join(names) or 'none'})"
