"""
IBM Quantum, in this process.

Only the two names that reach the network are replaced: the client of the service, and the sampler, which runs in the
runtime's local testing mode and leaves its job at the service. What an account does with them is the real thing.
"""

from __future__ import annotations

import warnings
from datetime import datetime, timezone

import pytest
import qiskit_ibm_runtime
from qiskit.primitives import PrimitiveResult
from qiskit.providers.exceptions import QiskitBackendNotFoundError
from qiskit_ibm_runtime.accounts import AccountNotFoundError
from qiskit_ibm_runtime.exceptions import RuntimeInvalidStateError, RuntimeJobNotFound
from qiskit_ibm_runtime.execution_span import ExecutionSpans, SliceSpan
from qiskit_ibm_runtime.fake_provider import FakeManilaV2

from oqtopus_experiments_qiskit import QiskitBackend


class RemoteJob:
    """A job of the service: its results are there once it is let through."""

    def __init__(self, local, number, tags, state, spans):
        self.local, self.tags, self.state, self.spans = local, tags, state, spans
        self.id = f"d4job{number}"

    def job_id(self):
        return self.id

    def status(self):
        return self.state

    def error_message(self):
        return "the fridge is warm" if self.state == "ERROR" else None

    def result(self):
        assert self.state == "DONE"
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # old versions warn of themselves
            result = self.local.result()
        made = [
            SliceSpan(*(datetime.fromtimestamp(t, tz=timezone.utc) for t in times), {i: ((1,), slice(1)) for i in pubs})
            for *times, pubs in self.spans
        ]
        told = {"execution": {"execution_spans": ExecutionSpans(made)}} if made else {}
        return PrimitiveResult(list(result), metadata=told)

    def cancel(self):
        if self.state in ("DONE", "ERROR", "CANCELLED"):
            raise RuntimeInvalidStateError("it has ended")
        self.state = "CANCELLED"


class Ibm:
    """All jobs that were ever submitted, in order, and how new ones are to be."""

    def __init__(self):
        self.jobs = []
        self.states = []
        self.spans = []
        self.dies = ""

    @property
    def circuits(self):
        """How many circuits each job had."""
        return [len(job.local.inputs["pubs"]) for job in self.jobs]

    def let_through(self):
        for job in self.jobs:
            if job.state in ("QUEUED", "RUNNING"):
                job.state = "DONE"


class Killed(BaseException):
    """The process ends here."""


@pytest.fixture
def ibm(monkeypatch):
    cloud = Ibm()
    real = qiskit_ibm_runtime.SamplerV2

    class Client:
        def __init__(self, name=None):
            if name != "lab":
                raise AccountNotFoundError(f"Account with the name {name} does not exist on disk.")

        @staticmethod
        def saved_accounts():
            return {"lab": {"channel": "ibm_quantum_platform", "token": "a secret"}}

        def backend(self, name):
            if name != "fake_manila":
                raise QiskitBackendNotFoundError("No backend matches the criteria.")
            return FakeManilaV2()

        def backends(self):
            return [FakeManilaV2()]

        def job(self, job_id):
            for job in cloud.jobs:
                if job.id == job_id:
                    return job
            raise RuntimeJobNotFound(f"Job not found: {job_id}")

        def jobs(self, limit, job_tags):
            assert limit is None
            return [job for job in cloud.jobs if set(job_tags) <= set(job.tags)]

    class Sampler(real):
        def run(self, pubs, *, shots=None):
            if cloud.dies == "before it is submitted":
                raise Killed
            tags = self.options.environment.job_tags
            state = cloud.states.pop(0) if cloud.states else "DONE"
            cloud.jobs.append(RemoteJob(super().run(pubs, shots=shots), len(cloud.jobs), tags, state, cloud.spans))
            if cloud.dies == "after it was submitted":
                raise Killed
            return cloud.jobs[-1]

    monkeypatch.setattr(qiskit_ibm_runtime, "QiskitRuntimeService", Client)
    monkeypatch.setattr(qiskit_ibm_runtime, "SamplerV2", Sampler)
    return cloud


@pytest.fixture
def account():
    """An account as a new process opens it."""
    return lambda **options: QiskitBackend(device="fake_manila", account="lab", poll_interval=0.01, **options)
