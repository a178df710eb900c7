"""Faults of the way and of the sign-in: a sync gets over them, or ends with their name and goes on the next time."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from email.utils import format_datetime
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from maitred.connectors import transport
from maitred.connectors.doubling import JSON_TYPE, Answer, Double, Fault
from maitred.connectors.salesforce.double import Salesforce
from maitred.connectors.transport import Bounds
from maitred.connectors.zendesk.double import Zendesk
from maitred.sync.engine import Outcome
from maitred.sync.opening import opened
from maitred.sync.tests.live import DESKS, Reader, resumed, sound, spoilt, stirred, stirred_digest
from maitred.sync.tests.test_fault_matrix_table import Entry, matrix

TOKENS = "/services/oauth2/token"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


@contextmanager
def struck(vendor: str, home: Path, said: pytest.LogCaptureFixture) -> Iterator[tuple[Reader, list[Outcome]]]:
    """An account that was read once and has changed since; what follows must end as one clean sync, and soundly."""
    outcomes: list[Outcome] = []
    with resumed(vendor, home) as reader:
        stirred(vendor, reader.double)
        yield reader, outcomes
        assert outcomes[-1].complete, outcomes[-1].as_json()
        assert reader.digest() == stirred_digest(vendor)
        sound(reader, outcomes, said.text)


def named(outcome: Outcome, stream: str) -> str:
    """The reason that an incomplete run gives for a stream."""
    assert not outcome.complete
    (reason,) = (each.reason for each in outcome.streams if each.stream == stream)
    return reason


def _date(double: Double, seconds: float) -> str:
    return format_datetime(double.clock.now() + timedelta(seconds=seconds), usegmt=True)


PASSING: dict[int, Callable[[Double], tuple[str, Any, float]]] = {
    1: lambda double: ("status_429", "7", 7),
    2: lambda double: ("status_429", _date(double, 90), 90),
    3: lambda double: ("status_429", None, 5),
    4: lambda double: ("status_429", "0", 1),
    5: lambda double: ("status_429", _date(double, -3_600), 1),
    6: lambda double: ("status", 500, 1),
    7: lambda double: ("html_502", None, 1),
    8: lambda double: ("status", (503, 9), 9),
    9: lambda double: ("status", 504, 1),
    11: lambda double: ("truncated_json", None, 0),
    12: lambda double: ("truncated_gzip", None, 1),
    13: lambda double: ("reset", None, 1),
    14: lambda double: ("stall", 3, 1),
    15: lambda double: ("drip", None, 1),
}
"""Kind and value of a fault that passes, and the seconds after which it is asked again at the earliest."""


@matrix(1, 2, 3, 4, 5, 6, 7, 8, 9, 12, 13)
def test_what_passes_is_asked_again_no_sooner_than_allowed(
    fault: Entry, vendor: str, home: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with struck(vendor, home, caplog) as (reader, outcomes):
        _passes(fault, vendor, reader, outcomes)


def _passes(fault: Entry, vendor: str, reader: Reader, outcomes: list[Outcome]) -> None:
    desk = DESKS[vendor]
    kind, value, seconds = PASSING[fault.number](reader.double)
    named = reader.double.clock.now() + timedelta(seconds=int(seconds))
    planned = Fault(kind, desk.tickets, value=value)
    reader.double.faults.append(planned)
    before = len(reader.double.requests)
    outcomes.append(reader.sync())
    assert planned.passed > 1
    asked = [one for one in reader.double.requests[before:] if one.path.startswith(desk.tickets)]
    if fault.number == 2:
        assert asked[1].at >= named.replace(microsecond=0) > asked[0].at
    else:
        assert (asked[1].at - asked[0].at).total_seconds() >= seconds
    assert sum(each.retries for each in outcomes[-1].streams) == 1


@matrix(14, 15)
def test_what_takes_too_long_is_left_and_asked_again(
    fault: Entry, vendor: str, home: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    bounds = Bounds(read_s=0.4 if fault.number == 14 else 5, total_s=5 if fault.number == 14 else 0.3)
    with struck(vendor, home, caplog) as (reader, outcomes), monkeypatch.context() as patched:
        patched.setattr(transport, "client", partial(transport.client, bounds=bounds))
        if fault.number == 15:
            _large(vendor, reader.double)
        _passes(fault, vendor, reader, outcomes)


def _large(vendor: str, double: Double) -> None:
    """Answers of the double get so large that dripping them takes seconds."""

    def large(path: str, query: Mapping[str, str], body: Any, answer: Answer) -> Answer:
        return Answer(200, json.dumps(body).encode() + b" " * 8_000, {**answer.headers, "Content-Type": JSON_TYPE})

    spoilt(double, DESKS[vendor].tickets, large)


@matrix(10, 11)
def test_an_answer_that_is_none_ends_its_stream_by_name_or_is_asked_for_again(
    fault: Entry, vendor: str, home: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """A page for a browser, or half an answer: never taken for the end of the list."""
    desk = DESKS[vendor]
    with struck(vendor, home, caplog) as (reader, outcomes):
        kind = "html_200" if fault.number == 10 else "truncated_json"
        reader.double.faults.append(Fault(kind, desk.tickets, times=9))
        outcomes.append(reader.sync())
        assert "answered with" in named(outcomes[0], _first_struck(outcomes[0]))
        reader.double.faults.clear()
        outcomes.append(reader.sync())


def _first_struck(outcome: Outcome) -> str:
    return next(each.stream for each in outcome.streams if not each.complete)


@matrix(16)
def test_nobody_at_the_door_for_half_a_minute(
    fault: Entry, vendor: str, home: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with struck(vendor, home, caplog) as (reader, outcomes):
        double = reader.double
        double._port = int(double.url.rpartition(":")[2])
        begun = double.clock.now()

        def pause(seconds: float) -> None:
            double.clock.advance(seconds)
            if double._server is None and (double.clock.now() - begun).total_seconds() >= 30:
                double.__enter__()

        double.__exit__()
        double._server = None
        reader.opening = {"pause": pause}
        outcomes.append(reader.sync())
        assert (double.clock.now() - begun).total_seconds() >= 30
        assert reader.account.url == double.url


@matrix(17, 19)
def test_an_answer_that_must_not_be_followed_ends_the_stream_by_name(
    fault: Entry, vendor: str, home: Path, caplog: pytest.LogCaptureFixture
) -> None:
    desk = DESKS[vendor]
    with Zendesk(tickets=1) as stranger, struck(vendor, home, caplog) as (reader, outcomes):
        kind = "redirect" if fault.number == 17 else "huge_body"
        reader.double.faults.append(Fault(kind, desk.tickets, times=9, value=f"{stranger.url}/api/v2/users/me.json"))
        outcomes.append(reader.sync())
        reason = named(outcomes[0], _first_struck(outcomes[0]))
        assert ("sends elsewhere (302)" if fault.number == 17 else "more than may be read") in reason
        assert stranger.requests == []
        reader.double.faults.clear()
        outcomes.append(reader.sync())


# ---------------------------------------------------------------- signing in


@matrix(20)
def test_a_key_that_is_refused_once_costs_one_request_more(
    fault: Entry, vendor: str, home: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with struck(vendor, home, caplog) as (reader, outcomes):
        double, progress = reader.double, _once(lambda: None)
        if isinstance(double, Salesforce):
            progress = _once(double.expire)
        else:
            double.faults.append(Fault("status", DESKS[vendor].tickets, value=401))
        outcomes.append(reader.sync(progress=progress))
        assert sum(each.retries for each in outcomes[0].streams) == 1
        assert [one.status for one in double.requests].count(401) == 1


def _once(deed: Callable[[], Any]) -> Callable[[str, int], None]:
    """A listener to a run that does something at its first page."""
    left = [deed]

    def progress(stream: str, records: int) -> None:
        if left:
            left.pop()()

    return progress


@matrix(21)
def test_a_key_that_no_longer_holds_ends_the_run_by_name(
    fault: Entry, vendor: str, home: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with struck(vendor, home, caplog) as (reader, outcomes):
        double, progress = reader.double, _once(lambda: None)
        if isinstance(double, Salesforce):
            double.faults.append(Fault("status", TOKENS, nth=2, times=99, value=400))
            progress = _once(double.expire)
        else:
            double.faults.append(Fault("status", DESKS[vendor].tickets, times=99, value=401))
        outcomes.append(reader.sync(progress=progress))
        assert not outcomes[0].complete
        reasons = [each.reason for each in outcomes[0].streams if not each.complete]
        assert reasons and len(set(reasons)) == 1 and ("key" in reasons[0] or "sign" in reasons[0]), reasons
        double.faults.clear()
        outcomes.append(reader.sync())


@matrix(22)
def test_two_requests_with_one_ended_key_sign_in_once(
    fault: Entry, vendor: str, home: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with struck(vendor, home, caplog) as (reader, outcomes):
        double: Any = reader.double
        words = {"pause": double.clock.advance, "now": lambda: double.clock.now().timestamp()}
        with opened(reader.workspace, reader.account, people=True, **words) as (_, _, api):
            api.get("/services/oauth2/userinfo")
            double.expire()
            signed_in = len(double.heard(TOKENS))
            both = [threading.Thread(target=api.get, args=("/services/oauth2/userinfo",)) for _ in range(2)]
            for one in both:
                one.start()
            for one in both:
                one.join(20)
            assert len(double.heard(TOKENS)) == signed_in + 1
            assert [one.status for one in double.heard("/services/oauth2/userinfo")].count(200) == 3
        outcomes.append(reader.sync())


# ---------------------------------------------------------------- rights


@matrix(23)
def test_a_stream_that_is_forbidden_leaves_the_others_alone(
    fault: Entry, vendor: str, home: Path, caplog: pytest.LogCaptureFixture
) -> None:
    name, path = DESKS[vendor].listed
    with struck(vendor, home, caplog) as (reader, outcomes):
        double, progress = reader.double, _once(lambda: None)
        if isinstance(double, Salesforce):
            progress = _once(lambda: double.forbidden.add(name))
        else:
            double.faults.append(Fault("status", path, times=99, value=403))
        outcomes.append(reader.sync(progress=progress))
        assert "403" in named(outcomes[0], name) or "right" in named(outcomes[0], name)
        assert [each.stream for each in outcomes[0].streams if not each.complete] == [name]
        double.faults.clear()
        if isinstance(double, Salesforce):
            double.forbidden.clear()
        outcomes.append(reader.sync())


@matrix(24)
def test_somebody_who_is_no_admin_is_told_what_cannot_be_read(
    fault: Entry, vendor: str, home: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with struck(vendor, home, caplog) as (reader, outcomes):
        double: Any = reader.double
        lacking = {"zendesk": "tickets", "freshdesk": "sla_policies", "salesforce": "CaseHistory"}[vendor]
        if vendor == "zendesk":
            double.role = "agent"
        else:
            {"freshdesk": double.missing, "salesforce": getattr(double, "forbidden", set())}[vendor].add(lacking)
        outcomes.append(reader.sync())
        assert lacking in outcomes[0].missing and outcomes[0].missing[lacking]
        assert lacking not in [each.stream for each in outcomes[0].streams]
        double.role = "admin"
        for name in ("missing", "forbidden"):
            getattr(double, name, set[str]()).clear()
        outcomes.append(reader.sync())
