"""The calls of the User API, each repeated as far as that is safe."""

from __future__ import annotations

import math
from collections.abc import Callable, Container, Iterable, Iterator
from contextlib import AbstractContextManager, nullcontext
from itertools import count
from typing import Any, TypeAlias

from attrs import frozen

from oqtopus_experiments import DeviceError, JobError
from oqtopus_experiments_oqtopus import _answers as answers
from oqtopus_experiments_oqtopus._answers import RefusedError, TransientError, unpack
from oqtopus_experiments_oqtopus._transport import Transport
from oqtopus_experiments_oqtopus._waiting import Patience

PAGE = 100
"""Jobs of one list page, the most the service gives."""
MOST_PAGES = 10_000
"""Pages of one list, at most; more jobs were never of one batch."""

Within: TypeAlias = Callable[[], AbstractContextManager[None]]

_FORM = ("key", "AWSAccessKeyId", "x-amz-security-token", "policy", "signature")


@frozen
class Registration:
    """A new job, and the form with which its input is uploaded."""

    job_id: str
    url: str
    fields: dict[str, str]


class Service:
    """
    The service, as one account sees it.

    Every method raises AuthenticationError, RefusedError, or BackendError when patience is at its end.

    Args:
        transport: Sends one request.
        patience: Decides about asking again.
    """

    def __init__(self, transport: Transport, patience: Patience) -> None:
        self.transport = transport
        self.patience = patience

    def devices(self) -> list[dict[str, Any]]:
        """Return all devices the account may use."""
        return self._listed("/devices", {}, None)

    def device(self, device_id: str) -> dict[str, Any]:
        """
        Return one device.

        Raises:
            DeviceError: When there is not such a device, or the account may not use it.
        """
        try:
            return self._get(f"/devices/{_segment(device_id)}", "device_id")
        except RefusedError as error:
            if error.status != 404:
                raise
            raise DeviceError(error.reason) from error

    def download(self, url: str, what: str) -> dict[str, Any]:
        """Return the JSON object in a zip at a presigned URL; what is not a number becomes NaN."""
        return self.patience.call(lambda: self.download_once(url, what, math.nan))

    def download_once(self, url: str, what: str, odd: float | None = None) -> dict[str, Any]:
        """Return the JSON object in a zip at a presigned URL, asked for once; `odd` stands for odd numbers."""
        return unpack(_from_storage(self.transport.storage("GET", url, what), what).body, what, odd)

    def register(self, within: Within = nullcontext, note: Callable[[str], None] = lambda _: None) -> Registration:
        """
        Make a job. A lost answer leaves an empty one behind, which does nothing and costs nothing.

        Args:
            within: What to hold during each attempt.
            note: Called with the id while that is held.
        """

        def once() -> Registration:
            with within():
                registration = attempt()
                note(registration.job_id)
                return registration

        def attempt() -> Registration:
            content = self._once("POST", "/jobs")
            try:
                form = content["presigned_url"]
                # Members without a value arrive as null and must not become the text "None".
                fields = {name: str(form["fields"][name]) for name in _FORM if form["fields"].get(name) is not None}
                return Registration(str(content["job_id"]), str(form["url"]), fields)
            except (KeyError, TypeError, AttributeError) as error:
                message = f"POST /jobs: the answer is not a registration ({error!r})"
                raise TransientError(message) from error

        return self.patience.call(once)

    def upload(self, registration: Registration, data: bytes, within: Within = nullcontext) -> None:
        """
        Put the input of a job into storage, holding something during each attempt; twice is the same.

        Raises:
            RefusedError: When the form has expired; register again then.
        """
        what = f"upload for job {registration.job_id}"
        text = "text/plain; charset=utf-8"
        # Order matters: storage ignores whatever follows the part called file.
        parts: list[tuple[str, Any]] = [(name, (None, value, text)) for name, value in registration.fields.items()]
        parts.append(("file", ("input.zip", data, "application/zip")))

        def once() -> None:
            with within():
                _from_storage(self.transport.storage("POST", registration.url, what, parts=parts), what)

        self.patience.call(once)

    def submit(self, job_id: str, body: dict[str, Any], within: Within = nullcontext) -> bool:
        """
        Submit a registered job exactly once: after an answer that was lost, ask before repeating.

        Args:
            job_id: The job.
            body: What is submitted.
            within: What to hold during each attempt.

        Returns:
            Whether we submitted it; False when it had been submitted before.

        Raises:
            RefusedError: When the service will not have it; the job is still registered then.
        """
        uncertain = False

        def once() -> bool:
            nonlocal uncertain
            if uncertain and self._status_once(job_id) != "registered":
                return True
            try:
                with within():
                    self._once("POST", f"/jobs/{_segment(job_id)}/submit", body=body)
            except TransientError as error:
                uncertain = uncertain or error.effect_unknown
                raise
            except RefusedError as error:
                if "not in valid status for submission" not in error.reason:
                    raise
                if self._status_once(job_id) == "registered":
                    uncertain = True
                    message = f"submit of job {job_id}: refused as submitted, reported as registered"
                    raise TransientError(message) from error
                return uncertain
            return True

        return self.patience.call(once)

    def status(self, job_id: str, budget: float | None = None) -> str | None:
        """Return the state of a job; None when the service knows none of that id."""
        try:
            return self.patience.call(lambda: self._status_once(job_id), budget)
        except RefusedError as error:
            if error.status != 404:
                raise
            return None

    def job(self, job_id: str, budget: float | None = None) -> dict[str, Any] | None:
        """
        Return a job with fresh URLs of its files; None when the service knows none of that id.

        One that was cancelled before it was submitted is an internal error of the service for ever; `status` is not.
        """
        try:
            return self._get(f"/jobs/{_segment(job_id)}", "job_id", budget)
        except RefusedError as error:
            if error.status != 404:
                raise
            return None

    def jobs(
        self,
        text: str,
        fields: Iterable[str],
        budget: float | None = None,
        skip: Container[int] = (),
        status: str | None = None,
    ) -> Iterator[tuple[int, list[dict[str, Any]]]]:
        """
        Yield numbered pages of the jobs whose description holds a text, oldest first.

        Args:
            text: The text.
            fields: Members to show; ``job_info`` makes the service sign an address for each file of each job.
            budget: Seconds at most for one page.
            skip: Pages, all of them full, that need not be read.
            status: Only jobs of this state.

        Raises:
            JobError: When the pages never end.
        """
        seen = set[str]()
        for page in count(1):
            if page in skip:
                continue
            query = {"q": text, "fields": ",".join(fields), "page": str(page), "size": str(PAGE), "order": "ASC"}
            found = self._listed("/jobs", query if status is None else {**query, "status": status}, budget)
            new = {str(job.get("job_id")) for job in found} - seen
            if (found and not new) or page > MOST_PAGES:
                message = f"page {page} of the list of jobs of {text!r} shows no job that is new: the list never ends"
                raise JobError(message)
            seen |= new
            yield page, found
            if len(found) < PAGE:
                return

    def cancel(self, job_id: str) -> bool:
        """Ask for a job to be cancelled; False when it has ended already."""
        try:
            self.patience.call(lambda: self._once("POST", f"/jobs/{_segment(job_id)}/cancel"))
        except RefusedError as error:
            if error.status in (400, 404):
                return False
            raise
        return True

    def clear(self, job_id: str) -> None:
        """
        Remove a job that was registered and never submitted.

        The service deletes cancelled jobs only, and cannot show its lists while there is one that was cancelled before
        it was submitted: nothing must come between the two steps.
        """
        path = f"/jobs/{_segment(job_id)}"
        self.cancel(job_id)
        try:
            self.patience.call(lambda: self._once("DELETE", path))
        except RefusedError as error:
            if error.status != 404:  # gone, by an attempt whose answer was lost
                raise

    def _once(
        self, method: str, path: str, query: dict[str, str] | None = None, body: dict[str, Any] | None = None
    ) -> Any:
        what = f"{method} {path}"
        return answers.check(self.transport.api(method, path, query=query, body=body), what).json(what)

    def _get(self, path: str, identifier: str, budget: float | None = None) -> dict[str, Any]:
        def once() -> dict[str, Any]:
            content = self._once("GET", path)
            if not isinstance(content, dict) or identifier not in content:
                message = f"GET {path}: the answer has no {identifier}"
                raise TransientError(message)
            return content

        return self.patience.call(once, budget)

    def _listed(self, path: str, query: dict[str, str], budget: float | None) -> list[dict[str, Any]]:
        def once() -> list[dict[str, Any]]:
            content = self._once("GET", path, query=query)
            if not isinstance(content, list) or not all(isinstance(item, dict) for item in content):
                message = f"GET {path}: the answer is not a list"
                raise TransientError(message)
            return content

        return self.patience.call(once, budget)

    def _status_once(self, job_id: str) -> str:
        content = self._once("GET", f"/jobs/{_segment(job_id)}/status")
        if not isinstance(content, dict) or not isinstance(content.get("status"), str):
            message = f"GET /jobs/{job_id}/status: the answer has no status"
            raise TransientError(message)
        status: str = content["status"]
        return status


def _from_storage(answer: answers.Answer, what: str) -> answers.Answer:
    """Check an answer of storage, where 401 and 403 say that a URL has expired and nothing about the account."""
    if 300 <= answer.status < 500 and answer.status not in (408, 425, 429):
        raise RefusedError(answer.status, "storage refused, its URL or form may have expired", what)
    return answers.check(answer, what)


def _segment(text: str) -> str:
    """Return an id as one step of a path, whatever it holds."""
    from urllib.parse import quote

    if not text.strip():
        message = "a job or device id must not be empty"
        raise JobError(message)
    return quote(text, safe="")
