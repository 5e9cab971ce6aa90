"""Whatever code of a plugin does, its user gets one sentence, and its author the line."""

from __future__ import annotations

import subprocess
import sys
import textwrap
from types import ModuleType

import pytest

from oqtopus_experiments import BackendError, ConfigError, PluginFault, construct
from oqtopus_experiments.plugins import _registry as plugins
from oqtopus_experiments.plugins._fence import fence, log_fault

AUTHOR = """
from functools import wraps

class Rabi:
    def circuit(self, delay):
        return helper(delay)

    def sweep(self):
        return 1

    @property
    def signal(self):
        return int("x")

def helper(delay):
    return delay / 0

class Longer(Rabi):
    def __init__(self):
        pass
"""


@pytest.fixture
def author(tmp_path, monkeypatch):
    """Return a module of a package as a stranger may have written it."""
    folder = tmp_path / "my_plugin"
    folder.mkdir()
    (folder / "__init__.py").write_text("")
    (folder / "rabi.py").write_text(AUTHOR)
    monkeypatch.syspath_prepend(tmp_path)
    import my_plugin.rabi

    yield my_plugin.rabi
    for name in ("my_plugin", "my_plugin.rabi"):
        sys.modules.pop(name)


def fault_of(call, *fenced, **how):
    with pytest.raises(PluginFault) as caught, fence(*fenced, **how):
        call()
    return caught.value


def test_an_error_names_class_point_and_the_line_of_the_author_and_keeps_its_traceback(author):
    rabi = author.Rabi()

    fault = fault_of(lambda: rabi.circuit(3), "circuit", author.Rabi, "at point delay = 3 ns")

    assert str(fault) == (
        "module my_plugin.rabi: Rabi.circuit failed at point delay = 3 ns: "
        "ZeroDivisionError: division by zero (my_plugin/rabi.py, line 16)"
    )
    assert isinstance(fault.__cause__, ZeroDivisionError)


def test_the_distribution_is_named_where_the_class_comes_from_one(author, monkeypatch):
    from importlib.metadata import Distribution, EntryPoint

    class Metadata(Distribution):
        def read_text(self, filename):
            return "Name: my-dist\nVersion: 2.5\n" if filename == "METADATA" else None

        def locate_file(self, path):
            return path

    point = EntryPoint("rabi", "my_plugin.rabi", "oqtopus_experiments")._for(Metadata())
    monkeypatch.setattr(plugins, "_current", plugins.PluginRegistry(found=[point]))

    # Not registered itself, but of the same package; and a fault of what a subclass elsewhere inherits is found too.
    inherited = type("Mine", (author.Rabi,), {"__module__": "elsewhere"})

    assert str(fault_of(lambda: 1 / 0, "circuit", author.Rabi)).startswith("distribution my-dist 2.5: Rabi.circuit")
    assert "(my_plugin/rabi.py, line 16)" in str(fault_of(lambda: inherited().circuit(3), "circuit", inherited))


def test_a_library_below_the_author_is_not_blamed(author):
    rabi = author.Rabi()

    fault = fault_of(lambda: textwrap.dedent(rabi), "sweep", author.Rabi)

    assert "textwrap" not in str(fault)


def test_a_function_that_cannot_be_called_is_placed_where_it_is_written(author):
    rabi = author.Rabi()

    missing = fault_of(rabi.circuit, "circuit", author.Rabi)
    surplus = fault_of(lambda: rabi.sweep(4), "sweep", author.Longer)

    assert "missing 1 required positional argument: 'delay' (my_plugin/rabi.py, line 5)" in str(missing)
    assert "(my_plugin/rabi.py, line 8)" in str(surplus)


def test_a_property_is_fenced_like_a_method(author):
    fault = fault_of(lambda: author.Rabi().signal, "signal", author.Rabi)

    assert "Rabi.signal failed: ValueError: invalid literal" in str(fault)
    assert "(my_plugin/rabi.py, line 13)" in str(fault)


def test_a_plugin_does_not_end_the_program_and_a_person_does(author):
    assert "SystemExit: 3" in str(fault_of(lambda: sys.exit(3), "circuit", author.Rabi))
    with pytest.raises(KeyboardInterrupt), fence("circuit", author.Rabi):
        raise KeyboardInterrupt


def test_what_the_contract_of_a_call_allows_passes_as_it_is(author):
    with pytest.raises(BackendError, match="no such device"), fence("submit", author.Rabi, passing=(BackendError,)):
        raise BackendError("no such device")
    assert "BackendError: no such device" in str(
        fault_of(lambda: (_ for _ in ()).throw(BackendError("no such device")), "submit", author.Rabi)
    )


def test_of_two_fences_the_inner_one_speaks(author):
    def inner():
        with fence("circuit", author.Rabi, "at point 1"):
            author.helper(1)

    told = str(fault_of(inner, "analyze", ModuleType("other")))

    assert told.startswith("module my_plugin.rabi: Rabi.circuit failed at point 1: ZeroDivisionError")


def test_where_it_happened_is_only_spelled_out_for_a_fault(author):
    told = []
    with fence("circuit", author.Rabi, lambda: told.append("asked") or "never"):
        pass

    assert told == []
    assert "failed at 5" in str(fault_of(lambda: 1 / 0, "circuit", author.Rabi, lambda: "at 5"))


