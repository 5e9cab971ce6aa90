"""One plugin: where it comes from, what became of it, and what it gives once its module is found sound."""

from __future__ import annotations

from typing import Any, Literal, TypeAlias

from attrs import define, field

from oqtopus_experiments.plugins._blame import line_of_author, package_of, quoted
from oqtopus_experiments.plugins._compatibility import Compatibility
from oqtopus_experiments.plugins._hooks import Hook, hooks_of
from oqtopus_experiments.plugins._soundness import check_classes

Kind: TypeAlias = Literal["experiment", "backend", "analyzer", "mitigation", "executor"]
KINDS: tuple[Kind, ...] = ("experiment", "backend", "analyzer", "mitigation", "executor")
Status: TypeAlias = Literal["not loaded", "loaded", "disabled", "broken", "incompatible"]


@define
class Plugin:
    """One entry point and what became of it."""

    entry_point: str
    module: str
    distribution: str
    version: str
    status: Status = "not loaded"
    reason: str = ""
    compatibility: Compatibility = field(factory=Compatibility)
    provides: dict[Kind, list[type[Any]]] = field(factory=lambda: {kind: [] for kind in KINDS})
    hooks: tuple[Hook, ...] = field(default=(), repr=False)

    def __str__(self) -> str:
        return f"{self.entry_point!r} of {self.distribution} {self.version}"

    @property
    def is_lost(self) -> bool:
        """Whether it cannot be used although nobody disabled it."""
        return self.status in ("broken", "incompatible")

    @property
    def skipped(self) -> str:
        """Why it is not used, in a sentence."""
        return f"plugin {self} is skipped: {self.reason}"

    def adopt(self, module: Any) -> None:
        """Take over what a module gives, once its hooks and their classes are found sound; otherwise nothing of it."""
        try:
            hooks = hooks_of(module)
            provides: dict[Kind, list[type[Any]]] = {kind: [] for kind in KINDS}
            for kind in KINDS:
                for hook in hooks:
                    if hook.name == f"register_{kind}s":
                        provides[kind] += check_classes(kind, hook({}))
        except (Exception, SystemExit) as error:  # noqa: BLE001  # the hooks are a stranger's code
            self.lose(error)
        else:
            self.status, self.provides, self.hooks = "loaded", provides, hooks

    def lose(self, error: BaseException, what: str = "") -> None:
        """Note why it is broken, with the author's line where one took part."""
        line = line_of_author(error, {package_of(self.module)})
        self.status, self.reason = "broken", f"{what}{quoted(error)}" + (f" ({line})" if line else "")
