"""Typed parameters: what is accepted is of the type that was declared, and a secret is shown nowhere."""

from __future__ import annotations

import numpy as np
import pytest
from attrs import frozen

from oqtopus_experiments import ParameterError, ge, le, parameter


@frozen(kw_only=True)
class Options:
    count: int = parameter(5, ge(1), le(10), help="how many")
    scale: float = parameter(1.0, help="how much")
    shown: bool = parameter(False, help="whether")
    mode: int | str = parameter("auto", help="how")
    limit: float | None = parameter(None, ge(0), help="until")
    token: str = parameter("", help="who", secret=True)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("count", True), ("count", 1.0), ("count", "1"), ("count", None), ("count", np.float64(3)),
        ("scale", True), ("scale", np.inf), ("scale", np.nan), ("scale", "1"), ("scale", 10**400), ("scale", None),
        ("shown", 1), ("shown", "true"),
        ("mode", 1.5), ("mode", True), ("mode", None),
        ("limit", -1.0), ("limit", np.nan),
    ],
)  # fmt: skip
def test_what_is_not_of_the_declared_type_is_refused_by_name(field, value):
    with pytest.raises(ParameterError, match=f"'{field}'") as caught:
        Options(**{field: value})

    assert caught.value.field == field


@pytest.mark.parametrize(
    ("field", "value"),
    [("count", np.int64(3)), ("scale", 2), ("scale", np.float32(2)), ("mode", 3), ("mode", "x"), ("limit", None)],
)
def test_what_is_of_the_declared_type_is_kept(field, value):
    assert getattr(Options(**{field: value}), field) == value


@pytest.mark.parametrize("value", [0, 11])
def test_every_limit_holds(value):
    with pytest.raises(ParameterError, match="'count'"):
        Options(count=value)


def test_a_secret_is_neither_in_the_repr_nor_in_an_error():
    hidden = "hunter2"
    assert hidden not in repr(Options(token=hidden))
    with pytest.raises(ParameterError) as caught:
        Options(token=20061)
    assert "20061" not in str(caught.value)
