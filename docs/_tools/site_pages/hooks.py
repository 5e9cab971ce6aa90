"""The hooks of a plugin, with what each is told and what it returns."""

from __future__ import annotations

import inspect
import textwrap

from oqtopus_experiments.plugins._hooks import specified
from site_pages.markdown import block

_INTRO = """# Hooks

A plugin is a distribution with an entry point in the group `oqtopus_experiments`, whose module has functions marked
with `hookimpl`. It implements those it has something for, and names only the arguments it wants.
"""


def page() -> str:
    """Return the page of all hooks."""
    return "\n".join([_INTRO, *(_section(name) for name in specified())])


def _section(name: str) -> str:
    function = specified_function(name)
    text = inspect.cleandoc(function.__doc__ or "")
    before, found, example = text.partition("::\n")
    if found:
        return f"## `{name}`\n\n{_signature(name)}\n{before}:\n\n{block(textwrap.dedent(example).strip(), 'python')}"
    return f"## `{name}`\n\n{_signature(name)}\n{_with_list(text)}\n"


def specified_function(name: str) -> object:
    """Return the function that specifies a hook."""
    from oqtopus_experiments.contracts import hookspecs

    return vars(hookspecs)[name]


def _signature(name: str) -> str:
    signature = inspect.signature(specified_function(name))  # type: ignore[arg-type]
    arguments = [f"    {one.name}: {one.annotation}," for one in signature.parameters.values()]
    inner = "\n" + "\n".join(arguments) + "\n" if arguments else ""
    return block(f"@hookimpl\ndef {name}({inner}) -> {signature.return_annotation}: ...", "py")


def _with_list(text: str) -> str:
    """Return a docstring whose ``Args:`` are a list."""
    before, found, after = text.partition("Args:\n")
    if not found:
        return text
    items: list[str] = []
    for line in textwrap.dedent(after).splitlines():
        if line.startswith(" ") and items:
            items[-1] += f" {line.strip()}"
        elif line.strip():
            name, _, meaning = line.partition(": ")
            items.append(f"- `{name}`: {meaning}")
    return before + "\n".join(items)
