"""Importing the module of a plugin costs next to nothing: `oqx list` imports them all."""

from __future__ import annotations

import sys
from collections import Counter
from typing import Any

from oqtopus_experiments.contracts.subject import Subject
from oqtopus_experiments.plugins._registry import registry
from oqtopus_experiments.testing.check import NotConforming
from oqtopus_experiments.testing.elsewhere import answer, importable, root_of
from oqtopus_experiments.testing.heavy import HEAVY, MOST

CODE = """
import json, sys
given = json.load(sys.stdin)
sys.path[:] = given["path"]
import oqtopus_experiments
for name in oqtopus_experiments.__all__:
    getattr(oqtopus_experiments, name)
before = set(sys.modules)
__import__(given["module"])
sys.stdout.write("\\n" + json.dumps(sorted(set(sys.modules) - before)))
"""


def it_is_cheap_to_import(subject: Subject) -> None:
    """In a fresh process, importing it loads no heavy library and hardly anything that core has not loaded already."""
    cls: type[Any] = type(subject.verified)
    plugin = registry().provider(cls)
    module, _ = importable(cls)
    given = {"path": [*sys.path, str(root_of(module))], "module": plugin.module if plugin else module}
    loaded = Counter(name.partition(".")[0] for name in answer(CODE, given))
    found = sorted(set(HEAVY) & loaded.keys())
    if found:
        message = f"importing {given['module']} imports {', '.join(found)}: import it inside the function that needs it"
        raise NotConforming(message)
    foreign = {name: count for name, count in loaded.items() if name not in sys.stdlib_module_names and name != module}
    foreign.pop(module.partition(".")[0], None)
    if sum(foreign.values()) > MOST:
        most = max(foreign, key=lambda name: foreign[name])
        message = f"importing {given['module']} loads {sum(foreign.values())} other modules, most of them of {most}"
        raise NotConforming(message)
