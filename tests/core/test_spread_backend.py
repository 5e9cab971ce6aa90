"""A spread backend is the simulator that it spreads in everything else; what its pieces tell is told once."""

from __future__ import annotations

import attrs
import pytest
from attrs import frozen

from oqtopus_experiments import Backend, Batch, Counts, ExecutorProvider
from oqtopus_experiments.spreading import SpreadBackend
from oqtopus_experiments.spreading._errand import SpreadBatch
from oqtopus_experiments.spreading._parcel import Answer

COUNTS = Counts.from_dict({"0": 7}, 1)
ITS_OWN = {
    "submit": "its pieces go to the workers",
    "open": "as every simulator's, by submit",
    "job": "it keeps none",
    "jobs": "as every simulator's, by the journal",
    "cancel": "it keeps no jobs",
    "jobs_for": "a simulated batch is one job",
    "queued": "what is spread is not",
    "configuration": "its own options",
    "twin_of": "of a class, which has no simulator yet",
}


def overridable() -> set[str]:
    """Names of all methods and properties of a backend."""
    kinds = (property, classmethod, type(Backend.submit))
    return {name for name, value in vars(Backend).items() if isinstance(value, kinds) and not name.startswith("_")}


def test_whatever_a_simulator_may_say_otherwise_is_handed_through_or_listed_with_a_reason():
    handed_through = {name for name in vars(SpreadBackend) if name in overridable()} - ITS_OWN.keys()

    assert overridable() - ITS_OWN.keys() == handed_through
    assert ITS_OWN.keys() <= overridable()


@frozen(kw_only=True)
class Recorded(Backend):
    """Remembers what it was asked."""

    name = "toy"
    asked: list = attrs.field(factory=list)

    def submit(self, batch):
        raise NotImplementedError


@frozen(kw_only=True)
class Spread(SpreadBackend):
    name = "spread"

    def provider(self) -> ExecutorProvider:
        raise NotImplementedError


def asked(name):
    """Return a simulator that answers one question with a word of its own."""
    kind = vars(Backend)[name]
    given = {name: property(lambda _: "own") if isinstance(kind, property) else lambda *_: {"own": name}}
    return type("Telling", (Recorded,), given)()


@pytest.mark.parametrize("name", sorted(overridable() - ITS_OWN.keys()))
def test_it_says_what_the_simulator_says(name):
    backend = Spread(inner=asked(name))
    found = getattr(backend, name)
    if callable(found):
        needed = found.__func__.__code__.co_argcount - 1 - len(found.__func__.__defaults__ or ())
        found = found(*[()] * needed)
    if name == "check":
        assert found is None
    else:
        assert found in ("own", {"own": name})


def test_what_pieces_tell_is_told_once_however_many_they_are(fakes):
    batch = SpreadBatch(fakes.Toy(), Batch((None,) * 200, 10, (0,)), lambda: "here")
    for number in range(200):
        batch.unpack(Answer(0.1, [COUNTS], {"device": "toy", "solver": f"v{number % 70}", "sizes": [1, 2]}))

    assert batch.told() == {
        "device": "toy",
        "solver": [f"v{number}" for number in range(70)],
        "sizes": [1, 2],
        "simulator": "toy",
    }