def test_an_error_whose_text_cannot_be_made_or_has_no_end_is_told_all_the_same(author):
    class RudeError(Exception):
        def __str__(self):
            raise ValueError

    def rude():
        raise RudeError

    def endless():
        raise ValueError("x" * 1_000_000)

    assert "RudeError: its text cannot be made: ValueError" in str(fault_of(rude, "circuit", author.Rabi))
    assert len(str(fault_of(endless, "circuit", author.Rabi))) < 2000


def test_a_fault_that_ends_nothing_is_logged_and_its_traceback_is_kept_for_who_asks(author, caplog):
    fault = fault_of(lambda: author.helper(1), "circuit", author.Rabi)

    with caplog.at_level("DEBUG", logger="oqtopus_experiments.plugins._fence"):
        log_fault(fault)

    warned, traced = caplog.records
    assert (warned.levelname, warned.getMessage(), warned.exc_info) == ("WARNING", str(fault), None)
    assert traced.levelname == "DEBUG"
    assert "in helper" in caplog.text


PROGRAM = """
import sys
from types import ModuleType
from oqtopus_experiments import hookimpl
from oqtopus_experiments.plugins._registry import registry
from author import Broken

module = ModuleType("broken")
module.register_backends = hookimpl(lambda: [Broken])
registry().register(module, "my-dist")
sys.argv = ["oqx", *sys.argv[1:]]
from oqtopus_experiments.cli import program
program()
"""
BROKEN = """
from attrs import frozen
from oqtopus_experiments import Backend, BackendError

@frozen(kw_only=True)
class Broken(Backend):
    name = "broken"
    def submit(self, batch):
        raise NotImplementedError
    def devices(self):
        return [{}["calibration"]]
    def device_info(self, name=None):
        if name == "gone":
            raise BackendError("it is gone")
        return name
"""


def oqx(folder, *arguments):
    """Run the command line in a process of its own, with a plugin of its own."""
    (folder / "program.py").write_text(PROGRAM)
    (folder / "author.py").write_text(BROKEN)
    command = [sys.executable, str(folder / "program.py"), *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


def test_the_command_line_says_one_sentence_and_shows_the_traceback_to_who_asks(tmp_path):
    plain = oqx(tmp_path, "devices", "--backend", "broken")
    traced = oqx(tmp_path, "--debug", "devices", "--backend", "broken")

    sentence = "error: my-dist: Broken.devices failed: KeyError: 'calibration' (author.py, line 11)"
    assert plain.stderr == f"{sentence}; use --debug for the traceback\n"
    assert traced.stderr.startswith(f"{sentence}\nTraceback (most recent call last):")
    assert 'return [{}["calibration"]]' in traced.stderr
    assert plain.returncode == traced.returncode == 1
    assert plain.stdout == traced.stdout == ""


def test_an_answer_that_is_none_is_the_fault_of_its_author_and_a_refusal_is_not(tmp_path):
    wrong = oqx(tmp_path, "device", "bar", "--backend", "broken")
    gone = oqx(tmp_path, "--debug", "device", "gone", "--backend", "broken")

    assert "Broken.device_info failed of device 'bar': TypeError: must return a DeviceInfo, not 'bar'" in wrong.stderr
    assert "(author.py, line 12)" in wrong.stderr
    assert gone.stderr.startswith("error: it is gone\nTraceback")


def test_a_wrong_input_stays_one_and_its_traceback_is_there_for_who_asks(tmp_path):
    plain = oqx(tmp_path, "check", "nowhere.toml")
    traced = oqx(tmp_path, "--debug", "check", "nowhere.toml")

    assert plain.returncode == traced.returncode == 2
    assert "--debug" not in plain.stderr
    assert "Traceback" in traced.stderr


CLASSES = """
import sys
from attrs import field, frozen
from oqtopus_experiments import parameter

@frozen(kw_only=True)
class Late:
    size: int = parameter(3, help="size")

    def __attrs_post_init__(self):
        {}["missing"]

@frozen(kw_only=True)
class Default:
    size: int = field()

    @size.default
    def _size(self):
        return 1 / 0

@frozen(kw_only=True)
class Ending:
    size: int = field(default=3, converter=lambda value: sys.exit(value))

@frozen(kw_only=True)
class Even:
    size: int = field()

    @size.validator
    def _even(self, attribute, value):
        if value % 2:
            raise ValueError("size must be even")
"""


@pytest.fixture
def classes(tmp_path, monkeypatch):
    (tmp_path / "classes.py").write_text(CLASSES)
    monkeypatch.syspath_prepend(tmp_path)
    import classes

    yield classes
    sys.modules.pop("classes")


def test_a_mistake_in_the_making_of_an_object_is_its_authors_and_a_refused_value_is_not(classes):
    for name, told, line in (
        ("Late", "KeyError: 'missing'", 11),
        ("Default", "ZeroDivisionError: division by zero", 19),
        ("Ending", "SystemExit: 3", 23),
    ):
        with pytest.raises(PluginFault) as caught:
            construct(getattr(classes, name), {})
        assert f"{name}.__init__ failed: {told} (classes.py, line {line})" in str(caught.value)
    with pytest.raises(ConfigError, match="size must be even"):
        construct(classes.Even, {"size": 3})
    with pytest.raises(ConfigError, match="size: is required"):
        construct(classes.Even, {})
