"""
Run the frozen plugins against this core: ``python drive.py FOLDER_OF_PLUGINS today|gained``.

``gained`` gives every hook one more argument first, as a later minor version may, and registers a plugin
that asks for it. Prints JSON: what became of each plugin, and what was measured.
"""

from __future__ import annotations

import inspect
import json
import sys
from importlib.metadata import entry_points
from types import ModuleType

from oqtopus_experiments import hookimpl, run
from oqtopus_experiments.contracts import hookspecs
from oqtopus_experiments.plugins import _hooks, _registry

RUN_FILE = """\
name = "frozen"
shots = 200
seed = 3
backend = "frozen-queue"
runs = "runs"

[[experiments]]
use = "frozen-ramp"
calibrated = true
"""


def curious(told):
    """Return a plugin of the later version, which asks for what the hooks are told in addition."""
    module = ModuleType("curious")

    def run_finished(weather):
        told.append(weather)

    module.run_finished = hookimpl(run_finished)
    return module


def gain_an_argument():
    """Let every hook be told of the weather, first of all that it is told."""
    for name in _hooks.specified():
        old = getattr(hookspecs, name)

        def gained(**_):
            raise NotImplementedError

        weather = inspect.Parameter("weather", inspect.Parameter.KEYWORD_ONLY)
        kept = [one.replace(kind=weather.kind) for one in inspect.signature(old).parameters.values()]
        gained.__signature__ = inspect.Signature([weather, *kept])
        setattr(hookspecs, name, hookspecs.hookspec(gained))
    _hooks.specified.cache_clear()
    call = _hooks.Hook.__call__
    _hooks.Hook.__call__ = lambda self, values: call(self, {"weather": "fair", **values})


def main(folder, core):
    sys.path.insert(0, folder)
    told = []
    if core == "gained":
        gain_an_argument()
    ours = [point for point in entry_points(group=hookspecs.PROJECT) if point.name.startswith("frozen-")]
    _registry._current = registry = _registry.PluginRegistry(found=ours)
    if core == "gained":
        registry.register(curious(told))
    with open("frozen.toml", "w") as file:  # noqa: PTH123  # as short as it is
        file.write(RUN_FILE)
    done = run("frozen.toml")
    (analysis,) = done["frozen-ramp"].analyses()
    report = {
        "plugins": {plugin.entry_point: [plugin.status, plugin.compatibility.contract] for plugin in registry.report()},
        "quantities": {quantity.name: [quantity.value, quantity.stderr] for quantity in analysis.quantities},
        "verdict": analysis.verdict.level,
        "references": list(done["frozen-ramp"].dataset.reference_names),
        "weather": told,
    }
    sys.stdout.write(json.dumps(report))


if __name__ == "__main__":
    main(*sys.argv[1:])
