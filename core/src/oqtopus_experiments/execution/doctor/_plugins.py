"""Whether the plugins work together."""

from __future__ import annotations

from collections.abc import Iterator

from oqtopus_experiments.errors import PluginError
from oqtopus_experiments.execution.doctor._finding import Finding, ok, problem, warning
from oqtopus_experiments.plugins._plugin import KINDS, Kind
from oqtopus_experiments.plugins._registry import PluginRegistry


def plugins(registry: PluginRegistry) -> Iterator[Finding]:
    """Yield which plugins could not be loaded, and why; imports all."""
    lost = [plugin for plugin in registry.report() if plugin.is_lost]
    for plugin in lost:
        step = "`oqx --debug plugins` shows more; tell its author, or uninstall it"
        told = "install what it names, or uninstall it" if plugin.status == "incompatible" else step
        yield problem("plugins", f"{plugin} is {plugin.status}: {plugin.reason}", told)
    for plugin in registry.plugins:
        if plugin.status == "disabled":
            yield warning(
                "plugins", f"{plugin} is disabled", "take it out of OQX_DISABLE_PLUGINS or oqx.toml to use it"
            )
    if not lost:
        loaded = [plugin.entry_point for plugin in registry.plugins if plugin.status == "loaded"]
        yield ok("plugins", f"{len(loaded)} loaded: {', '.join(loaded) or 'none'}")


def names(registry: PluginRegistry) -> Iterator[Finding]:
    """Yield which names two distributions provide, and for what there is no default."""
    clashes = [
        (kind, name, found) for kind in KINDS for name, found in registry.classes(kind).items() if len(found) > 1
    ]
    for kind, name, found in clashes:
        providers = " and ".join(str(plugin) for _, plugin in found)
        prefer = f'[plugins] prefer = {{ {name} = "{found[0][1].distribution}" }} in oqx.toml'
        yield problem("names", f"{kind} {name!r} is provided by {providers}", f"{prefer}, or uninstall one")
    if not clashes:
        yield ok("names", "no two plugins provide one name")
    kinds: tuple[Kind, ...] = ("backend", "analyzer")
    for kind in kinds:
        try:
            yield ok("names", f"default {kind}: {registry.default(kind)}")
        except PluginError as error:
            yield warning("names", str(error), f'say which in each run file, {kind} = "NAME"')
