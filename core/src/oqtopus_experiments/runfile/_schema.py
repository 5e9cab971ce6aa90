"""
The run file as JSON Schema (draft 2020-12), for the plugins that are installed: editors complete and check it.

What the schema refuses, `load` refuses or does not look at (the options of a backend that is not chosen). The other way
round some mistakes are left to ``oqx check``: what depends on several values, and names of profiles.

What a table holds depends on its ``use``. That is said twice: as alternatives, by which editors complete, and as a
condition, by which validators name the one key that is wrong instead of all that could have been meant.
"""

from __future__ import annotations

from typing import Any

from oqtopus_experiments.contracts.ages import AGE
from oqtopus_experiments.contracts.reserved import TARGETS
from oqtopus_experiments.contracts.targets import HIGHEST
from oqtopus_experiments.plugins._option_schema import Schema, properties, required, summary, table
from oqtopus_experiments.plugins._plugin import KINDS, Kind
from oqtopus_experiments.plugins._registry import registry
from oqtopus_experiments.runfile._config import DEFAULT_SHOTS, MAX_SHOTS
from oqtopus_experiments.runfile._keys import KEYS, names_in

DIALECT = "https://json-schema.org/draft/2020-12/schema"
_TEXT: Schema = {"type": "string", "pattern": r"\S"}
_SHOTS: Schema = {"type": "integer", "minimum": 1, "maximum": MAX_SHOTS}
_QUBIT: Schema = {"type": "integer", "minimum": 0, "maximum": HIGHEST}
_QUBITS: Schema = {"type": "array", "items": _QUBIT, "minItems": 1}
_AGE: Schema = {"type": ["number", "string"], "minimum": 0, "pattern": AGE.pattern}
_TARGETS: dict[str, Schema] = {
    "physical_qubit": {**_QUBIT, "description": "the qubit to measure (default 0)"},
    "physical_qubits": {**_QUBITS, "description": "qubits measured side by side"},
    "targets": {
        "type": "array",
        "items": {"anyOf": [_QUBIT, _QUBITS]},
        "minItems": 1,
        "description": "targets measured side by side, as lists of qubits",
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
        if kind != "mitigation"
    }  # it is named, and has no table of its own
    shapes: dict[str, Schema] = {
        "name": _TEXT,
        "shots": {**_SHOTS, "default": DEFAULT_SHOTS},
        "seed": {"type": "integer", "minimum": 0, "maximum": 2**63 - 1},
        "runs": {**_TEXT, "default": "runs"},
        "backend": _backend(names["backend"]),
        "backends": _profiles(names["backend"]),
        "plugins": table(_keys("[plugins]", _PLUGINS)),
        "experiments": {"type": "array", "minItems": 1, "items": _chosen("experiment", names["experiment"])},
    }
    given = _keys("", shapes)
    return {
        "$schema": DIALECT,
        "title": "Run file of oqtopus-experiments",
        **table(given, ["experiments"]),
        # Without profiles the name of a backend is that of an installed one.
        "if": {"not": {"required": ["backends"]}},
        "then": {"properties": {"backend": {"anyOf": [{"enum": names["backend"]}, {"type": "object"}]}}},
        "$defs": definitions,
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
    analyzer = {"anyOf": [{"enum": names["analyzer"]}, _chosen("analyzer", names["analyzer"])]}
    common = _keys("[[experiments]]", {"use": use, "name": _TEXT, "shots": _SHOTS, "analyzer": analyzer})
    own = properties(cls, leave_out=TARGETS)
    own["mitigation"] |= {"enum": ["", *names["mitigation"]]}
    own["mitigation_max_age"] |= _AGE
    return table({**common, **own, **_TARGETS}, ["use", *required(cls)], summary(cls))


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
