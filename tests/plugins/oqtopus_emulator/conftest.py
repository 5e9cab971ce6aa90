from __future__ import annotations

import http.client
import io
import json
import re
import time
import uuid
import zipfile
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import pytest

HEADER = 'OPENQASM 3;\ninclude "stdgates.inc";\n'


class Answer:
    """Status, headers (lower case) and body of an answer."""

    def __init__(self, status, headers, content):
        self.status, self.headers, self.content = status, headers, content

    @property
    def json(self):
        return json.loads(self.content)

    @property
    def entries(self):
        with zipfile.ZipFile(io.BytesIO(self.content)) as archive:
            return {name: archive.read(name).decode() for name in archive.namelist()}


def zipped(entries):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in entries.items():
            archive.writestr(name, text)
    return buffer.getvalue()


def send(url, method="GET", *, headers=None, body=None):
    """One request on a connection of its own: nothing is retried, nothing followed."""
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.netloc, timeout=30)
    try:
        path = f"{parts.path}?{parts.query}" if parts.query else parts.path
        connection.request(method, path, body=body, headers=headers or {})
        response = connection.getresponse()
        return Answer(response.status, {k.lower(): v for k, v in response.getheaders()}, response.read())
    finally:
        connection.close()


def upload(presigned, content, *, extra_headers=None):
    """The form upload of an input.zip; fields that are null are left out."""
    boundary = uuid.uuid4().hex
    parts = [
        (f'name="{name}"', str(value).encode()) for name, value in presigned["fields"].items() if value is not None
    ]
    parts.append(('name="file"; filename="input.zip"', content))
    body = b"".join(
        b"--%b\r\nContent-Disposition: form-data; %b\r\n\r\n%b\r\n" % (boundary.encode(), name.encode(), value)
        for name, value in parts
    )
    headers = {"Content-Type": f"multipart/form-data; boundary={boundary}", **(extra_headers or {})}
    return send(presigned["url"], "POST", headers=headers, body=body + f"--{boundary}--\r\n".encode())


def program(body, qubits=1, clbits=None):
    """An OpenQASM 3 program with a register q and a register c."""
    clbits = qubits if clbits is None else clbits
    declared = f"bit[{clbits}] c;\n" if clbits else ""
    return f"{HEADER}qubit[{qubits}] q;\n{declared}{body}\n"


class Client:
    """The API of an emulator, call by call."""

    program = staticmethod(program)
    send = staticmethod(send)
    upload = staticmethod(upload)
    zipped = staticmethod(zipped)

    def __init__(self, emulator, token=None):
        self.emulator, self.token = emulator, token or emulator.token

    def call(self, method, path, body=None, query=None):
        headers = {"q-api-token": self.token}
        if body is not None:
            headers["Content-Type"] = "application/json"
        url = self.emulator.url + path + (f"?{urlencode(query)}" if query else "")
        return send(url, method, headers=headers, body=None if body is None else json.dumps(body))

    def register(self, *programs):
        registered = self.call("POST", "/jobs").json
        content = zipped({"input.json": json.dumps({"program": list(programs)})})
        assert upload(registered["presigned_url"], content).status == 204
        return registered["job_id"]

    def submit(self, *programs, device="qulacs", shots=100, kind="sampling", **members):
        job_id = self.register(*programs)
        body = {"device_id": device, "job_type": kind, "shots": shots, **members}
        answer = self.call("POST", f"/jobs/{job_id}/submit", body)
        assert answer.status == 200, answer.content
        return job_id

    def wait(self, job_id, seconds=60):
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            job = self.call("GET", f"/jobs/{job_id}").json
            if job["status"] in ("succeeded", "failed", "cancelled"):
                return job
            time.sleep(0.01)
        pytest.fail(f"job {job_id} did not end")

    def result(self, job):
        (text,) = send(job["job_info"]["result"]).entries.values()
        return json.loads(text)["sampling"]

    def counts(self, *programs, **options):
        """Run, wait, fetch; transpiler off unless said otherwise."""
        options.setdefault("transpiler_info", {"transpiler_lib": None})
        job = self.wait(self.submit(*programs, **options))
        assert job["status"] == "succeeded", job
        return self.result(job)["counts"]

    def failure(self, *programs, **options):
        """Run a job that fails and return it."""
        options.setdefault("transpiler_info", {"transpiler_lib": None})
        job = self.wait(self.submit(*programs, **options))
        assert job["status"] == "failed", job
        return job


@pytest.fixture(scope="session")
def connect():
    """Return a client for an emulator: ``connect(emulator, token=None)``."""
    return Client


def _schema(part):
    """An OpenAPI 3.0 schema as JSON Schema: ``nullable`` is the difference that matters here."""
    if isinstance(part, list):
        return [_schema(item) for item in part]
    if not isinstance(part, dict):
        return part
    made = {name: _schema(item) for name, item in part.items() if name not in ("example", "nullable")}
    return {"anyOf": [made, {"type": "null"}]} if part.get("nullable") is True else made


def _without_nulls(value):
    if isinstance(value, dict):
        return {name: _without_nulls(item) for name, item in value.items() if item is not None}
    return [_without_nulls(item) for item in value] if isinstance(value, list) else value


@pytest.fixture(scope="session")
def documented():
    """
    Return a check of an answer against the OpenAPI document: ``documented(method, path, answer)``.

    Only statuses that the document lists are checked. Where the service is known to differ: devices and upload fields
    have nulls, and 401 and 403 may say ``detail`` for ``message``.
    """
    yaml = pytest.importorskip("yaml")
    jsonschema = pytest.importorskip("jsonschema")
    text = (Path(__file__).parent / "data" / "openapi-user.yaml").read_text(encoding="utf-8")
    document = _schema(yaml.safe_load(text))

    def check(method, path, answer):
        for template, operations in document["paths"].items():
            if re.fullmatch(re.sub(r"{[^}]*}", "[^/]+", template), path) and method.lower() in operations:
                break
        else:
            pytest.fail(f"{method} {path} is not in the document")
        listed = operations[method.lower()]["responses"].get(str(answer.status))
        if listed is None or set(answer.json if isinstance(answer.json, dict) else ()) == {"detail"}:
            return
        schema = {**listed["content"]["application/json"]["schema"], "components": document["components"]}
        nulls = path.startswith("/devices") or (method, path) == ("POST", "/jobs")
        checker = jsonschema.Draft202012Validator.FORMAT_CHECKER
        jsonschema.validate(_without_nulls(answer.json) if nulls else answer.json, schema, format_checker=checker)

    return check
