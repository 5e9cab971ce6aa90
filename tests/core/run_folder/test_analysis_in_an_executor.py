"""Targets analyzed in an executor: the same numbers, whatever becomes of the workers."""

from __future__ import annotations

import contextlib
import json
import logging
import pickle
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from types import ModuleType
from typing import ClassVar

import attrs
import numpy as np
import pytest
from attrs import field, frozen

from oqtopus_experiments import ConfigError, ExecutorProvider, PluginFault, ge, hookimpl, load_run, parameter
from oqtopus_experiments.contracts.measured import measured
from oqtopus_experiments.contracts.part import part
from oqtopus_experiments.execution._executors import opened
from oqtopus_experiments.execution._pieces_of_targets import MOST, PIECES, cut
from oqtopus_experiments.execution._reanalysis import reanalyze
from oqtopus_experiments.plugins._registry import registry


@frozen(kw_only=True)
class Threads(ExecutorProvider):
    """Threads of this process."""

    name: ClassVar[str] = "test-threads"
    width: int = parameter(2, ge(1))

    def open(self):
        return ThreadPoolExecutor(self.width)


@attrs.define(eq=False)
class Recorded(Executor):
    """Works at once, in this thread; what is lost fails as work does whose worker has died."""

    lost: tuple[int, ...] = ()
    refused: int = 10**6
    seen: list[int] = field(factory=list)

    def submit(self, function, /, *arguments):
        if len(self.seen) >= self.refused:
            raise RuntimeError("cannot schedule new futures after shutdown")
        future = Future()
        _, _, dataset = arguments
        self.seen.append(len(dataset.targets))
        if len(self.seen) - 1 in self.lost:
            future.set_exception(BrokenProcessPool("a process in the pool died"))
            return future
        try:
            future.set_result(function(*arguments))
        except PluginFault as error:
            future.set_exception(error)
        return future


@pytest.fixture
def analyzer(mean, monkeypatch):
    """Return an analyzer that says it looks at each target alone."""
    monkeypatch.setattr(mean, "by_target", True)
    return mean


@pytest.fixture
def twenty(write_run, decay, analyzer):
    """Return the folder of a run of twenty targets."""
    plugin = ModuleType("test_threads_plugin")
    plugin.register_executors = hookimpl(specname="register_executors")(lambda: [Threads])
    if Threads.name not in registry().classes("executor"):
        registry().register(plugin)
    return write_run({"decay": decay(physical_qubits=range(20))}).path


@pytest.fixture
def result(twenty):
    return load_run(twenty).results["decay"]


def rows(result, executor=None):
    return result.analyze(executor=executor).to_csv()


def test_pieces_are_all_targets_once_in_their_order():
    for targets in (1, 2, 15, 16, 33, 1000):
        pieces = cut(targets)
        assert [index for piece in pieces for index in piece] == list(range(targets))
        assert max(map(len, pieces)) <= MOST
    assert all(len(cut(targets)) >= PIECES for targets in (PIECES, 20, 100, 1000))


def test_an_executor_gives_the_numbers_that_there_are_without_it(result):
    executor = Recorded()

    assert rows(result, executor) == rows(result)
    assert sum(executor.seen) == 20
    assert len(executor.seen) > 1
    with ThreadPoolExecutor(3) as threads:
        assert rows(result, threads) == rows(result)


def test_an_analyzer_that_does_not_look_at_each_target_alone_is_not_cut(result, analyzer, monkeypatch):
    monkeypatch.setattr(analyzer, "by_target", False)
    executor = Recorded()

    assert rows(result, executor) == rows(result)
    assert executor.seen == []


def test_what_a_lost_worker_had_is_analyzed_here_and_a_line_says_so(result, caplog):
    expected = rows(result)
    with caplog.at_level(logging.WARNING):
        assert rows(result, Recorded(lost=(0, 7))) == expected

    assert "no analysis of 4 of 20 targets (BrokenProcessPool: a process in the pool died)" in caplog.text
    assert "analyzed in this process" in caplog.text


def test_an_executor_that_takes_nothing_more_costs_no_number(result, caplog):
    expected = rows(result)
    with caplog.at_level(logging.WARNING):
        assert rows(result, Recorded(refused=5)) == expected

    assert "no analysis of 10 of 20 targets (RuntimeError: cannot schedule" in caplog.text


