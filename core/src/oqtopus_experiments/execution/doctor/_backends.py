"""What is to be known of a backend before a run: where its secrets come from, and whether its device answers."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Sequence
from contextvars import copy_context

import attrs

from oqtopus_experiments.contracts import deadline
from oqtopus_experiments.contracts.backend import Backend
from oqtopus_experiments.contracts.declared_fields import is_secret
from oqtopus_experiments.contracts.nested import has_device
from oqtopus_experiments.contracts.questions import answered_by
from oqtopus_experiments.errors import BackendError, ConfigError, PluginError
from oqtopus_experiments.execution._device_lookup import backends_with_devices
from oqtopus_experiments.execution.doctor._finding import Finding, ok, problem, warning
from oqtopus_experiments.plugins._backend_calls import clock_ahead, credentials as credentials_of, device_info

APART = 10.0
"""Seconds that two clocks may be apart: a service tells whole ones, and its answer takes its time."""
REFUSED = (BackendError, ConfigError, PluginError)


def nobody(_: str) -> bool:
    """Answer a question of a backend with no: whoever asks for a look does not agree to anything."""
    return False


def credentials(backend: Backend | None) -> Iterator[Finding]:
    """
    Yield where the secrets come from, and never what they are.

    Args:
        backend: The one to look at; None for all installed ones that can be made without being told more. That such a
            one has none is no problem: perhaps nobody wants to use it.
    """
    try:
        asked: Sequence[Backend] = [backend] if backend is not None else backends_with_devices()
    except REFUSED as error:
        yield problem("credentials", str(error), "mend it, or name the backend to look at, --backend NAME")
        return
    found = [finding for one in asked for finding in _of_backend(one, needed=backend is not None)]
    yield from found or [ok("credentials", "none are needed")]


def _of_backend(backend: Backend, *, needed: bool) -> Iterator[Finding]:
    name = backend.name
    for option in _given_secrets(backend):
        text = f"{name}: the secret {option!r} stands in an option"
        yield warning("credentials", text, "keep it out of run files: use the environment or a file of your own")
    try:
        with answered_by(nobody):
            told = credentials_of(backend)
    except REFUSED as error:
        yield problem(
            "credentials", f"{name}: {error}", "`oqx --debug doctor` shows more; tell the author of its plugin"
        )
        return
    for one in told:
        if not one.problem:
            goes_to = f", for {one.goes_to}" if one.goes_to else ""
            yield ok("credentials", f"{name}: {one.name} from {one.source or 'an unnamed place'}{goes_to}")
        elif needed:
            yield problem("credentials", f"{name}: {one.name} cannot be used", one.problem)
        else:
            yield warning("credentials", f"{name}: {one.name} cannot be used", f"to use this backend: {one.problem}")


def _given_secrets(backend: Backend) -> list[str]:
    """Return the secret options that are set: their names only."""
    return [f.name for f in attrs.fields(type(backend)) if f.init and is_secret(f) and getattr(backend, f.name)]


def device(backend: Backend, seconds: float) -> Iterator[Finding]:
    """
    Yield whether the device of a backend answers.

    Args:
        backend: Whose device.
        seconds: So long it may take; an answer that comes later is not waited for.
    """
    if not has_device(backend):
        yield ok("device", f"{backend.name} has no device to ask: it runs in this process")
        return
    answers: list[Finding] = []
    asking = threading.Thread(target=copy_context().run, args=(_ask, backend, seconds, answers), daemon=True)
    asking.start()
    asking.join(seconds + deadline.GRACE)
    if answers:
        yield answers[0]
        yield from _clock_of_service(backend)
        return
    text = f"{backend.name} did not answer within {seconds:g} s"
    yield problem("device", text, "look at the network and the address; --timeout waits longer")


def _clock_of_service(backend: Backend) -> Iterator[Finding]:
    """Yield how far the clock here is from that of the service, where the service told it with its answer."""
    try:
        ahead = clock_ahead(backend)
    except REFUSED as error:
        yield problem("clock", f"{backend.name}: {error}", "tell the author of its plugin")
        return
    if ahead is None:
        return
    if abs(ahead) <= APART:
        yield ok("clock", f"{backend.name}: its service has the same time, within {APART:g} s")
    else:
        way = "behind" if ahead > 0 else "ahead of"
        text = f"{backend.name}: the clock here is {abs(ahead):.0f} s {way} that of its service"
        yield warning("clock", text, "set the clock, or let NTP do it: the ages of calibrations would be wrong")


def _ask(backend: Backend, seconds: float, answers: list[Finding]) -> None:
    began = time.monotonic()
    try:
        with deadline.within(seconds), answered_by(nobody):
            summary = device_info(backend).summary
    except REFUSED as error:
        answers.append(
            problem(
                "device",
                f"{backend.name}: {error}",
                "see to what it says, or choose another device: `oqx devices` lists them",
            )
        )
        return
    waiting = "" if summary.queue is None else f", {summary.queue} jobs waiting"
    text = f"{backend.name}: {summary.name} answered in {time.monotonic() - began:.1f} s: {summary.status}{waiting}"
    if summary.status == "available":
        answers.append(ok("device", text))
    else:
        answers.append(warning("device", text, "jobs would wait until it is available; `oqx devices` lists others"))
