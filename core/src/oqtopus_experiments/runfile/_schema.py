"""
The run file as JSON Schema (draft 2020-12), for the plugins that are installed: editors complete and check it.

What the schema refuses, `load` refuses or does not look at (the options of a backend that is not chosen). The other way
round some mistakes are left to ``oqx check``: what depends on several values, and names of profiles.

What a table holds depends on its ``use``. That is said twice: as alternatives, by which editors complete, and as a
condition, by which validators name the one key that is wrong instead of all that could have been meant.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from oqtopus_experiments.contracts.ages import AGE
from oqtopus_experiments.contracts.qubit_ranges import HIGHEST, RANGES
from oqtopus_experiments.contracts.reserved import TARGETS
from oqtopus_experiments.plugins._option_schema import Schema, properties, summary, table
from oqtopus_experiments.plugins._plugin import KINDS, Kind
from oqtopus_experiments.plugins._registry import registry
from oqtopus_experiments.runfile._config import DEFAULT_SHOTS, MAX_SHOTS
from oqtopus_experiments.runfile._keys import KEYS, names_in
from oqtopus_experiments.runfile._sweep import MOST_TIMES

DIALECT = "https://json-schema.org/draft/2020-12/schema"
_TEXT: Schema = {"type": "string", "pattern": r"\S"}
_SHOTS: Schema = {"type": "integer", "minimum": 1, "maximum": MAX_SHOTS}
_QUBIT: Schema = {"type": "integer", "minimum": 0, "maximum": HIGHEST}
_QUBITS: Schema = {"type": "array", "items": _QUBIT, "minItems": 1}
_RANGES: Schema = {"type": "string", "pattern": f"^{RANGES.pattern}$"}
_AGE: Schema = {"type": ["number", "string"], "minimum": 0, "pattern": AGE.pattern}
_VALUES: Schema = {
    "anyOf": [
        {"type": "array", "minItems": 1},
        {"type": "object", "minProperties": 1, "additionalProperties": {"$ref": "#/$defs/values"}},
    ]
}
"""What is swept: a list at its path, which without quotes TOML takes apart into tables."""
_TARGETS: dict[str, Schema] = {
    "physical_qubit": {**_QUBIT, "description": "the qubit to measure (default 0)"},
    "physical_qubits": {"anyOf": [_QUBITS, _RANGES], "description": 'qubits measured side by side: a list, or "0-4"'},
    "targets": {
        "type": "array",
        "items": {"anyOf": [_QUBIT, _QUBITS]},
        "minItems": 1,
        "description": "targets measured side by side, as lists of qubits",
    },
}
_VALUE: Schema = {"type": ["number", "string"]}
_FIT: dict[str, Schema] = {
    "guess": {"type": "object", "additionalProperties": _VALUE},
    "fixed": {"type": "object", "additionalProperties": _VALUE},
    "bounds": {
        "type": "object",
        "additionalProperties": {"type": "array", "items": _VALUE, "minItems": 2, "maxItems": 2},
    },
}
_PLUGINS: dict[str, Schema] = {
    "disable": {"type": "array", "items": {"type": "string"}},
    "prefer": {"type": "object", "additionalProperties": {"type": "string"}},
}


def run_file_schema() -> Schema:
    """
    Return the JSON Schema of a run file.

    Raises:
        PluginError: In strict mode, when a plugin could not be loaded.
    """
    found = {kind: registry().classes(kind) for kind in KINDS}
    names = {kind: list(found[kind]) for kind in KINDS}
    definitions = {
        f"{kind}.{name}": _any(kind, found[kind][name], names)
        for kind in KINDS
        for name in found[kind]
        if kind not in ("mitigation", "executor")
    }  # a mitigation is named, and has no table of its own; an executor is no part of a run file
    shapes: dict[str, Schema] = {
        "name": _TEXT,
        "shots": {**_SHOTS, "default": DEFAULT_SHOTS},
        "seed": {"type": "integer", "minimum": 0, "maximum": 2**63 - 1},
        "runs": {**_TEXT, "default": "runs"},
        "backend": _backend(names["backend"]),
        "backends": _profiles(names["backend"]),
        "defaults": _defaults(
            {name: schema for name, schema in definitions.items() if name.startswith("experiment.")}, names
        ),
        "sweep": {"type": "object", "minProperties": 1, "additionalProperties": {"$ref": "#/$defs/values"}},
        "repeat": _AGE,
        "times": {"type": "integer", "minimum": 1, "maximum": MOST_TIMES},
        "plugins": table(_keys("[plugins]", _PLUGINS)),
        "experiments": {"type": "array", "minItems": 1, "items": _chosen("experiment", names["experiment"])},
    }
    given = _keys("", shapes)
    return {
        "$schema": DIALECT,
        "title": "Run file of oqtopus-experiments",
        **table(given, ["experiments"]),
        # Without profiles of other names the name of a backend is that of an installed one.
        "if": {"properties": {"backends": {"propertyNames": {"enum": names["backend"]}}}},
        "then": {"properties": {"backend": {"anyOf": [{"enum": names["backend"]}, {"type": "object"}]}}},
        "$defs": {**definitions, "values": _VALUES},
    }


def _any(kind: Kind, providers: list[tuple[type[Any], Any]], names: dict[Kind, list[str]]) -> Schema:
    """Return the schema of what is provided under a name; by any of them, while nobody settled which."""
    made = [_definition(kind, cls, names) for cls, _ in providers]
    return made[0] if len(made) == 1 else {"anyOf": made}


def _definition(kind: Kind, cls: type[Any], names: dict[Kind, list[str]]) -> Schema:
    use: Schema = {"const": cls.name, "description": summary(cls)}
    if kind != "experiment":
        # Options may stand in two places, and the name be that of the table: neither place must have all of them.
        return table({"use": use, **properties(cls)}, description=summary(cls))
    fit = table(_keys("[experiments.fit]", _FIT))
    given = {"use": use, "name": _TEXT, "shots": _SHOTS, "analyzer": _analyzer(names), "fit": fit}
    common = _keys("[[experiments]]", given)
    own = properties(cls, leave_out=TARGETS)
    own["mitigation"] |= {"enum": ["", *names["mitigation"]]}
    own["mitigation_max_age"] |= _AGE
    # What must be given may be a default.
    return table({**common, **own, **_TARGETS}, ["use"], summary(cls))


def _analyzer(names: dict[Kind, list[str]]) -> Schema:
    return {"anyOf": [{"enum": names["analyzer"]}, _chosen("analyzer", names["analyzer"])]}


def _defaults(definitions: Mapping[str, Schema], names: dict[Kind, list[str]]) -> Schema:
    """
    Return the schema of what experiments leave unsaid: parameters of any of them, and a table for each kind.

    Args:
        definitions: The schemas of all experiments by their name here; those of two providers have no one table.
        names: What is installed.
    """
    shared = _keys("[defaults]", {"shots": _SHOTS, "analyzer": _analyzer(names)})
    found: dict[str, list[Schema]] = {}
    kinds: dict[str, Schema] = {}
    for definition, schema in definitions.items():
        own = {key: one for key, one in schema.get("properties", {}).items() if key not in ("use", "name", *shared)}
        kinds[definition.removeprefix("experiment.")] = (
            table({**{key: _ref("defaults", key) for key in shared}, **{key: _of(definition, key) for key in own}})
            if own
            else {"type": "object"}
        )
        for key, one in own.items():
            alike = found.setdefault(key, [])
            if one not in [definitions[other]["properties"][key] for other in _definitions_of(alike)]:
                alike.append(_of(definition, key))
    common = {key: refs[0] if len(refs) == 1 else {"anyOf": refs} for key, refs in sorted(found.items())}
    return table({**shared, **common, **kinds})


def _of(definition: str, key: str) -> Schema:
    return {"$ref": f"#/$defs/{definition}/properties/{key}"}


def _ref(*path: str) -> Schema:
    return {"$ref": "#/properties/" + "/properties/".join(path)}


def _definitions_of(refs: Sequence[Schema]) -> list[str]:
    return [ref["$ref"].split("/")[2] for ref in refs]


def _keys(where: str, shapes: dict[str, Schema]) -> dict[str, Schema]:
    """Return the schemas of the keys that are declared for a table, with what its reference says of them."""
    here = [key for key in KEYS if key.table == where]
    told = {key.name: key.help + (f" (default: {key.default})" if key.default else "") for key in here}
    return {name: {"description": told[name], **shapes[name]} for name in names_in(where)}


def _chosen(kind: Kind, names: list[str]) -> Schema:
    """Return the schema of a table whose ``use`` says which of some definitions it follows."""
    conditions = [
        {"if": {"properties": {"use": {"const": name}}}, "then": {"$ref": f"#/$defs/{kind}.{name}"}} for name in names
    ]
    return {
        "type": "object",
        "properties": {"use": {"enum": names, "description": f"which {kind}, as `oqx list` names it"}},
        "required": ["use"],
        "discriminator": {"propertyName": "use"},
        "oneOf": [{"$ref": f"#/$defs/{kind}.{name}"} for name in names],
        "allOf": conditions,
    }


def _backend(names: list[str]) -> Schema:
    inline = {"anyOf": [*(_of_backend(name) for name in names), _elsewhere(names)]}
    named = {"anyOf": [{"enum": names}, {"type": "string"}]}
    return {"anyOf": [named, inline]}


def _of_backend(name: str) -> Schema:
    return {"allOf": [{"$ref": f"#/$defs/backend.{name}"}, {"required": ["use"]}]}


def _elsewhere(names: list[str]) -> Schema:
    """Return the schema of a table that uses something else than an installed backend."""
    return {"type": "object", "required": ["use"], "properties": {"use": {"type": "string", "not": {"enum": names}}}}


def _profiles(names: list[str]) -> Schema:
    anything = {"anyOf": [*(_of_backend(name) for name in names), _elsewhere(names), {"not": {"required": ["use"]}}]}
    by_name = {
        name: {
            "type": "object",
            "anyOf": [{"$ref": f"#/$defs/backend.{name}"}, {**anything, "required": ["use"]}],
            "if": {"properties": {"use": {"const": name}}},
            "then": {"$ref": f"#/$defs/backend.{name}"},
        }
        for name in names
    }
    return {
        "type": "object",
        "properties": by_name,
        "additionalProperties": {"type": "object", **anything},
    }
