"""The published counts, as tables of counts."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest

HERE = Path(__file__).parent


def content(name):
    return json.loads((HERE / f"data/H2-2_2024_12_06_{name}.json").read_text())


def spam():
    """Per qubit and prepared state: how many shots were read as prepared, and how many were not."""
    told = content("SPAM")
    rows = [
        (state, qubit, outcome, int(count))
        for qubit, states in told["survival"].items()
        for state, right in states.items()
        for outcome, count in ((state, right), ("10"[int(state)], told["shots"] - right))
    ]
    return pd.DataFrame(rows, columns=["state", "target", "outcome", "count"])


def benchmarking(name):
    """Per target, length and sequence: how often the expected outcome came (1), and how often another (0)."""
    told = content(name)
    rows = [
        (length, sequence, target, outcome, count)
        for target, lengths in told["survival"].items()
        for length, sequences in lengths.items()
        for sequence, right in sequences.items()
        for outcome, count in ((1, right), (0, told["shots"] - right))
    ]
    return pd.DataFrame(rows, columns=["length", "sequence", "target", "outcome", "count"])


@pytest.fixture
def published():
    """The tables by name."""
    return {"SPAM": spam(), "SQ_RB": benchmarking("SQ_RB"), "TQ_RB": benchmarking("TQ_RB")}
