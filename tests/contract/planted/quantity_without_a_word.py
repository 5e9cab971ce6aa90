"""A bug: a quantity is reported that no docstring mentions."""

from __future__ import annotations

from typing import ClassVar

from attrs import frozen
from planted.sound_decay import Decay

from oqtopus_experiments import hookimpl


@frozen(kw_only=True)
class Wordless(Decay):
    """P(1) after a delay: the `lifetime` and the `amplitude` of its decay."""

    name: ClassVar[str] = "quantity-without-a-word"


@hookimpl
def register_experiments():
    return [Wordless]
