"""A wrong model is not called good; the laws and the larger table are in tests/benchmarks/wrong_laws.py."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

import numpy as np
import pytest

LAWS = Path(__file__).parents[2] / "benchmarks" / "wrong_laws.py"


@pytest.fixture(scope="module")
def wrong_laws():
    spec = importlib.util.spec_from_file_location("wrong_laws", LAWS)
    sys.modules["wrong_laws"] = module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize(("kind", "seed"), [("t1", 1), ("rabi", 2)])
def test_random_wrong_laws_are_not_called_good_where_the_shots_tell_them_from_the_model(wrong_laws, kind, seed):
    """
    At 1000 shots, laws that the best possible test sees at 5.5 standard errors and that miss by more than a percent.

    Rates: at most 1 % over all, so that a single law or two may pass once in their ten data sets.
    """
    rng = np.random.default_rng(seed)
    found = [wrong_laws.judged(kind, 1000, 10, rng) for _ in range(30)]
    told = [law for law in found if law.noncentrality > 30 and law.size > 0.0125]
    assert len(told) >= 15
    assert np.mean([law.good for law in told]) <= 0.01
