"""
The emulator answers every recorded request as the service did, and as the OpenAPI document says.

Tolerated differences, all of them:

1. job ids, which are mapped one to one;
2. times, which must be written alike, and execution times, which must be numbers;
3. in presigned requests: host, bucket, access key, signature and expiry;
4. counts of random outcomes: same shots, and what was frequent is frequent (`_same_counts`);
5. answers of the recording's stand-in for storage (`stand_in`), where only the status is compared.
"""

from __future__ import annotations

import base64
import json
import re
from datetime import datetime
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import attrs
import pytest

from oqtopus_experiments_oqtopus_emulator import Device, Emulator, User
from oqtopus_experiments_oqtopus_emulator._state import State

RECORDINGS = Path(__file__).parent / "data" / "recordings"
USERS = (
    User("alice.secret"),
    User("bob.secret", devices=["qulacs"]),
    User("carol.secret", approved=False),
    User("erin.secret"),
    User("frank.secret"),
)
LIFE = ("registered", "submitted", "ready", "running", "succeeded")
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
BEFORE = {"official_client_sampling": ["submit_twice_400"]}
"""Recordings whose jobs show up in another one."""


def recorded(name):
    return json.loads((RECORDINGS / f"{name}.json").read_text(encoding="utf-8"))


def devices():
    """The devices of the recorded server: qulacs with its recorded calibration, anemone with readout errors of 5 %."""
    exchanges = recorded("device_get")
    info = json.loads(exchanges[2]["response"]["zip_entries"]["device_info.json"])
    listed = {device["device_id"]: device for device in recorded("device_list")[0]["response"]["json"]}
    readout = {"prob_meas1_prep0": 0.02, "prob_meas0_prep1": 0.05, "readout_assignment_error": 0.035}
    qpu = {**info, "qubits": [{**qubit, "meas_error": readout} for qubit in info["qubits"][:3]]}
    qpu["couplings"] = info["couplings"][:2]
    infos = {"qulacs": info, "anemone": qpu, "closed": None}
    members = ("device_id", "device_type", "status", "n_qubits", "calibrated_at", "description")
    return [Device(**{m: listed[name][m] for m in members}, info=infos[name]) for name in listed]


class Replay:
    """One server, and what it takes to follow recordings on it."""

    def __init__(self, connect, emulator, state, documented):
        self.connect, self.emulator, self.state, self.documented = connect, emulator, state, documented
        self.ids: dict[str, str] = {}
        self.presigned: dict[str, dict] = {}
        self.urls: dict[str, str] = {}

    def run(self, name, check):
        for exchange in recorded(name):
            request, response = exchange["request"], exchange["response"]
            if request["path"] == "/devices/qulacs":
                form = "url" if response["json"]["device_info"] else "null"
                self.emulator.set_device("qulacs", info_form=form)
            self.follow(response.get("json"))
            answer = self.send(request)
            self.learn(request, response, answer)
            check(self, exchange, answer)
            if not request["base"].startswith("https://storage"):
                self.documented(request["method"], request["path"], answer)

    def follow(self, document):
        """Let the jobs go as far as the recorded answer shows them."""
        for shown in document if isinstance(document, list) else [document]:
            if not (isinstance(shown, dict) and "job_id" in shown and "status" in shown):
                continue
            job_id = self.ids[shown["job_id"]]
            wanted = "succeeded" if shown["status"] == "failed" else shown["status"]
            while wanted in LIFE:
                status = self.state.job(job_id).status
                if status not in LIFE or LIFE.index(status) >= LIFE.index(wanted):
                    break
                self.emulator.advance(job_id)

    def send(self, request):
        headers = dict(request["headers"])
        client = self.connect(self.emulator)
        if request["base"].startswith("https://storage"):
            if "multipart" in request:
                return self.upload(client, request["multipart"])
            key = request["path"].split("/", 2)[2]
            return client.send(self.urls[self.translated(key)])
        token = headers.pop("q-api-token", None)
        query = "&".join(f"{name}={value}" for name, value in request["query"].items())
        url = self.emulator.url + self.translated(request["path"]) + (f"?{query}" if query else "")
        body = json.dumps(request["json"]) if "json" in request else None
        if token is not None:
            headers["q-api-token"] = token
        return client.send(url, request["method"], headers=headers, body=body)

    def upload(self, client, parts):
        fields = {part["name"]: part for part in parts}
        presigned = self.presigned[self.translated(fields["key"]["text"])]
        sent = {name: value for name, value in presigned["fields"].items() if name in fields}
        assert [part["name"] for part in parts] == [*sent, "file"]
        return client.upload({"url": presigned["url"], "fields": sent}, client.zipped(fields["file"]["zip_entries"]))

    def learn(self, request, response, answer):
        """Note ids and URLs, and give new jobs their recorded creation time, on which the order of lists depends."""
        if request["path"] == "/jobs" and request["method"] == "POST" and answer.status == 200:
            old, new = response["json"]["job_id"], answer.json["job_id"]
            self.ids[old] = new
            self.presigned[f"{new}/input.zip"] = answer.json["presigned_url"]
            self.state.save(attrs.evolve(self.state.job(new), created=int(old.replace("-", "")[:9], 16)))
        if answer.headers.get("content-type") == "application/json":
            for url in re.findall(r'"(http://[^"]*\?[^"]*)"', answer.content.decode()):
                self.urls[urlsplit(url).path.split("/", 2)[2]] = url

    def translated(self, text):
        for old, new in self.ids.items():
            text = text.replace(old, new)
        return text

    def normalized(self, value, *, mine):
        """Return an answer with everything tolerated replaced by what it must look like."""
        if isinstance(value, dict):
            made = {name: self.normalized(item, mine=mine) for name, item in value.items()}
            if "execution_time" in made:
                assert isinstance(made["execution_time"], float)
                made["execution_time"] = "<seconds>"
            if "policy" in made:
                made["policy"] = self.normalized(json.loads(base64.b64decode(made["policy"])), mine=mine)
                assert len(base64.b64decode(made["signature"])) == 20
                made |= {"signature": "<signature>", "AWSAccessKeyId": "<access key>"}
            return made | ({"bucket": "<bucket>"} if "bucket" in made else {})
        if isinstance(value, list):
            return [self.normalized(item, mine=mine) for item in value]
        if not isinstance(value, str):
            return value
        text = value if mine else self.translated(value)
        if TIME.fullmatch(text):
            return "<time>"
        if text.startswith("http"):
            parts = urlsplit(text)
            _, _, key = (parts.path + "/").split("/", 2)
            return ["<bucket>", key, sorted(parse_qs(parts.query))]
        return text


