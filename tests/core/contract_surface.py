"""
The surface of the contract: what a plugin can notice of core, drawn from the code, and how two drawings differ.

``contract_surface.json`` beside this file is the drawing of the contract's present version. A test draws it anew: when
the two differ, the version in ``contracts/contract_version.py`` must have moved as far as the difference asks. Then,
and only then, redraw and commit::

    python tests/core/contract_surface.py

While a version has been released to nobody, what is added to it may stay in it: ``--unreleased`` redraws at the same
version. Say so in the commit.
"""

from __future__ import annotations

import enum
import importlib
import inspect
import json
import re
import sys
from functools import cached_property
from pathlib import Path
from types import FunctionType, ModuleType
from typing import Any, get_origin

import attrs

from oqtopus_experiments.contracts.contract_version import CONTRACT, ContractVersion

KEPT = Path(__file__).with_suffix(".json")
PACKAGE = "oqtopus_experiments"
MODULES = (PACKAGE, f"{PACKAGE}.simulation", f"{PACKAGE}.spreading", f"{PACKAGE}.transpilation", f"{PACKAGE}.backends")
OVERRIDDEN = (
    *("Analyzer", "Backend", "Declaration", "ExecutorProvider", "Experiment", "Job", "Journal", "Observer", "Signal"),
)
"""Classes whose methods plugins write and core calls: one more argument is one that a plugin does not take."""


def surface() -> dict[str, Any]:
    """Return what a plugin can notice of this core, as JSON values."""
    from oqtopus_experiments.plugins._hooks import specified

    return {
        "contract": str(CONTRACT),
        "hooks": {name: list(told) for name, told in sorted(specified().items())},
        "names": {
            (f"{module}.{name}").removeprefix(f"{PACKAGE}."): _drawn(getattr(importlib.import_module(module), name))
            for module in MODULES
            for name in _names(importlib.import_module(module))
        },
    }


def _names(module: ModuleType) -> list[str]:
    given = getattr(module, "__all__", None) or [
        name for name, value in vars(module).items() if getattr(value, "__module__", "") == module.__name__
    ]
    return sorted(name for name in given if not name.startswith("_"))


def _drawn(value: Any) -> dict[str, Any]:
    home = value.__name__ if isinstance(value, ModuleType) else getattr(value, "__module__", "")
    if isinstance(value, ModuleType):
        own = {n: v for n, v in vars(value).items() if getattr(v, "__module__", "") == home and not n.startswith("_")}
        return {"kind": "module", "members": {name: _drawn(member) for name, member in sorted(own.items())}}
    if not str(home).startswith(PACKAGE):
        return {"kind": "value", "is": f"{home}.{value.__name__}" if inspect.isroutine(value) else _plain(value)}
    if isinstance(value, type):
        return _class(value)
    return _function(value) if inspect.isroutine(value) else {"kind": "value", "is": _plain(value)}


def _plain(value: Any) -> str:
    if isinstance(value, ContractVersion):
        return type(value).__name__  # that it moves is the point
    plain = isinstance(value, (str, int, float, tuple)) or get_origin(value) is not None
    return str(value) if plain else type(value).__name__


def _class(cls: type[Any]) -> dict[str, Any]:
    drawn: dict[str, Any] = {
        "kind": "class",
        "bases": sorted(base.__name__ for base in cls.__mro__[1:-1] if _is_base(base)),
    }
    if issubclass(cls, enum.Enum):
        return {
            **drawn,
            "members": {name: {"kind": "value", "is": str(m.value)} for name, m in cls.__members__.items()},
        }
    if attrs.has(cls):
        drawn["fields"] = [_field(cls, field) for field in attrs.fields(cls)]
    elif _is_ours(vars(cls).get("__init__")):
        drawn["fields"] = _function(cls.__init__)["arguments"]
    fields = {field.name for field in attrs.fields(cls)} if attrs.has(cls) else set()
    drawn["abstract"] = sorted(getattr(cls, "__abstractmethods__", ()))
    drawn["members"] = {
        name: member
        for name in sorted(dir(cls))
        if not name.startswith("_") and name not in fields and (member := _member(cls, name))
    }
    return drawn


