"""Options: set from a run file, kept in a run folder, refused by name where they are wrong."""

from __future__ import annotations

import json
from typing import Any, get_args

import attrs
from cattrs.errors import StructureHandlerNotFoundError

from oqtopus_experiments.contracts.backend import Backend
from oqtopus_experiments.contracts.declared_fields import declared_types, is_per_target, is_secret
from oqtopus_experiments.contracts.subject import BackendSubject
from oqtopus_experiments.errors import ConfigError, OqtopusExperimentsError
from oqtopus_experiments.plugins._options import construct, converter
from oqtopus_experiments.testing.check import NotApplicable, NotConforming
from oqtopus_experiments.testing.presupposing import presupposing

_OTHERS: dict[str, tuple[Any, ...]] = {
    "int": (1, 2, 3, 10, 100),
    "float": (0.5, 1.0, 2.0, 10.0, 0.01, 1000.0),
    "bool": (True, False),
    "str": ("verified",),
}
"""Values to try an option with; those that it refuses say nothing."""
_WRONG: dict[str, tuple[Any, ...]] = {
    "int": ("many", True, 1.5),
    "float": ("many", True, float("nan")),
    "bool": ("perhaps", 1),
    "str": ([1], 3, True),
}
_NAMES = ("token", "password", "passwd", "secret", "api_key", "apikey", "credential", "private_key")


def options_of(backend: Backend) -> list[attrs.Attribute[Any]]:
    """Return the options of a backend that are not secret."""
    return [field for field in attrs.fields(type(backend)) if field.init and not is_secret(field)]


def rebuilt(backend: Backend, options: dict[str, Any]) -> Backend:
    """Return a backend from what a run folder keeps of another, its secrets added."""
    secrets = {
        field.alias or field.name: getattr(backend, field.name)
        for field in attrs.fields(type(backend))
        if field.init and is_secret(field)
    }
    return attrs.evolve(construct(type(backend), options), **secrets)


def options_survive_their_configuration(subject: BackendSubject) -> None:
    """A backend that is made again from the configuration in a run folder is the same one."""
    backend = subject.backend
    configuration = backend.configuration()
    try:
        kept = json.loads(json.dumps(configuration, allow_nan=False))
    except (TypeError, ValueError) as error:
        message = f"its configuration is not JSON ({error}): give the option that is not one `parameter(plain=...)`"
        raise NotConforming(message) from error
    again = rebuilt(backend, kept["options"])
    lost = [
        f"{field.name!r} was {getattr(backend, field.name)!r:.60} and became {getattr(again, field.name)!r:.60}"
        for field in options_of(backend)
        if field.eq and getattr(backend, field.name) != getattr(again, field.name)
    ]
    if lost or json.loads(json.dumps(again.configuration())) != kept:
        message = f"made again from its configuration: {'; '.join(lost) or 'the configuration is another'}"
        raise NotConforming(message)


@presupposing(options_survive_their_configuration)
def every_option_can_be_set_from_a_run_file(subject: BackendSubject) -> None:
    """Every value of an option that Python accepts, if it can be written in a run file, is accepted from there, too."""
    backend = subject.backend
    plain = backend.configuration()["options"]
    for field in attrs.fields(type(backend)):
        if not field.init:
            continue
        _check_type(backend, field)
        kinds = declared_types(field) & _OTHERS.keys()
        for value in (value for kind in sorted(kinds) for value in _OTHERS[kind]):
            try:
                meant = attrs.evolve(backend, **{field.alias or field.name: value})
            except (ValueError, TypeError, OqtopusExperimentsError):
                continue  # refused
            try:
                found = rebuilt(meant, {**plain, field.name: value})
            except ConfigError as error:
                message = f"option {field.name!r} takes {value!r} in Python, and not from a run file: {error}"
                raise NotConforming(message) from error
            if getattr(found, field.name) != getattr(meant, field.name):
                message = (
                    f"option {field.name!r} = {value!r} in a run file became {getattr(found, field.name)!r}, "
                    f"in Python {getattr(meant, field.name)!r}"
                )
                raise NotConforming(message)


def _check_type(backend: Backend, field: attrs.Attribute[Any]) -> None:
    if field.converter is not None or is_per_target(field):
        return
    resolved = attrs.fields_dict(attrs.resolve_types(type(backend)))[field.name].type
    if not _is_plain(resolved):
        message = (
            f"no run file can set option {field.name!r}: nothing makes a {field.type} of numbers, texts, lists and "
            "tables. Give it `parameter(converter=..., plain=...)`, or a plain type"
        )
        raise NotConforming(message)


def _is_plain(kind: Any) -> bool:
    """Return whether a run file can hold a value of a type, or what it is made of."""
    inner = get_args(kind)
    without_none = [one for one in inner if one is not type(None)]
    if len(without_none) < len(inner) and len(without_none) == 1:
        return _is_plain(without_none[0])
    try:
        converter().get_structure_hook(kind)
    except StructureHandlerNotFoundError:
        return False
    return all(_is_plain(one) for one in inner if isinstance(one, type))


def a_wrong_option_is_refused_by_name(subject: BackendSubject) -> None:
    """A value of the wrong type, and a name that there is not, are refused from a run file, with the option's name."""
    backend = subject.backend
    plain = backend.configuration()["options"]
    wrong: list[tuple[str, Any]] = [("verified_option", 1)]
    for field in attrs.fields(type(backend)):
        kinds = declared_types(field) - {"None"}
        if field.init and len(kinds) == 1 and not is_per_target(field):
            # A converter may make something of a flag or of a number, but not a number of words.
            values = _WRONG.get(min(kinds), ())
            wrong += [(field.name, value) for value in (values if field.converter is None else values[:1])]
    for name, value in wrong:
        try:
            construct(type(backend), {**plain, name: value})
        except ConfigError as error:
            if name not in str(error):
                message = f"{name} = {value!r} is refused without naming {name!r}: {error}"
                raise NotConforming(message) from error
        else:
            message = f"a run file with {name} = {value!r} is accepted: declare the option with `parameter`"
            raise NotConforming(message)


def an_option_that_holds_a_secret_is_declared_so(subject: BackendSubject) -> None:
    """An option that is called token, password or the like is declared with ``secret=True``."""
    named = [field for field in attrs.fields(type(subject.backend)) if any(part in field.name for part in _NAMES)]
    if not named:
        message = "no option is called token, password or the like"
        raise NotApplicable(message)
    for field in named:
        if field.init and not is_secret(field):
            message = f"option {field.name!r} is shown in every run folder: declare it with parameter(..., secret=True)"
            raise NotConforming(message)
