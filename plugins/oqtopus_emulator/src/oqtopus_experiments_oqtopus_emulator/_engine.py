"""
What works the jobs off, one at a time: submitted, ready, running, finished.

Every step is one change of the state, so a killed server does no step twice and forgets none. A job that was running
when the server died runs again from its start, with the same random numbers.
"""

from __future__ import annotations

import logging
import random
import threading
import time
from collections.abc import Mapping

import attrs
from attrs import frozen

from oqtopus_experiments_oqtopus_emulator._devices import Device
from oqtopus_experiments_oqtopus_emulator._errors import GATEWAY_FAILED
from oqtopus_experiments_oqtopus_emulator._jobs import Job
from oqtopus_experiments_oqtopus_emulator._limits import MEBIBYTE, Limits
from oqtopus_experiments_oqtopus_emulator._state import State
from oqtopus_experiments_oqtopus_emulator._transpiling import DEFAULT as DEFAULT_TRANSPILER
from oqtopus_experiments_oqtopus_emulator._wire import Answer, Order, Stage
from oqtopus_experiments_oqtopus_emulator._workers import Interrupted, Workers

logger = logging.getLogger(__name__)

BUFFER = 10
"""The engine takes no more jobs than this ahead."""
_PATIENCE = 2.0
"""Seconds a simulation may go on when the server is to end."""


@frozen(kw_only=True)
class Timing:
    """
    How long things take, in seconds.

    Args:
        queue_delay: From submission until a job may run; it is ready after half of that.
        run_time: How long a job occupies the device, on top of its simulation.
    """

    queue_delay: float = 0.0
    run_time: float = 0.0


