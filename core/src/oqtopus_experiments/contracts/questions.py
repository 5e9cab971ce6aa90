"""Questions to a person: a backend asks, and whoever runs it may answer. Nobody there means no."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from contextvars import ContextVar
from typing import TypeAlias

Answer: TypeAlias = Callable[[str], bool]


def _nobody(_: str) -> bool:
    return False


_answer: ContextVar[Answer] = ContextVar("answer", default=_nobody)


def agreed(question: str) -> bool:
    """Return whether a person was asked and said yes."""
    return _answer.get()(question)


@contextlib.contextmanager
def answered_by(answer: Answer) -> Iterator[None]:
    """
    Let questions be answered by a function while this lasts, as the command line does on a terminal.

    Nobody is asked a question twice, however often it comes up: what was answered holds while this lasts.
    """
    given: dict[str, bool] = {}

    def remembered(question: str) -> bool:
        if question not in given:
            given[question] = answer(question)
        return given[question]

    token = _answer.set(remembered)
    try:
        yield
    finally:
        _answer.reset(token)
