from __future__ import annotations

import contextlib
import importlib.util
import io
import json
import sys
import zipfile
from pathlib import Path

import pytest
import requests
from requests.adapters import BaseAdapter
from requests.structures import CaseInsensitiveDict

from oqtopus_experiments.cli import main
from oqtopus_experiments_oqtopus import OqtopusBackend
from oqtopus_experiments_oqtopus_emulator import Emulator

sys.path.append(str(Path(__file__).parent))  # for the helpers of these tests: pytest imports by path

from small_run import SMALL  # found on that path

RECORDINGS = Path(__file__).parents[1] / "oqtopus_emulator" / "data" / "recordings"


@pytest.fixture(autouse=True)
def _own_home(monkeypatch, tmp_path_factory):
    """No test sees the credentials, or the run folders, of whoever runs it."""
    home = tmp_path_factory.mktemp("home")
    for name in ("OQTOPUS_URL", "OQTOPUS_BASE_URL", "OQTOPUS_API_TOKEN", "OQTOPUS_PROXY", "XDG_CONFIG_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.chdir(home)


@pytest.fixture
def start():
    """Return a function that starts an emulator; all are stopped at the end."""
    with contextlib.ExitStack() as stack:
        yield lambda **options: stack.enter_context(Emulator(**{"seed": 1, **options}))


@pytest.fixture
def backend_for():
    """Return a function that makes a backend of an emulator, impatient enough for tests."""

    def made(emulator, device="anemone", **options):
        options = {"retry_budget": 30.0, "poll_interval": 0.5, **options}
        return OqtopusBackend(device, url=emulator.url, token=emulator.token, **options)

    return made


class Replay(BaseAdapter):
    """
    Recorded exchanges in place of a network: matched on method, path and query, each answer in its turn.

    A poll beyond the last recorded answer sees the last one again.
    """

    def __init__(self, name):
        super().__init__()
        self.exchanges = json.loads((RECORDINGS / f"{name}.json").read_text())
        self.sent = []
        self._turn = {}

    def send(self, request, **_):
        self.sent.append(request)
        path, _, _ = request.url.partition("example")[2].partition("?")
        fits = [e for e in self.exchanges if e["request"]["method"] == request.method and e["request"]["path"] == path]
        assert fits, f"{request.method} {path} was never recorded"
        key = (request.method, path)
        turn = self._turn.get(key, 0)
        self._turn[key] = turn + 1
        return _response(request, fits[min(turn, len(fits) - 1)]["response"])

    def close(self):
        pass


def _response(request, recorded):
    response = requests.Response()
    response.status_code = recorded["status"]
    response.headers = CaseInsensitiveDict(recorded["headers"])
    response.request, response.url = request, request.url
    if "json" in recorded:
        body = json.dumps(recorded["json"]).encode()
    elif "zip_entries" in recorded:
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w") as archive:
            for name, text in recorded["zip_entries"].items():
                archive.writestr(name, text)
        body = buffer.getvalue()
    else:
        body = recorded["text"].encode()
    response.raw = io.BytesIO(body)
    return response


@pytest.fixture
def replay():
    """Return a function that gives a service whose network is a recording."""
    from oqtopus_experiments_oqtopus._credentials import Credentials
    from oqtopus_experiments_oqtopus._service import Service
    from oqtopus_experiments_oqtopus._transport import Transport
    from oqtopus_experiments_oqtopus._waiting import Patience

    def made(name):
        recorded = Replay(name)
        credentials = Credentials("https://user-api.example", "alice.secret")
        return Service(Transport(credentials, 5, 2, adapter=recorded), Patience(20.0)), recorded

    return made


@pytest.fixture
def gateway():
    """Return a function that puts a gateway in front of an emulator, and does with its answers what a test says."""
    with contextlib.ExitStack() as stack:
        yield lambda emulator, *meddle: stack.enter_context(_gateway().Gateway(emulator, *meddle))


def _gateway():
    if "gateway" not in sys.modules:
        spec = importlib.util.spec_from_file_location("gateway", Path(__file__).with_name("gateway.py"))
        sys.modules["gateway"] = module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
    return sys.modules["gateway"]


@pytest.fixture
def oqx(monkeypatch, capsys):
    """Return a function that runs a command line in this process: exit code, output, errors."""

    def ran(*arguments):
        monkeypatch.setattr(sys, "argv", ["oqx", *map(str, arguments)])
        with pytest.raises(SystemExit) as caught:
            main()
        output, errors = capsys.readouterr()
        return caught.value.code or 0, output, errors

    return ran


@pytest.fixture
def account(start, monkeypatch):
    """Return a function that starts an emulator and puts its credentials into the environment."""

    def made(**options):
        emulator = start(**options)
        monkeypatch.setenv("OQTOPUS_URL", emulator.url)
        monkeypatch.setenv("OQTOPUS_API_TOKEN", emulator.token)
        return emulator

    return made


@pytest.fixture
def small(tmp_path):
    file = tmp_path / "small.toml"
    file.write_text(SMALL)
    return file
