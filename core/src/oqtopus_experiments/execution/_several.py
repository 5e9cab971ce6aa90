"""
Several runs in one folder: a sweep or a watch. Each goes through the same pipeline as any run.

They come one after the other; those of a sweep that go to a queue are all submitted before the first is waited for.

Which of them are done, begun or missing is read from the folder when a process takes it up, so that going on after an
interruption is the same as beginning.
"""

from __future__ import annotations

import contextlib
import math
import time
from collections.abc import Callable, Iterator

import attrs
from attrs import define, field

from oqtopus_experiments.contracts.batch import Batch
from oqtopus_experiments.contracts.deadline import Deadline
from oqtopus_experiments.errors import BackendError, CalibrationError, PluginFault
from oqtopus_experiments.execution import _pipeline as pipeline
from oqtopus_experiments.execution._finished_run import FinishedRun, FinishedRuns, stored_run
from oqtopus_experiments.execution._origin import origin_of
from oqtopus_experiments.execution._parent_observer import ParentObserver
from oqtopus_experiments.execution._parent_outputs import Comparing
from oqtopus_experiments.execution._resume import config_of, outcomes_of, reopen
from oqtopus_experiments.execution._submission import by_the_clock, checked
from oqtopus_experiments.execution._timetable import next_of
from oqtopus_experiments.runfile._config import RunConfig, SeveralRuns
from oqtopus_experiments.storage._parent import ParentFolder, ParentManifest, RecordedMember, folder_names
from oqtopus_experiments.storage._run_folder import RunFolder

_GLANCE = 5.0
"""Seconds between looks at the clock while a run is waited for: a computer may sleep, and a clock be set."""


def run_several(
    several: SeveralRuns,
    observer: ParentObserver | None = None,
    *,
    timeout: float | None = None,
    clock: Callable[[], float] = time.time,
) -> FinishedRuns:
    """
    Run all runs of a sweep, or those of a watch as their times come, and compare them.

    Args:
        several: The checked run file.
        observer: Who watches.
        timeout: Seconds until this gives up waiting; `resume_several` goes on.
        clock: The time, seconds since 1970.

    Raises:
        PluginError: When an experiment of any of them is unsound; nothing was submitted.
        BackendError: When a backend cannot run one of them; nothing was submitted.
        StoreError: When the folder cannot be written.
    """
    several = several.each(by_the_clock)
    # The circuits of all at once may need more memory than there is: those of the first, which begins now, are kept.
    first = checked(several.run(0))
    for number in range(1, len(several.members)):
        checked(several.run(number))
    parent = ParentFolder.create(several.first.runs, _manifest(several, clock()))
    return _Going(parent, observer or ParentObserver(), _deadline(timeout), clock, several, {0: first}).to_the_end()


def resume_several(
    parent: ParentFolder,
    observer: ParentObserver | None = None,
    *,
    timeout: float | None = None,
    clock: Callable[[], float] = time.time,
) -> FinishedRuns:
    """
    Go on with a sweep or a watch: finish what was interrupted, then run what has not begun and has its time yet.

    Raises:
        StoreError: When another process works on it, or it does not fit the installed plugins.
        PluginError: When a plugin is not installed.
    """
    return _Going(parent, observer or ParentObserver(), _deadline(timeout), clock).to_the_end()


def _deadline(timeout: float | None) -> Deadline:
    return Deadline(math.inf if timeout is None else time.monotonic() + timeout)


def _manifest(several: SeveralRuns, now: float) -> ParentManifest:
    names = folder_names(several.times)
    if several.kind == "watch":
        manifest = several.first.manifest({})
        members = [RecordedMember(name, manifest) for name in names]
    else:
        members = [
            RecordedMember(name, several.run(number).manifest({}), several.members[number].values)
            for number, name in enumerate(names)
        ]
    origin = origin_of(several.first)
    return ParentManifest(several.first.name, several.kind, tuple(members), origin, now, several.repeat)