@pytest.mark.parametrize("executor", [Recorded(), Recorded(lost=(3,))])
def test_a_fault_of_an_analyzer_is_told_as_without_an_executor(result, analyzer, monkeypatch, executor):
    whole = analyzer.analyze

    def failing(self, experiment, dataset):
        if (7,) in dataset.targets or (3,) in dataset.targets:
            return whole(self, experiment, dataset)[1:]  # one is missing
        return whole(self, experiment, dataset)

    monkeypatch.setattr(analyzer, "analyze", failing)
    with pytest.raises(PluginFault) as alone:
        result.analyses()
    with pytest.raises(PluginFault) as pieces:
        result.analyses(executor=executor)

    assert "19 for 20 targets" in str(alone.value)
    assert str(pieces.value) == str(alone.value)


def test_what_is_no_executor_is_refused_with_what_to_take_of_a_dask_client(result):
    class Client:
        """Has a submit, as Dask's has, that is another."""

        def submit(self, function, *arguments):
            raise AssertionError

    with pytest.raises(ConfigError, match=r"of a Dask Client take client\.get_executor\(\)"):
        result.analyze(executor=Client())


def test_an_executor_of_a_plugin_goes_by_its_name_and_is_closed_at_the_end(result):
    assert rows(result, "test-threads") == rows(result)
    with opened("test-threads", {"width": 3}) as executor:
        assert executor.submit(len, "ab").result() == 2
    with pytest.raises(RuntimeError):
        executor.submit(len, "ab")
    with ThreadPoolExecutor(1) as own:
        with opened(own) as executor:
            assert executor is own
        assert own.submit(len, "ab").result() == 2  # whoever opened it closes it


def test_a_plugin_that_opens_something_else_is_told_so():
    @frozen(kw_only=True)
    class Odd(ExecutorProvider):
        name: ClassVar[str] = "odd"
        width: ClassVar[int] = 1

        def open(self):
            return contextlib.nullcontext(4)

    with pytest.raises(PluginFault, match=r"Odd\.open must give a concurrent\.futures\.Executor"), opened(Odd()):
        pass


def test_the_command_line_writes_the_same_files_in_an_executor(twenty, oqx):
    folder = twenty / "decay"
    files = ("analysis.json", "table.csv", "points.csv")
    reanalyze(twenty)
    before = {name: (folder / name).read_bytes() for name in files}
    code, out, _ = oqx("analyze", str(twenty), "--executor", "test-threads", "--set", "executor.width=3")

    assert code == 0, out
    assert {name: (folder / name).read_bytes() for name in files} == before


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--executor", "test-thread"], "did you mean 'test-threads'"),
        (["--executor", "test-threads", "--set", "executor.width=0"], "width"),
        (["--executor", "test-threads", "--set", "executor.wide=2"], "wide"),
    ],
)
def test_an_executor_that_is_not_there_or_refuses_an_option_leaves_the_run_as_it_is(twenty, oqx, arguments, said):
    reanalyze(twenty)
    before = (twenty / "decay/analysis.json").read_bytes()
    code, _, error = oqx("analyze", str(twenty), *arguments)

    assert code == 2
    assert said in error
    assert (twenty / "decay/analysis.json").read_bytes() == before


def test_the_data_of_some_targets_hold_nothing_of_the_others(result):
    dataset = result.dataset
    some = part(dataset, (5, 2))

    assert some.targets == ((5,), (2,))
    assert np.array_equal(some.mean, dataset.mean[[5, 2]])
    for point in range(dataset.sweep.size):
        for new, old in enumerate((5, 2)):
            assert some.outcomes(new, point).probability("1") == dataset.outcomes(old, point).probability("1")
    assert {counts.width for counts in some.counts.values()} == {2}
    apart = attrs.evolve(dataset, counts={}, apart={(0, 5): dataset.counts[0], (0, 1): dataset.counts[0]})
    assert list(part(apart, (4, 5)).apart) == [(0, 1)]


def test_an_experiment_at_the_points_of_its_data_can_be_sent_to_another_process(result):
    loaded = result.experiment
    own = measured(loaded, loaded.sweep())
    again = pickle.loads(pickle.dumps(own))  # noqa: S301  # our own

    assert again.sweep().size == own.sweep().size
    assert again.parameters() == own.parameters()
    assert json.dumps(again.parameters()) == json.dumps(loaded.parameters())
