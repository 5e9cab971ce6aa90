"""
Ways to misbehave, as rules: which requests, what goes wrong, how often.

A rule is written ``TARGET:KIND[:PROBABILITY][,seconds=S][,times=N][,after=N]``, as in ``submit:lost:0.3`` or
``any:429-retry:0.1,seconds=2``. Targets are the endpoints below, ``api``, ``storage`` or ``any``; ``run`` concerns
what becomes of jobs.
"""

from __future__ import annotations

import random
import threading
from collections.abc import Iterable, Sequence

import attrs
from attrs import field, frozen

API = ("devices", "device", "register", "submit", "status", "job", "list", "cancel", "delete")
STORAGE = ("upload", "download", "calibration")
EVERYWHERE = (
    "429", "429-retry", "500", "502", "503", "504",  # refused before anything happened
    "500-after", "502-after", "503-after",  # the effect took place, the answer says otherwise
    "drop", "lost", "cut",  # the connection closes: before the effect, after it, in the middle of the answer
    "slow", "late",  # waits `seconds` before the effect, after it
    "garbage",  # a page of HTML with status 200, as a login portal sends
)  # fmt: skip
AUTHENTICATION = ("401", "401-message", "403", "403-message", "403-gateway", "500-auth")
ONLY: dict[str, Sequence[str]] = {
    "storage": ("expired",),
    "download": ("truncated", "oversized", "two-entries", "no-json", "wrong-counts", "wrong-width"),
    "list": ("short", "empty"),
    "run": ("fail", "cancel", "hang", "shuffle"),
}


def kinds_for(target: str) -> tuple[str, ...]:
    """Return what can go wrong with a target."""
    if target == "run":
        return tuple(ONLY["run"])
    own = ONLY.get(target, ())
    shared = ONLY["storage"] if target in (*STORAGE, "storage", "any") else ()
    login = () if target in (*STORAGE, "storage") else AUTHENTICATION
    return (*EVERYWHERE, *login, *shared, *own, "mix")


@frozen
class Fault:
    """
    One rule.

    Args:
        target: An endpoint, ``api``, ``storage``, ``any``, or ``run`` for jobs.
        kind: What goes wrong; ``mix`` is any of what a client can survive at that endpoint.
        probability: How often, from 0 to 1.
        seconds: How long to wait (``slow``, ``late``, ``hang``), or what ``Retry-After`` says.
        times: At most so often; None without limit.
        after: Not for the first so many requests it could hit.
    """

    target: str
    kind: str
    probability: float = 1.0
    seconds: float = field(default=0.0, kw_only=True)
    times: int | None = field(default=None, kw_only=True)
    after: int = field(default=0, kw_only=True)

    def __attrs_post_init__(self) -> None:
        targets = (*API, *STORAGE, "api", "storage", "any", "run")
        if self.target not in targets:
            message = f"unknown fault target {self.target!r}; there are: {', '.join(targets)}"
            raise ValueError(message)
        if self.kind not in kinds_for(self.target):
            message = f"no fault {self.kind!r} for {self.target!r}; there are: {', '.join(kinds_for(self.target))}"
            raise ValueError(message)
        if not 0 <= self.probability <= 1:
            message = f"the probability of a fault must be from 0 to 1: {self.probability}"
            raise ValueError(message)

    @classmethod
    def parse(cls, text: str) -> Fault:
        """
        Return the rule a text describes, as the module says.

        Raises:
            ValueError: When it describes none.
        """
        rule, *options = text.split(",")
        parts = rule.split(":")
        if len(parts) not in (2, 3):
            message = f"a fault is TARGET:KIND[:PROBABILITY][,seconds=S][,times=N][,after=N], not {text!r}"
            raise ValueError(message)
        fault = cls(parts[0], parts[1], float(parts[2]) if len(parts) == 3 else 1.0)
        for option in options:
            name, _, value = option.partition("=")
            if name == "seconds":
                fault = attrs.evolve(fault, seconds=float(value))
            elif name == "times":
                fault = attrs.evolve(fault, times=int(value))
            elif name == "after":
                fault = attrs.evolve(fault, after=int(value))
            else:
                message = f"unknown option {name!r} of fault {text!r}; there are: seconds, times, after"
                raise ValueError(message)
        return fault

    def __str__(self) -> str:
        options = f",seconds={self.seconds:g}" if self.seconds else ""
        options += "" if self.times is None else f",times={self.times}"
        options += f",after={self.after}" if self.after else ""
        return f"{self.target}:{self.kind}:{self.probability:g}{options}"

    def concerns(self, endpoint: str) -> bool:
        """Whether the rule is about an endpoint."""
        if self.kind not in kinds_for(endpoint):
            return False
        if self.target == "any":
            return endpoint != "run"
        return endpoint in {"api": API, "storage": STORAGE}.get(self.target, (self.target,))


class Chance:
    """
    Decides, request by request, what goes wrong: the first rule that concerns it and whose turn it is.

    Args:
        faults: The rules.
        seed: The same decisions in the same order; None for fresh ones.
    """

    def __init__(self, faults: Iterable[Fault], seed: str | None) -> None:
        self._lock = threading.Lock()
        self._random = random.Random(seed)
        self.replace(faults)

    def replace(self, faults: Iterable[Fault]) -> None:
        """Take other rules from now on."""
        with self._lock:
            self.faults = tuple(faults)
            self._seen = [0] * len(self.faults)
            self._fired = [0] * len(self.faults)

    def draw(self, endpoint: str) -> Fault | None:
        """Return what goes wrong with a request to this endpoint, with ``mix`` resolved; None for nothing."""
        with self._lock:
            for i, fault in enumerate(self.faults):
                if not fault.concerns(endpoint):
                    continue
                self._seen[i] += 1
                due = self._seen[i] > fault.after and (fault.times is None or self._fired[i] < fault.times)
                if due and self._random.random() < fault.probability:
                    self._fired[i] += 1
                    return self._resolved(fault, endpoint)
        return None

    def _resolved(self, fault: Fault, endpoint: str) -> Fault:
        if fault.kind != "mix":
            return fault
        # Refused credentials end a run, so they are not among the transient faults; a wrong list cannot be told from a
        # right one, but a client that asks again finds the rest.
        survivable = [kind for kind in kinds_for(endpoint) if kind not in (*AUTHENTICATION, "mix")]
        return attrs.evolve(fault, target=endpoint, kind=self._random.choice(survivable))