@define
class _Going:
    """A sweep or a watch that goes on in this process."""

    parent: ParentFolder
    observer: ParentObserver
    deadline: Deadline
    clock: Callable[[], float]
    several: SeveralRuns | None = None
    checked: dict[int, list[Batch]] = field(factory=dict)
    """Circuits of members by number that were checked just now."""
    done: dict[int, FinishedRun] = field(factory=dict)
    """Members by number that have come to their end, here or earlier."""
    submitted: dict[int, tuple[RunConfig, RunFolder]] = field(factory=dict)
    """Members by number that were submitted here and nobody has waited for yet."""
    refused: set[int] = field(factory=set)
    """Numbers of members that could not begin here."""
    begun: set[int] = field(factory=set)
    """Numbers of members that have begun, or could not, here or earlier."""
    comparing: Comparing = field(init=False)

    @comparing.default
    def _comparing_of_parent(self) -> Comparing:
        return Comparing(self.parent)

    def to_the_end(self) -> FinishedRuns:
        """Go on until nothing is left, or nobody waits any longer."""
        with self.parent.locked():
            self.observer.started(self.parent)
            self.begun |= self._begun_earlier()
            try:
                if self.parent.manifest.kind == "watch":
                    self._finish_begun()
                    self._watch()
                else:
                    self._submit()
                    self._sweep()
            except KeyboardInterrupt:
                self.observer.interrupted(self.parent)
                raise
            self.comparing.write()
        members = tuple(self.done[number] for number in sorted(self.done))
        complete = all(run.complete for run in members) and not self.submitted and self._is_over()
        return FinishedRuns(self.parent.path, members, self.parent.problems(), complete)

    def _finish_begun(self) -> None:
        for number, member in enumerate(self.parent.manifest.members):
            if self._is_there(member):
                self._finish(number, member)

    def _submit(self) -> None:
        """Submit what has not begun and goes to a queue: it is there while the runs before it are waited for."""
        for number, member in enumerate(self.parent.manifest.members):
            if self._stops():
                break
            if not self._is_there(member) and (config := self._config(number, member)).backend.queued:
                watcher = self.observer.member(member)
                with self._costing_no_other(number, member):
                    # Who is waited for builds its circuits again: those of all at once may need too much memory.
                    batches = self.checked.pop(number, None)
                    self.submitted[number] = pipeline.submit(config, watcher, timeout=self._left(), batches=batches)
        if self.submitted:
            self.observer.submitted([self.parent.manifest.members[number] for number in self.submitted])

    def _sweep(self) -> None:
        for number, member in enumerate(self.parent.manifest.members):
            if number in self.submitted:
                # Beyond the deadline what was submitted is left as it is: resuming goes on with it.
                if self.deadline.left() > 0:
                    self._await(number, member)
            elif self._is_there(member):
                self._finish(number, member)
            elif number not in self.refused and not self._stops():
                self._begin(number, member)

    def _await(self, number: int, member: RecordedMember) -> None:
        watcher = self.observer.member(member, going_on=True)
        config, folder = self.submitted[number]
        self.done[number] = pipeline.go_on(config, folder, watcher, timeout=self._left())
        del self.submitted[number]

    def _watch(self) -> None:
        manifest, told = self.parent.manifest, set[int]()
        while not self._stops():
            following = next_of(manifest.started, manifest.repeat, len(manifest.members), self.begun, self.clock())
            if missed := [number for number in following.missed if number not in told]:
                self.observer.missed([manifest.members[number] for number in missed])
                told.update(missed)
            if following.number is None:
                return
            member = manifest.members[following.number]
            if following.wait and self.comparing.behind:
                self.comparing.write()
                continue
            if following.wait:
                self.observer.waiting(member, following.wait)
                if not self._waited(manifest.due(following.number)):
                    return
                continue  # what is next may have changed: a computer that slept has missed some
            # What was missed before is settled now that this one begins.
            self._begin(following.number, member)
            self.comparing.after_a_run()

    def _waited(self, due: float) -> bool:
        """Wait until a time, and return whether it has come; not when nobody waits any longer."""
        while (left := due - self.clock()) > 0:
            if self._stops():
                return False
            time.sleep(min(left, _GLANCE, self.deadline.left()))
        return True

    def _begun_earlier(self) -> set[int]:
        problems = self.parent.problems()
        return {
            number
            for number, member in enumerate(self.parent.manifest.members)
            if member.folder in problems or self._is_there(member)
        }

    def _stops(self) -> bool:
        return self.parent.gate.closed or self.deadline.left() <= 0

    def _is_there(self, member: RecordedMember) -> bool:
        return (self.parent.member(member) / "run.json").is_file()

    def _is_over(self) -> bool:
        manifest = self.parent.manifest
        if manifest.kind == "sweep":
            return all(self._is_there(member) for member in manifest.members)
        following = next_of(manifest.started, manifest.repeat, len(manifest.members), self.begun, self.clock())
        return following.number is None

    def _config(self, number: int, member: RecordedMember) -> RunConfig:
        runs, folder = self.parent.path.parent, f"{self.parent.path.name}/{member.folder}"
        if self.several is not None:  # with what no folder keeps: secrets
            return attrs.evolve(self.several.run(number), runs=runs, folder=folder)
        config = config_of(member.manifest, runs, self.parent.path / "run.json", folder)
        return config.reseeded(number) if self.parent.manifest.kind == "watch" else config

    def _begin(self, number: int, member: RecordedMember) -> None:
        self.begun.add(number)
        watcher = self.observer.member(member)
        with self._costing_no_other(number, member):
            config, batches = self._config(number, member), self.checked.pop(number, None)
            self.done[number] = pipeline.run(config, watcher, timeout=self._left(), batches=batches)

    @contextlib.contextmanager
    def _costing_no_other(self, number: int, member: RecordedMember) -> Iterator[None]:
        """Note why a member could not begin; before it has a folder, nothing of it was submitted."""
        try:
            yield
        except (BackendError, CalibrationError, PluginFault) as error:
            self.refused.add(number)
            self.parent.note_problem(member, str(error))
            self.observer.failed(member, str(error))

    def _finish(self, number: int, member: RecordedMember) -> None:
        """Go on with a member that was interrupted; what is finished is left alone."""
        config, folder = reopen(self.parent.member(member))
        ended = outcomes_of(config, folder)
        if ended is not None and (folder.path / "report.html").is_file():
            self.done[number] = stored_run(folder.path, lost_points=ended[1])
            return
        watcher = self.observer.member(member, going_on=True)
        self.done[number] = pipeline.go_on(config, folder, watcher, timeout=self._left())

    def _left(self) -> float | None:
        return None if self.deadline.until == math.inf else self.deadline.left()