def _member(cls: type[Any], name: str) -> dict[str, Any] | None:
    owner = next(base for base in cls.__mro__ if name in vars(base))
    if not owner.__module__.startswith(PACKAGE):
        return None
    found = vars(owner)[name]
    if isinstance(found, (property, cached_property)):
        asked = found.fget if isinstance(found, property) else found.func
        return {"kind": "property", "returns": _annotation(asked.__annotations__.get("return", ""))}
    function = found.__func__ if isinstance(found, (classmethod, staticmethod)) else found
    if not isinstance(function, FunctionType):
        return {"kind": "attribute", "is": str(owner.__annotations__.get(name, type(found).__name__))}
    bound = not isinstance(found, staticmethod)
    drawn = _function(function, bound=bound)
    overridden = cls.__name__ in OVERRIDDEN and not getattr(function, "__final__", False)
    return {**drawn, "kind": type(found).__name__ if function is not found else "method", "overridden": overridden}


def _function(function: Any, *, bound: bool = False) -> dict[str, Any]:
    signature = inspect.signature(function)
    given = list(signature.parameters.values())[bound or function.__name__ == "__init__" :]
    arguments = [
        {
            "name": one.name,
            "type": _annotation(one.annotation),
            "required": one.default is one.empty and one.kind not in {one.VAR_POSITIONAL, one.VAR_KEYWORD},
            "by": one.kind.description,
        }
        for one in given
    ]
    return {"kind": "function", "arguments": arguments, "returns": _annotation(signature.return_annotation)}


def _field(cls: type[Any], field: attrs.Attribute[Any]) -> dict[str, Any]:
    # As written: the type that attrs keeps becomes another when a converter has been made for the class.
    kind = next(
        base.__annotations__[field.name] for base in cls.__mro__ if field.name in vars(base).get("__annotations__", {})
    )
    by = "keyword-only" if field.kw_only else "positional or keyword"
    required = field.init and field.default is attrs.NOTHING
    return {"name": field.name, "type": _annotation(kind), "required": required, "by": by if field.init else "-"}


def _annotation(kind: Any) -> str:
    if kind is inspect.Parameter.empty or kind is None:
        return ""
    return kind if isinstance(kind, str) else getattr(kind, "__name__", str(kind))


def _is_base(base: type[Any]) -> bool:
    return base.__module__.startswith(PACKAGE) or issubclass(base, (Exception, str))


def _is_ours(function: Any) -> bool:
    return getattr(function, "__module__", "").startswith(PACKAGE)


def changes(old: dict[str, Any], new: dict[str, Any]) -> list[tuple[str, str]]:
    """Return how two surfaces differ: for each difference ``minor`` or ``major``, and a sentence."""
    found = []
    for name in sorted({*old["hooks"], *new["hooks"]}):
        before, after = old["hooks"].get(name), new["hooks"].get(name)
        if before is None or after is None:
            found.append(_gone_or_new(f"hook {name}", before is None))
            continue
        found += [("minor", f"hook {name} is told {one!r}, too") for one in after if one not in before]
        found += [("major", f"hook {name} is not told {one!r} any more") for one in before if one not in after]
    return found + _of_members("", old["names"], new["names"])


def _gone_or_new(what: str, is_new: bool) -> tuple[str, str]:
    return ("minor", f"{what} is new") if is_new else ("major", f"{what} is gone")


def _of_members(where: str, old: dict[str, Any], new: dict[str, Any]) -> list[tuple[str, str]]:
    found = []
    for name in sorted({*old, *new}):
        path = f"{where}.{name}" if where else name
        if name not in old or name not in new:
            found.append(_gone_or_new(path, name not in old))
        elif old[name]["kind"] != new[name]["kind"]:
            found.append(("major", f"{path} was a {old[name]['kind']} and is a {new[name]['kind']}"))
        else:
            found += _of_one(path, old[name], new[name])
    return found


