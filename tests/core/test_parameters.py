"""Typed parameters: what is accepted is of the type that was declared, and a secret is shown nowhere."""

from __future__ import annotations

import attrs
import numpy as np
import pytest
from attrs import frozen

from oqtopus_experiments import ConfigError, ParameterError, PerTarget, ge, le, parameter
from oqtopus_experiments.plugins._options import construct


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
        ("count", True), ("count", 1.5), ("count", "1"), ("count", None), ("count", np.float64(3.5)),
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


@pytest.mark.parametrize("value", [10.0, np.float64(10), np.int64(10)])
def test_a_number_without_a_fraction_is_an_integer_in_python_and_in_files(value):
    for made in (Options(count=value), construct(Options, {"count": value})):
        assert made.count == 10
        assert type(made.count) is int


@pytest.mark.parametrize("value", [1e3, 1000, "1 us", "1000 ns"])
def test_python_reads_what_files_read(value):
    @frozen(kw_only=True)
    class Timed:
        wait: float = parameter(5.0, unit="ns")
        several: tuple[float, ...] = parameter((), unit="ns")
        pulses: tuple[int, ...] = parameter(())
        apart: PerTarget[float] = parameter(1.0, unit="ns", per_target=True)

    options = {"wait": value, "several": [value, 2], "pulses": [1e0, 2], "apart": {0: value}}
    for made in (Timed(**options), construct(Timed, options)):
        assert (made.wait, made.several, made.pulses, made.apart[(0,)]) == (1000.0, (1000.0, 2.0), (1, 2), 1000.0)
        assert [type(one) for one in (made.wait, made.several[1], made.pulses[0])] == [float, float, int]


@pytest.mark.parametrize(("field", "value"), [("count", "3"), ("scale", "1e3"), ("shown", "True")])
def test_a_number_in_quotes_is_told_to_lose_them(field, value):
    with pytest.raises(ParameterError, match="write it without quotes"):
        Options(**{field: value})


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


def test_what_a_list_holds_is_checked_the_second_time_as_the_first():
    """Making a converter for a class turns the text of its annotations into types, which says the same."""
    from oqtopus_experiments.contracts.declared_fields import declared_types

    @frozen(kw_only=True)
    class Lists:
        whole: tuple[int, ...] = parameter((), converter=tuple)
        some: int | float | None = parameter(None)

    before = [declared_types(f) for f in attrs.fields(Lists)]
    for _ in range(2):
        assert construct(Lists, {"whole": [1, 2]}).whole == (1, 2)
        assert construct(Lists, {"some": 2}).some == 2
        with pytest.raises(ConfigError, match="must be a list, of which each is an integer"):
            construct(Lists, {"whole": [1.5]})
    assert [declared_types(f) for f in attrs.fields(Lists)] == before == [{"tuple[int, ...]"}, {"int", "float", "None"}]


@pytest.mark.parametrize(("value", "kept"), [(3, 3), ("3", "3"), (True, True), (2.5, 2.5)])
def test_an_option_of_several_simple_types_is_set_from_a_run_file_as_it_stands_there(value, kept):

    @frozen(kw_only=True)
    class Several:
        mode: int | float | str | bool | None = parameter(None)

    made = construct(Several, {"mode": value}).mode

    assert (made, type(made)) == (kept, type(kept))


def test_what_a_converter_refuses_names_the_parameter_and_shows_no_secret():
    @frozen(kw_only=True)
    class Converted:
        ratio: float = parameter(1.0, converter=float)
        code: int = parameter(1, converter=int, secret=True)

    with pytest.raises(ParameterError, match="'ratio': could not convert string to float: 'many'") as ratio:
        Converted(ratio="many")
    with pytest.raises(ParameterError, match="'code': cannot be what was given") as code:
        Converted(code="sesame")
    with pytest.raises(ConfigError, match="ratio: could not convert"):
        construct(Converted, {"ratio": "many"})

    assert ratio.value.field == "ratio"
    assert code.value.__cause__ is None


@frozen(kw_only=True)
class Timed:
    window: float = parameter(100.0, unit="ns", help="how long")
    ticks: int = parameter(4, unit="ns", help="how many")
    steps: tuple[float, ...] = parameter((), unit="ns", converter=tuple, help="which")
    each: PerTarget[float] = parameter(1.0, unit="GHz", help="of each", per_target=True)
    plain: float = parameter(1.0, help="a pure number")


def test_python_takes_a_quantity_as_a_text_as_a_run_file_does():
    given = {"window": "50 us", "ticks": "2 us", "steps": ["1 us", 20.0], "each": {0: "500 MHz", 1: 2}}
    told = Timed(**given)

    assert (told.window, told.ticks, told.steps) == (50_000.0, 2000, (1000.0, 20.0))
    assert [told.each[(0,)], told.each[(1,)]] == [0.5, 2]
    assert told == construct(Timed, {**given, "each": {"0": "500 MHz", "1": 2}})


@pytest.mark.parametrize(
    ("field", "text", "why"),
    [("window", "5 MHz", "needs one of"), ("window", "soon", "is not a quantity"), ("plain", "3", "a finite number")],
)
def test_a_text_that_is_not_a_quantity_of_the_kind_is_refused_by_name(field, text, why):
    with pytest.raises(ParameterError, match=f"'{field}'.*{why}") as caught:
        Timed(**{field: text})

    assert caught.value.field == field
