"""
One plugin registry: finds entry points, loads them lazily, isolates the broken, refuses clashes, explains misses.

Which plugins load is settled before any is imported, from (first wins) the command line, the environment
variable ``OQX_DISABLE_PLUGINS`` (names separated by commas), the ``[plugins]`` table of a run file, and that of
``oqx.toml`` in the current folder::

    [plugins]
    disable = ["slow-plugin"]
    prefer = { rabi = "oqtopus-experiments-rabi" }
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from importlib.metadata import EntryPoint, entry_points
from types import ModuleType
from typing import Any

from oqtopus_experiments.contracts import hookspecs
from oqtopus_experiments.contracts.declared_class import declared_class
from oqtopus_experiments.errors import PluginError
from oqtopus_experiments.plugins._blame import package_of
from oqtopus_experiments.plugins._catalogue import Catalogue, Offer, catalogue_file
from oqtopus_experiments.plugins._compatibility import compatibility
from oqtopus_experiments.plugins._plugin import KINDS, Kind, Plugin
from oqtopus_experiments.plugins._settings import PluginSettings, default_settings
from oqtopus_experiments.support._suggestions import suggest

logger = logging.getLogger(__name__)

DEFAULTS = f"{hookspecs.PROJECT}.defaults"
"""Group of entry points that say which backend or analyzer is used where none is named."""


class PluginRegistry:
    """
    The plugins of one process.

    Args:
        settings: Which plugins load.
        found: Entry points; by default those of the installed distributions.
        defaults: Which names are used where none is given; by default what the installed distributions say.
        catalogue: What is remembered of them; by default nothing.
    """

    def __init__(
        self,
        settings: PluginSettings | None = None,
        found: Iterable[EntryPoint] | None = None,
        defaults: Iterable[EntryPoint] | None = None,
        catalogue: Catalogue | None = None,
    ) -> None:
        self.settings = settings or PluginSettings()
        self._catalogue = catalogue or Catalogue()
        self._plugins: list[tuple[Plugin, EntryPoint | None]] = []
        self._got: dict[tuple[Kind, str], type[Any]] = {}
        # Reading the metadata of all distributions is slow and not cached by Python: do it once.
        for entry in entry_points(group=hookspecs.PROJECT) if found is None else found:
            distribution = entry.dist.name if entry.dist else "an unknown distribution"
            plugin = Plugin(entry.name, entry.value, distribution, entry.dist.version if entry.dist else "")
            plugin.compatibility = compatibility(entry.dist)
            self._plugins.append((plugin, entry))
            if self.settings.disable & {plugin.entry_point, plugin.distribution}:
                plugin.status, plugin.reason = "disabled", "disabled by configuration, flag or environment"
            elif plugin.compatibility.problem:
                plugin.status, plugin.reason = "incompatible", plugin.compatibility.problem
        known = {name for plugin, _ in self._plugins for name in (plugin.entry_point, plugin.distribution)}
        for name in sorted(self.settings.disable - known):
            logger.warning("there is no plugin %r to disable%s", name, suggest(name, known))

        self._defaults = tuple(entry_points(group=DEFAULTS) if defaults is None else defaults)

    def default(self, kind: Kind) -> str:
        """
        Return the name to use where none is given, without importing anything.

        A distribution offers one as an entry point: ``[project.entry-points."oqtopus_experiments.defaults"]`` with
        ``backend = "qulacs"``.

        Raises:
            PluginError: When no installed distribution offers one, or two offer different ones.
        """
        offered = sorted({entry.value for entry in self._defaults if entry.name == kind})
        if len(offered) == 1:
            return offered[0]
        known = f"{', '.join(offered)} are offered" if offered else "no installed distribution offers a default"
        article = "an" if kind[0] in "ae" else "a"
        message = f"name {article} {kind}: {known}; installed: {', '.join(self.classes(kind)) or 'none'}"
        raise PluginError(message)

    def register(self, module: ModuleType, distribution: str = "this process") -> None:
        """
        Add a plugin that is not installed, for a script or a test.

        Raises:
            PluginError: When the module is not a sound plugin.
        """
        plugin = Plugin(module.__name__, module.__name__, distribution, "")
        if any((known.module, known.distribution) == (module.__name__, distribution) for known in self.plugins):
            message = f"plugin {plugin} is registered already"
            raise PluginError(message)
        plugin.adopt(module)
        if plugin.is_lost:
            raise PluginError(plugin.skipped)
        self._plugins.append((plugin, None))
        self._got.clear()  # one of its names may clash with another's

    @property
    def plugins(self) -> tuple[Plugin, ...]:
        """All plugins as they are now; nothing is imported."""
        return tuple(plugin for plugin, _ in self._plugins)

    def report(self) -> list[Plugin]:
        """
        Load everything that may load, and return all plugins with their state.

        Raises:
            PluginError: In strict mode, when one could not be loaded.
        """
        self._load(_every)
        return list(self.plugins)

    def classes(self, kind: Kind) -> dict[str, list[tuple[type[Any], Plugin]]]:
        """Load everything and return every name with its providers: more than one is an unsettled clash."""
        self._load(_every)
        found: dict[str, list[tuple[type[Any], Plugin]]] = {}
        for plugin, _ in self._plugins:
            for cls in plugin.provides[kind]:
                found.setdefault(cls.name, []).append((cls, plugin))
        return {name: self._preferred(name, found[name]) for name in sorted(found)}

    def names(self, kind: Kind) -> list[str]:
        """Return every name there is, importing only those plugins that are not known yet."""
        self._load(_none)
        found = {cls.name for plugin in self.plugins for cls in plugin.provides[kind]}
        for plugin, entry in self._plugins:
            known = self._catalogue.offer(entry) if entry is not None and plugin.status == "not loaded" else None
            found |= {name for name, _ in known.names.get(kind, ())} if known is not None else set()
        return sorted(found)

    def get(self, kind: Kind, name: str) -> type[Any]:
        """
        Return a class by the name a run file uses, importing those plugins that have it or are not known yet.

        Raises:
            PluginError: When there is none (the message lists those there are), or two plugins provide it.
        """
        found = self._got.get((kind, name))
        if found is None:
            found = self._got[kind, name] = self._find(kind, name, lambda cls: bool(cls.name == name))
        return found

    def get_class(self, kind: Kind, class_name: str) -> type[Any]:
        """Return a class by its Python name, as in ``from oqtopus_experiments.experiments import Rabi``."""
        return self._find(kind, class_name, lambda cls: bool(cls.__name__ == class_name))

    def provider(self, cls: type[Any]) -> Plugin | None:
        """Return the plugin that provides a class, or None for a class that no plugin registered."""
        cls = declared_class(cls)
        return next((p for p, _ in self._plugins if any(cls in classes for classes in p.provides.values())), None)

    def author(self, owner: type[Any] | ModuleType) -> Plugin | None:
        """Return the plugin that provides a class, or else the one in whose package a class or module stands."""
        if isinstance(owner, type) and (plugin := self.provider(owner)):
            return plugin
        package = package_of(owner.__module__ if isinstance(owner, type) else owner.__name__)
        return next((plugin for plugin in self.plugins if package_of(plugin.module) == package), None)

    def listeners(self, hook: str) -> list[Plugin]:
        """
        Return the plugins that implement a hook, importing those that do or are not known yet.

        Raises:
            PluginError: In strict mode, when one could not be loaded.
        """
        self._load(lambda offer: hook in offer.hooks)
        return [plugin for plugin in self.plugins if any(each.name == hook for each in plugin.hooks)]

    def _find(self, kind: Kind, name: str, matches: Callable[[type[Any]], bool]) -> type[Any]:
        # Whoever may have the name is asked: whether there is a clash must not depend on what was asked before. All are
        # asked when nobody has it, in case what is remembered is not true any more.
        for chosen in (lambda offer: offer.has(kind, name), _every):
            self._load(chosen)
            found = [(cls, plugin) for plugin in self.plugins for cls in plugin.provides[kind] if matches(cls)]
            found = self._preferred(found[0][0].name, found) if found else []
            if len(found) > 1:
                providers = " and ".join(str(plugin) for _, plugin in found)
                message = (
                    f"{kind} {name!r} is provided by {providers}; settle it in the configuration: "
                    f'[plugins] prefer = {{ {found[0][0].name} = "{found[0][1].distribution}" }}, or uninstall one'
                )
                raise PluginError(message)
            if found:
                return found[0][0]
        raise PluginError(self._miss(kind, name))

    def _preferred(self, name: str, found: list[tuple[type[Any], Plugin]]) -> list[tuple[type[Any], Plugin]]:
        wanted = self.settings.prefer.get(name)
        return [pair for pair in found if pair[1].distribution == wanted] or found

    def _miss(self, kind: Kind, name: str) -> str:
        known = {cls.name for plugin, _ in self._plugins for cls in plugin.provides[kind]}
        message = f"no {kind} {name!r}{suggest(name, known)}"
        named = [plugin for plugin in self.plugins if name in {plugin.entry_point, plugin.distribution}]
        if offered := sorted(cls.name for plugin in named for cls in plugin.provides[kind]):
            return f"{name!r} is a plugin; its {kind} is called {' or '.join(map(repr, offered))}"
        lost = [plugin.skipped for plugin in self.plugins if plugin.is_lost or plugin.status == "disabled"]
        return f"{message}. {'. '.join(lost)}" if lost else f"{message}. Is its plugin installed? See `oqx plugins`"

    def _load(self, chosen: Callable[[Offer], bool]) -> None:
        """Import the plugins of whose offers this is said, and all whose offers are not known."""
        offers: list[tuple[EntryPoint, Offer]] = []
        for plugin, entry in self._plugins:
            if entry is None or plugin.status != "not loaded":
                continue
            known = self._catalogue.offer(entry)
            if known is not None and not chosen(known):
                continue
            try:
                module = entry.load()
            except (Exception, SystemExit) as error:  # noqa: BLE001  # a stranger's module may do anything
                plugin.lose(error, "cannot be imported: ")
            else:
                plugin.adopt(module)
            if not plugin.is_lost:
                offers.append((entry, offer_of(plugin)))
            elif not self.settings.strict:
                logger.warning("%s", plugin.skipped)
        self._catalogue.note(offers)
        if self.settings.strict and (lost := [plugin for plugin in self.plugins if plugin.is_lost]):
            raise PluginError("; ".join(plugin.skipped for plugin in lost))


def offer_of(plugin: Plugin) -> Offer:
    """Return what a loaded plugin offers."""
    names: dict[str, tuple[tuple[str, str], ...]] = {
        kind: tuple((str(cls.name), cls.__name__) for cls in plugin.provides[kind]) for kind in KINDS
    }
    return Offer(names, tuple(sorted({hook.name for hook in plugin.hooks})))


def _every(_: Offer) -> bool:
    return True


def _none(_: Offer) -> bool:
    return False


_current: PluginRegistry | None = None


def registry() -> PluginRegistry:
    """Return the registry of this process, made on first use."""
    global _current  # noqa: PLW0603  # one registry per process; `configure` is the only other writer
    if _current is None:
        _current = PluginRegistry(default_settings(), catalogue=Catalogue(catalogue_file()))
    return _current


def register_plugin(module: ModuleType) -> None:
    """
    Use a plugin that is not installed in this process, for a notebook, a script or a test.

    Raises:
        PluginError: When the module is not a sound plugin, or is registered already.
    """
    registry().register(module)


def configure(settings: PluginSettings) -> PluginRegistry:
    """Start afresh with other settings, as the command line does; classes handed out before stay valid."""
    global _current  # noqa: PLW0603  # as above
    if _current is None or _current.settings != settings:
        _current = PluginRegistry(settings, catalogue=Catalogue(catalogue_file()))
    return _current