def _of_one(path: str, old: dict[str, Any], new: dict[str, Any]) -> list[tuple[str, str]]:
    found = []
    for key in ("is", "returns"):
        if old.get(key) != new.get(key):
            verb = "gave" if key == "returns" else "was"
            found.append(("major", f"{path} {verb} {old.get(key)} and now {new.get(key)}"))
    found += [
        ("major", f"{path} is no {base} any more") for base in set(old.get("bases", ())) - set(new.get("bases", ()))
    ]
    found += [("minor", f"{path} is a {base}, too") for base in set(new.get("bases", ())) - set(old.get("bases", ()))]
    found += [
        ("major", f"{path}.{name} must be written now")
        for name in set(new.get("abstract", ())) - set(old.get("abstract", ()))
    ]
    found += [
        ("minor", f"{path}.{name} need not be written any more")
        for name in set(old.get("abstract", ())) - set(new.get("abstract", ()))
    ]
    for key in ("arguments", "fields"):
        found += _of_arguments(path, old.get(key, []), new.get(key, []), overridden=new.get("overridden", False))
    return found + _of_members(path, old.get("members", {}), new.get("members", {}))


def _of_arguments(path: str, old: list[Any], new: list[Any], *, overridden: bool) -> list[tuple[str, str]]:
    before, after = ({one["name"]: one for one in some} for some in (old, new))
    found = [("major", f"{path} does not take {name!r} any more") for name in before if name not in after]
    for name, one in after.items():
        if name not in before:
            needed = one["required"] or overridden
            why = (
                ", which what plugins wrote does not take" if overridden else ", which must be given" * one["required"]
            )
            found.append(("major" if needed else "minor", f"{path} takes {name!r}, too{why}"))
            continue
        was = before[name]
        if was["required"] != one["required"]:
            word, size = ("must be given now", "major") if one["required"] else ("may be left out now", "minor")
            found.append((size, f"{name!r} of {path} {word}"))
        if was["by"] != one["by"]:
            found.append(("major", f"{name!r} of {path} was given as {was['by']} and is as {one['by']}"))
        if was["type"] != one["type"]:
            wider = set(was["type"].split(" | ")) < set(one["type"].split(" | ")) and not overridden
            found.append(("minor" if wider else "major", f"{name!r} of {path} was {was['type']} and is {one['type']}"))
    by_position = [[one["name"] for one in some if "positional" in one["by"]] for some in (old, new)]
    kept = [[name for name in names if name in before and name in after] for names in by_position]
    lengths = by_position[1][: len(kept[0])]
    if kept[0] != kept[1] or (kept[0] == by_position[0] and lengths != kept[0]):
        found.append(("major", f"{path} takes what is given by position in another order"))
    return found


def needed(old: str, found: list[tuple[str, str]]) -> str:
    """Return the lowest version that these changes of a surface of an old version ask for."""
    major, minor = map(int, old.split("."))
    sizes = {size for size, _ in found}
    return f"{major + 1}.0" if "major" in sizes else f"{major}.{minor + 1}" if sizes else old


def enough(old: dict[str, Any], new: dict[str, Any]) -> bool:
    """Return whether the version moved as far as the surface did."""
    lowest, now = (
        tuple(map(int, text.split("."))) for text in (needed(old["contract"], changes(old, new)), new["contract"])
    )
    return now >= lowest


def told(old: dict[str, Any], new: dict[str, Any]) -> str:
    """Return what changed and which version it asks for, to whoever changed it."""
    found = changes(old, new)
    lines = [f"  {size}: {sentence}" for size, sentence in sorted(found)]
    return "\n".join(
        [
            f"the contract changed, and is still called {new['contract']}:" if not enough(old, new) else "it changed:",
            *lines,
            f"set CONTRACT in contracts/contract_version.py to {needed(old['contract'], found)} or higher, say in",
            "CHANGELOG.md what plugins notice, then redraw: python tests/core/contract_surface.py",
        ]
    )


def kept() -> dict[str, Any]:
    """Return the surface that is committed."""
    content: dict[str, Any] = json.loads(KEPT.read_text(encoding="utf-8"))
    return content


def main(arguments: list[str]) -> int:
    """Redraw, unless the version has not moved as far as it must."""
    new = surface()
    if KEPT.exists() and "--unreleased" not in arguments and not enough(kept(), new):
        sys.stderr.write(told(kept(), new) + "\n")
        return 1
    text = json.dumps(new, indent=1, sort_keys=True)
    # What holds nothing nested stands on a line, so that a difference is one, too.
    flat = re.sub(
        r'[\[{]\s+(?:"(?:[^"\\]|\\.)*"|[^\[\]{}"])*?\s+[\]}]', lambda found: re.sub(r"\s*\n\s*", " ", found[0]), text
    )
    KEPT.write_text(flat + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
