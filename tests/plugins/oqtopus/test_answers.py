"""The four shapes of error bodies, and what is asked again."""

from __future__ import annotations

import json
from datetime import datetime, timedelta, timezone
from email.utils import format_datetime

import pytest

from oqtopus_experiments import AuthenticationError, BackendError, DeviceError
from oqtopus_experiments_oqtopus._answers import Answer, InterruptedByUserError, RefusedError, TransientError, check
from oqtopus_experiments_oqtopus._waiting import Patience, Trial


def _answer(status, body, **headers):
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return Answer(status, headers, content)


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (401, {"detail": "Unauthorized"}),
        (401, {"message": "Unauthorized"}),
        (403, {"detail": "Forbidden"}),
        (403, {"message": "Forbidden"}),
        (403, {"Message": "User is not authorized to access this resource with an explicit deny"}),
        (403, b"<html>blocked</html>"),
    ],
)
def test_every_shape_of_refused_credentials_is_an_authentication_error(status, body):
    with pytest.raises(AuthenticationError, match="can be resumed"):
        check(_answer(status, body), "GET /jobs")


def test_no_right_to_a_device_is_a_device_error():
    with pytest.raises(DeviceError, match="Cannot access device_id=x"):
        check(_answer(403, {"message": "Cannot access device_id=x."}), "GET /devices/x")


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
@pytest.mark.parametrize("body", [{"message": "m"}, {"detail": "m"}, b"<html>m</html>", b"", b"[" * 100_000])
def test_crowded_and_broken_services_are_asked_again(status, body):
    with pytest.raises(TransientError) as caught:
        check(_answer(status, body), "GET /jobs")
    assert caught.value.effect_unknown == (status != 429)


@pytest.mark.parametrize("status", [301, 307, 400, 404, 405, 409, 422])
def test_other_refusals_are_final_and_show_the_reason(status):
    with pytest.raises(RefusedError, match=rf"answered {status}: because"):
        check(_answer(status, {"message": "because"}), "POST /jobs")


def test_retry_after_is_read_in_seconds_and_as_a_date():
    def asked(text):
        with pytest.raises(TransientError) as caught:
            check(_answer(429, {}, **{"retry-after": text}), "GET /jobs")
        return caught.value.retry_after

    assert asked("7") == 7
    assert 50 < asked(format_datetime(datetime.now(timezone.utc) + timedelta(seconds=60), usegmt=True)) <= 60
    assert asked("soon") is None
    assert asked(format_datetime(datetime.now(timezone.utc) - timedelta(hours=1), usegmt=True)) == 0


class _Failing:
    def __init__(self, times, error):
        self.times, self.error, self.calls = times, error, 0

    def __call__(self):
        self.calls += 1
        if self.calls <= self.times:
            raise self.error
        return "answer"


def test_transient_errors_are_repeated_until_an_answer_comes():
    ask = _Failing(3, TransientError("busy"))
    assert Patience(30).call(ask) == "answer"
    assert ask.calls == 4


def test_a_pause_is_never_shorter_than_the_service_asked_for(monkeypatch):
    pauses = []
    monkeypatch.setattr(Trial, "wait", lambda _, __, seconds: pauses.append(seconds))
    assert Patience(100).call(_Failing(2, TransientError("busy", retry_after=3.0))) == "answer"
    assert len(pauses) == 2
    assert all(3.0 <= pause <= 4.0 for pause in pauses)


def test_a_service_that_asks_for_more_time_than_there_is_ends_the_wait_at_once():
    ask = _Failing(9, TransientError("busy", retry_after=1000.0))
    with pytest.raises(BackendError, match="given up after 1 attempts in 0 s"):
        Patience(5).call(ask)


def test_the_budget_ends_the_repetition_with_the_last_error():
    ask = _Failing(10**9, TransientError("GET /jobs: no complete answer"))
    with pytest.raises(BackendError, match=r"no complete answer; given up after .* Submitted jobs go on"):
        Patience(0.5).call(ask)
    assert ask.calls > 1


@pytest.mark.parametrize("error", [AuthenticationError("no"), RefusedError(422, "no", "x"), DeviceError("no")])
def test_authentication_and_validation_errors_are_never_repeated(error):
    ask = _Failing(1, error)
    with pytest.raises(type(error)):
        Patience(30).call(ask)
    assert ask.calls == 1


def test_a_thrown_switch_ends_waiting_and_lets_nothing_begin():
    patience = Patience(30)
    patience.end()
    ask = _Failing(0, None)
    with pytest.raises(InterruptedByUserError):
        patience.call(ask)
    assert ask.calls == 0
    patience.renew()
    assert patience.call(ask) == "answer"


def test_a_good_answer_nested_beyond_reading_is_asked_for_again():
    with pytest.raises(TransientError, match="is not JSON"):
        _answer(200, b"[" * 100_000).json("GET /jobs")
