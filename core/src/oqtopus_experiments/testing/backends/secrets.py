"""Secrets: tokens and passwords, of which nothing is ever shown."""

from __future__ import annotations

import base64
import contextlib
import io
import json
import logging
import tempfile
import urllib.parse
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

import attrs
import numpy as np
from attrs import frozen

from oqtopus_experiments.contracts.backend import Backend
from oqtopus_experiments.contracts.declared_fields import declared_types, is_secret
from oqtopus_experiments.contracts.experiment import Declaration
from oqtopus_experiments.contracts.subject import BackendSubject
from oqtopus_experiments.contracts.sweep import Axis, Sweep
from oqtopus_experiments.errors import BackendError, ConfigError, OqtopusExperimentsError
from oqtopus_experiments.execution._submission import submit
from oqtopus_experiments.testing.backends.jobs import a_job_that_there_is_not_is_a_job_error
from oqtopus_experiments.testing.backends.options import an_option_that_holds_a_secret_is_declared_so
from oqtopus_experiments.testing.backends.places import places_of
from oqtopus_experiments.testing.check import NotApplicable, NotConforming
from oqtopus_experiments.testing.presupposing import presupposing

if TYPE_CHECKING:
    from qiskit import QuantumCircuit

PLANTED = "verified-id.verified-9f2c7e41d0b8"
"""What is put into secret options, to be looked for."""


def _secret_fields(backend: Backend) -> list[attrs.Attribute[Any]]:
    return [field for field in attrs.fields(type(backend)) if field.init and is_secret(field)]


def _known(subject: BackendSubject) -> list[str]:
    """Return the secrets that a subject holds already."""
    values = [getattr(subject.backend, field.name) for field in _secret_fields(subject.backend)]
    return [*(value for value in values if isinstance(value, str) and value), *subject.secrets]


def _shown(text: str, secrets: list[str]) -> bool:
    """Return whether a text shows a secret: as it is, as in an address, in base 64, or the part behind its dot."""
    forms = []
    for secret in secrets:
        forms += [secret, urllib.parse.quote(secret, safe=""), base64.b64encode(secret.encode()).decode()]
        forms += [part for part in secret.split(".") if len(part) > 11]  # characters
    return any(form in text for form in forms)


def _check(where: str, text: str, secrets: list[str]) -> None:
    if _shown(text, secrets):
        message = f"{where} shows a secret: whoever reads it can act in the name of its owner"
        raise NotConforming(message)


@presupposing(an_option_that_holds_a_secret_is_declared_so, a_job_that_there_is_not_is_a_job_error)
def a_secret_option_is_not_shown(subject: BackendSubject) -> None:
    """The value of a secret option stands in no repr, configuration, identity, provenance or error."""
    fields = [field for field in _secret_fields(subject.backend) if "str" in declared_types(field)]
    if not fields and not subject.secrets:
        message = "it has no secret option, and the subject names no `secrets`"
        raise NotApplicable(message)
    backend = subject.backend
    for field in fields:
        with contextlib.suppress(ValueError, OqtopusExperimentsError):  # it takes no such text
            backend = attrs.evolve(backend, **{field.alias or field.name: PLANTED})
    secrets = [PLANTED, *_known(subject)]
    asked: dict[str, Callable[[Backend], object]] = {
        "its repr": repr,
        "its configuration": lambda one: json.dumps(one.configuration(), default=repr),
        "its identity": lambda one: one.identity(),
        "its provenance": lambda one: one.provenance(),
        "an error of a job that there is not": lambda one: one.job("verified-no-such-job"),
        "what it says of its device": lambda one: one.device_info(),
    }
    for one in (backend, subject.backend):
        for where, ask in asked.items():
            try:
                text = str(ask(one))
            except (BackendError, ConfigError) as error:  # a token that was made up is refused
                text = f"{error} {error.__cause__}"
            _check(where, text, secrets)
    for field in fields:
        try:
            attrs.evolve(backend, **{field.alias or field.name: (PLANTED,)})
        except (ValueError, TypeError, OqtopusExperimentsError) as error:
            _check(f"the refusal of a wrong {field.name!r}", str(error), [PLANTED])


@frozen(kw_only=True)
class _Flip(Declaration):
    """Reads 0, then 1."""

    name: ClassVar[str] = "verified_flip"

    def sweep(self) -> Sweep:
        """Return two points."""
        return Sweep(Axis("flips", np.arange(2)))

    def circuit(self, flips: int) -> QuantumCircuit:
        """Return as many x as that, and a measurement."""
        from qiskit import QuantumCircuit

        circuit = QuantumCircuit(1, 1)
        for _ in range(int(flips)):
            circuit.x(0)
        circuit.measure(0, 0)
        return circuit


@presupposing(an_option_that_holds_a_secret_is_declared_so, a_secret_option_is_not_shown)
def a_run_shows_no_secret(subject: BackendSubject) -> None:
    """No secret stands in the files of a run, in what is logged on the way, or in what is printed."""
    backend, secrets = subject.backend, _known(subject)
    for field in _secret_fields(backend):
        if getattr(backend, field.name) is None and not backend.queued and "str" in declared_types(field):
            with contextlib.suppress(ValueError, OqtopusExperimentsError):
                backend = attrs.evolve(backend, **{field.alias or field.name: PLANTED})
                secrets.append(PLANTED)
    if not secrets:
        message = "it holds no secret here; where its token is in the environment or in a file, name it in `secrets`"
        raise NotApplicable(message)
    experiment = _Flip(physical_qubit=places_of(subject).qubits[0])
    with tempfile.TemporaryDirectory(prefix="oqx-verify-") as folder:
        with _overheard() as heard:
            result = submit(experiment, backend, 50, runs=folder).result()
            shown = f"{result!r} {dict(result.job_metadata)}"
        _check("what it logs or prints during a run", heard.getvalue(), secrets)
        _check("what a job says of itself", shown, secrets)
        for file in sorted(path for path in Path(folder).rglob("*") if path.is_file()):
            _check(f"{file.name} of the run folder", file.read_text(encoding="utf-8", errors="replace"), secrets)


@contextlib.contextmanager
def _overheard() -> Iterator[io.StringIO]:
    """Hear all that is logged, at every level, warned of and printed."""
    heard = io.StringIO()
    root = logging.getLogger()
    handler, level = logging.StreamHandler(heard), root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    try:
        with contextlib.redirect_stdout(heard), contextlib.redirect_stderr(heard), warnings.catch_warnings():
            logging.captureWarnings(True)
            yield heard
    finally:
        logging.captureWarnings(False)
        root.setLevel(level)
        root.removeHandler(handler)