class Engine:
    """
    The worker thread of the server.

    Args:
        state: Where the jobs are.
        devices: By id, looked up anew for every job.
        timing: How long things take.
        seed: Of the random numbers; None for fresh ones.
        limits: Of what a job may take.
        shuffle: Whether ready jobs run in any order rather than the oldest first.
    """

    def __init__(
        self,
        state: State,
        devices: dict[str, Device],
        timing: Timing,
        seed: int | None,
        *,
        limits: Limits,
        shuffle: bool = False,
    ) -> None:
        self._state = state
        self._devices = devices
        self._timing = timing
        self._seed = seed
        self._shuffle = random.Random(seed) if shuffle else None
        self._workers = Workers(limits)
        self._stored = limits.stored * MEBIBYTE
        self._prepared: dict[str, Mapping[str, bytes]] = {}
        self._new = threading.Event()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._loop, name="engine", daemon=True)

    def start(self) -> None:
        """Begin to work."""
        self._workers.warm()
        self._thread.start()

    def stop(self) -> None:
        """End, within seconds. A job that has not finished by then runs again after a restart."""
        self._stopping.set()
        self._new.set()
        if self._thread.is_alive():
            self._thread.join(_PATIENCE)
        self._workers.interrupt()
        if self._thread.is_alive():
            self._thread.join()

    def wake(self) -> None:
        """Tell that there is a new job."""
        self._new.set()

    def _loop(self) -> None:
        try:
            self._work()
        except Interrupted:
            logger.info("the job that was running runs again when the server is started again")

    def _work(self) -> None:
        for job in self._state.with_status("running"):  # interrupted when the server was killed
            if not _hangs(job):
                self._finish(job)
        while not self._stopping.is_set():
            self._new.clear()
            if not self._step():
                waiting = self._state.with_status("submitted", 1) or self._state.with_status("ready", 1)
                self._new.wait(0.005 if waiting else None)

    def _step(self) -> bool:
        """Do what is due; return whether anything was."""
        now = time.time()
        ready = self._state.with_status("ready")
        taken = False
        for job in self._state.with_status("submitted", max(0, BUFFER - len(ready))):
            if (job.submitted or 0) + self._timing.queue_delay / 2 <= now:
                self._take(job)
                taken = True
        due = [job for job in ready if (job.submitted or 0) + self._timing.queue_delay <= now]
        if not due:
            return taken
        running = self._begin(self._shuffle.choice(due) if self._shuffle else due[0])
        if running is not None and not _hangs(running):
            self._finish(running)
        return True

    def advance(self, job_id: str) -> None:
        """Bring one job one state further, for tests that go step by step."""
        job = self._state.job(job_id)
        if job is None:
            raise KeyError(job_id)
        if job.status == "submitted":
            self._take(job)
        elif job.status == "ready":
            self._begin(job)
        elif job.status == "running":
            self._finish(job)

    def _take(self, job: Job) -> None:
        self._change(job, attrs.evolve(job, status="ready", ready=time.time()))

    def _begin(self, job: Job) -> Job | None:
        """Do all that happens before a job runs; None when it failed or was cancelled."""
        told = attrs.evolve(job, transpiler_info=job.transpiler_info or DEFAULT_TRANSPILER)
        answer = self._ask("prepare", told)
        if answer.failure is not None:
            self._fail(job if answer.unread else told, answer)
            return None
        running = attrs.evolve(told, status="running", running=time.time())
        if not self._change(job, running):
            return None
        self._prepared[job.job_id] = answer.files
        return running

    def _finish(self, job: Job) -> None:
        """Run a job on its device. What a cancelled job returns is lost."""
        if self._stopping.wait(self._timing.run_time + job.outcome_seconds):
            return
        self._state.count(job.job_id, "runs")
        answer = self._run(job)
        if answer.failure is not None:
            self._fail(job, answer)
            return
        if job.outcome == "cancel":
            self._change(job, attrs.evolve(job, status="cancelled"))
            return
        done = attrs.evolve(
            job, status="succeeded", ended=time.time(), execution_time=answer.seconds, message="job is succeeded"
        )
        self._end(job, done, answer.files)

    def _run(self, job: Job) -> Answer:
        files = self._prepared.pop(job.job_id, None)
        if files is None:  # the server was killed after it had begun
            prepared = self._ask("prepare", job)
            if prepared.failure is not None:
                return prepared
            files = prepared.files
        if job.outcome == "fail":
            return Answer(files=files, failure=GATEWAY_FAILED, cause="a fault that was asked for")
        return self._ask("run", job).after(files)

    def _ask(self, stage: Stage, job: Job) -> Answer:
        content = self._state.get(f"{job.job_id}/input.zip") or b""
        return self._workers.work(
            Order(stage=stage, job=job, content=content, device=self._device(job), seed=self._seed)
        )

    def _fail(self, job: Job, answer: Answer) -> None:
        """End a job as failed; what was made before, such as its transpiled program, is its user's all the same."""
        logger.info("job %s failed: %s", job.job_id, answer.cause)
        self._end(job, attrs.evolve(job, status="failed", ended=time.time(), message=answer.failure), answer.files)

    def _end(self, job: Job, ended: Job, files: Mapping[str, bytes]) -> None:
        if files and self._state.stored() + sum(map(len, files.values())) > self._stored:
            message = f"the emulator stores no more than {self._stored} bytes; delete jobs to make room"
            ended = attrs.evolve(ended, status="failed", execution_time=None, message=message)
            files = {}
        with self._state.transaction():
            if self._change(job, attrs.evolve(ended, files=tuple(files))):
                for name, content in files.items():
                    self._state.put(f"{job.job_id}/{name}.zip", content)

    def _change(self, job: Job, changed: Job) -> bool:
        """Write a job unless its user changed its status meanwhile; return whether it was written."""
        with self._state.transaction():
            current = self._state.job(job.job_id)
            if current is None or current.status != job.status:
                return False
            self._state.save(changed)
        logger.info("job %s is %s", job.job_id, changed.status)
        return True

    def _device(self, job: Job) -> Device:
        return self._devices[device_key(job.device_id)]


def _hangs(job: Job) -> bool:
    """Whether a job runs until its user cancels it."""
    return job.outcome == "hang" and not job.outcome_seconds


def device_key(device_id: str) -> str:
    """Return a device id as the database compares it: without case and trailing blanks."""
    return device_id.rstrip().casefold()