def _same_counts(mine, theirs, *, mitigated):
    """Same shots (mitigation may lose one per outcome), and every outcome within 6 standard deviations of theirs."""
    shots = sum(theirs.values())
    assert abs(sum(mine.values()) - shots) <= (4 if mitigated else 0)
    assert {len(key) for key in mine} == {len(key) for key in theirs}
    for key in {*mine, *theirs}:
        a, b = mine.get(key, 0), theirs.get(key, 0)
        assert abs(a - b) <= 6 * (a + b) ** 0.5, (key, a, b)


def check_alike(replay, exchange, answer):
    response, step = exchange["response"], exchange["step"]
    assert answer.status == response["status"], (step, answer.content)
    if exchange.get("stand_in"):
        return
    for name, value in response["headers"].items():
        assert answer.headers.get(name) == value, (step, name)
    assert ("www-authenticate" in answer.headers) == ("www-authenticate" in response["headers"])
    if "json" in response:
        theirs, mine = (
            replay.normalized(response["json"], mine=False),
            replay.normalized(answer.json, mine=True),
        )
        assert mine == theirs, step
        assert _names(answer.json) == _names(response["json"]), step  # members in the same order
    elif "zip_entries" in response:
        assert list(answer.entries) == list(response["zip_entries"])
        for name, text in response["zip_entries"].items():
            if name == "result.json" and ("mitigation" in step or "482" in text):
                counts = [json.loads(t)["sampling"]["counts"] for t in (answer.entries[name], text)]
                _same_counts(*counts, mitigated=step.startswith("download result.zip (mitigation"))
            elif name.endswith(".json"):
                assert json.loads(answer.entries[name]) == json.loads(text), step
            else:
                assert answer.entries[name] == text, step
    else:
        assert answer.content.decode() == response["text"], step


def _names(value):
    if isinstance(value, dict):
        return [(name, _names(item)) for name, item in value.items()]
    return [_names(item) for item in value] if isinstance(value, list) else None


@pytest.fixture
def replay(connect, documented, tmp_path):
    path = tmp_path / "state.sqlite"
    with Emulator(devices=devices(), users=USERS, state=path, seed=11, manual=True) as emulator:
        state = State(path)
        yield Replay(connect, emulator, state, documented)
        state.close()


SCENARIOS = sorted(path.stem for path in RECORDINGS.glob("*.json") if path.stem != "jobs_list")


@pytest.mark.parametrize("name", SCENARIOS)
def test_every_answer_is_that_of_the_recording(replay, name):
    for earlier in BEFORE.get(name, []):
        replay.run(earlier, check_alike)
    replay.run(name, check_alike)


def test_lists_are_those_of_the_recording(replay):
    """The six jobs of this recording were made before it began: make them, then give them their recorded times."""
    exchanges = recorded("jobs_list")
    jobs = exchanges[1]["response"]["json"]
    client = replay.connect(replay.emulator, "erin.secret")
    assert client.call("GET", "/jobs").json == []
    for job in jobs:
        gate = "h" if job["status"] == "failed" else "x"
        program = client.program(f"{gate} q[0]; c = measure q;")
        if job["status"] == "registered":
            job_id = client.register(program)
        else:
            members = {name: job[name] for name in ("name", "description", "transpiler_info")}
            job_id = client.submit(program, device=job["device_id"], shots=job["shots"], **members)
        replay.ids[job["job_id"]] = job_id
        if job["status"] == "cancelled":
            client.call("POST", f"/jobs/{job_id}/cancel")
        replay.follow(job)
        times = {name: _seconds(job.get(f"{name}_at")) for name in ("submitted", "ready", "running", "ended")}
        created = int(job["job_id"].replace("-", "")[:9], 16)
        replay.state.save(attrs.evolve(replay.state.job(job_id), created=created, **times))

    for exchange in exchanges[1:]:
        answer = replay.send(exchange["request"])
        check_alike(replay, exchange, answer)
        times = [job.get("submitted_at") for job in exchange["response"]["json"]]
        assert [job.get("submitted_at") for job in answer.json] == times


def _seconds(text):
    return None if text is None else datetime.fromisoformat(text).timestamp()
