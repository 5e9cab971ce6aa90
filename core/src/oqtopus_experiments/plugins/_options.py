"""From plain values, as a run file holds them, to experiments, backends and analyzers: one cattrs converter."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cache
from types import UnionType
from typing import Any, TypeAlias, TypeVar, Union, get_args, get_origin

import attrs
import cattrs
from cattrs.errors import (
    AttributeValidationNote,
    ClassValidationError,
    ForbiddenExtraKeysError,
    IterableValidationError,
    IterableValidationNote,
)
from cattrs.gen import make_dict_structure_fn, override

from oqtopus_experiments.contracts.declared_fields import is_converted, is_per_target, unit_of
from oqtopus_experiments.contracts.whole_numbers import as_float
from oqtopus_experiments.errors import BackendError, ConfigError, ParameterError, StoreError
from oqtopus_experiments.plugins._fence import fence
from oqtopus_experiments.support._suggestions import suggest

T = TypeVar("T")
Path: TypeAlias = tuple[str | int, ...]


def construct(cls: type[T], options: Mapping[str, Any]) -> T:
    """
    Build an attrs class from plain values: numbers, texts, lists, tables, quantities such as ``"50 us"``.

    Raises:
        ConfigError: For an unknown name, a missing one, a wrong type or a refused value; `path` says where.
        BackendError: When a value names a device that cannot be looked up.
        StoreError: When a value names a file that is not what it should be.
        PluginFault: When code of the class fails otherwise.
    """
    # An option may be a class itself, whose table a run file gives.
    if not isinstance(options, Mapping):
        message = f"must be a table of options, not {options!r:.60}"
        raise ConfigError(message)
    with fence("__init__", cls, passing=(ConfigError, BackendError, StoreError)):
        try:
            return converter().structure(dict(options), cls)
        except ClassValidationError as group:
            path, message = next(_leaves(group, cls, ()))
            raise ConfigError(message, path=".".join(map(str, path))) from group


@cache
def converter() -> cattrs.Converter:
    """Return the one converter: strict about types, quantities by unit, no unknown keys."""
    made = cattrs.Converter(forbid_extra_keys=True, prefer_attrib_converters=True)
    # The constructor checks types (`parameter`), so values pass as they are: cattrs would turn 1.7 and true into 1.
    for simple in (int, bool, str):
        made.register_structure_hook(simple, _as_is)
    made.register_structure_hook(float, lambda value, _: as_float(value))
    made.register_structure_hook_func(_is_of_simple_ones, _as_is)
    made.register_structure_hook_factory(attrs.has, lambda cls: _structure_attrs(cls, made))
    return made


def _is_of_simple_ones(kind: Any) -> bool:
    """Return whether a type is a union of those whose values a run file holds, as ``int | str | None``."""
    return get_origin(kind) in {Union, UnionType} and set(get_args(kind)) <= {int, float, bool, str, type(None)}


def _as_is(value: Any, _: Any) -> Any:
    return value


def _structure_attrs(cls: type[Any], made: cattrs.Converter) -> Callable[[Any, Any], Any]:
    # A class reads its own parameters, in Python too (`given_values`); left to do are options that are classes.
    hooks = {
        f.name: override(struct_hook=_as_is if unit_of(f) or is_per_target(f) else made.structure)
        for f in attrs.fields(cls)
        if not is_converted(f)
    }
    structure = make_dict_structure_fn(cls, made, _cattrs_forbid_extra_keys=True, **hooks)  # type: ignore[arg-type]

    def checked(value: Any, kind: Any) -> Any:
        if not isinstance(value, Mapping):
            message = f"must be a table of options, not {value!r}"
            raise TypeError(message)
        return structure(value, kind)

    return checked


def _leaves(error: BaseException, cls: type[Any] | None, path: Path) -> Iterator[tuple[Path, str]]:
    """Yield the path and the text of every fault that cattrs collected."""
    if isinstance(error, (ClassValidationError, IterableValidationError)):
        inner_class = error.cl if isinstance(error, ClassValidationError) else cls
        for inner in error.exceptions:
            yield from _leaves(inner, inner_class, (*path, *_notes(inner)))
    elif isinstance(error, ForbiddenExtraKeysError):
        known = [f.name for f in attrs.fields(error.cl) if f.init]
        for name in sorted(error.extra_fields):
            yield (*path, name), f"unknown name{suggest(name, known)}"
    elif isinstance(error, ParameterError):
        yield (*path, error.field), str(error).removeprefix(f"{error.field!r}: ")  # the path names it
    elif isinstance(error, KeyError) and any(isinstance(n, AttributeValidationNote) for n in _all_notes(error)):
        yield path, "is required"
    elif isinstance(error, (ValueError, TypeError)):  # how converters and validators refuse a value
        yield path, str(error)
    else:
        raise error


def _all_notes(error: BaseException) -> list[Any]:
    return getattr(error, "__notes__", [])


def _notes(error: BaseException) -> Path:
    notes = _all_notes(error)
    names = [note.name for note in notes if isinstance(note, AttributeValidationNote)]
    return (*names, *(note.index for note in notes if isinstance(note, IterableValidationNote)))
