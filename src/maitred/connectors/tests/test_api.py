"""Requests to a helpdesk: what is asked again and what never is, when a pause is kept, and what counts as an answer."""

from __future__ import annotations

import gzip
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime

import pytest

from maitred.connectors.api import TRIES, retry_after
from maitred.connectors.live import Account, Hint, Refused
from maitred.connectors.tests.serving import JSON, Answer, Case, Request, asking, serving

FINE = (200, JSON, b'{"tickets": [1]}')
HTML = (200, {"Content-Type": "text/html"}, b"<h1>Sign in</h1>")
CUT = (200, {**JSON, "Content-Length": "200"}, b'{"tickets": [')
MONDAY = datetime(2026, 3, 2, 8, tzinfo=UTC)


@dataclass
class Desk:
    """A helpdesk that gives its answers in order, and the last one for ever."""

    url: str = ""
    answers: list[Answer] = field(default_factory=list)
    seen: list[Request] = field(default_factory=list)
    refused: str = ""
    """A key that no longer holds."""

    def answer(self, request: Request) -> Answer:
        self.seen.append(request)
        status, headers, content = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if self.refused and request.headers["authorization"] == self.refused:
            status = 401
        return status, headers, content

    def keys(self) -> list[str | None]:
        return [request.headers.get("authorization") for request in self.seen]


@pytest.fixture
def desk() -> Iterator[Desk]:
    served = Desk()
    with serving(served.answer) as served.url:
        yield served


@pytest.fixture
def case(desk: Desk) -> Iterator[Case]:
    with asking(Account("desk", "toy", desk.url, {"token": "secret-word"})) as opened:
        yield opened


def test_an_answer_comes_signed_in_and_counted(desk: Desk, case: Case) -> None:
    desk.answers = [(200, {**JSON, "X-Left": "41"}, b'{"tickets": [1]}')]
    reply = case.api.get("/api/v2/tickets", {"page": 2}, bucket="exports")
    assert (reply.status, reply.body) == (200, {"tickets": [1]})
    assert [(one.method, one.path) for one in desk.seen] == [("GET", "/api/v2/tickets?page=2")]
    assert desk.keys() == ["key-1"]
    assert (case.purse.taken, case.purse.learnt) == (["exports"], [Hint("account", remaining=41)])


@pytest.mark.parametrize(
    "fault",
    [HTML, CUT, (500, JSON, b"{}"), (502, {"Content-Type": "text/html"}, b"<p>bad gateway"), (504, {}, b""),
     (200, JSON, b""), (200, {**JSON, "Content-Encoding": "gzip"}, gzip.compress(b'{"tickets": [1]}')[:-14])],
    ids=["html", "cut", "500", "502-html", "504", "empty", "cut-gzip"],
)  # fmt: skip
def test_a_question_is_asked_again_after_a_fault_on_the_way(desk: Desk, case: Case, fault: Answer) -> None:
    desk.answers = [fault, fault, FINE]
    assert case.api.get("tickets").body == {"tickets": [1]}
    assert (len(desk.seen), case.pauses, case.api.counts().retries) == (3, [1.0, 2.0], 2)


def test_tries_end_and_the_last_failure_is_told(desk: Desk, case: Case) -> None:
    desk.answers = [HTML]
    with pytest.raises(Refused) as refusal:
        case.api.get("tickets")
    assert (len(desk.seen), refusal.value.reason) == (TRIES, "not-json")
    assert all(1 <= pause <= 60 for pause in case.pauses) and case.pauses == sorted(case.pauses)
    assert "GET /tickets of 127.0.0.1" in str(refusal.value) and "secret-word" not in str(refusal.value)


@pytest.mark.parametrize("fault", [CUT, (500, JSON, b"{}"), (503, {**JSON, "Retry-After": "3"}, b"{}")])
def test_a_change_that_may_have_been_made_is_not_sent_again(desk: Desk, case: Case, fault: Answer) -> None:
    desk.answers = [fault, FINE]
    with pytest.raises(Refused) as refusal:
        case.api.send("PUT", "tickets/1", {"ticket": {"status": "open"}})
    assert (len(desk.seen), refusal.value.sent) == (1, True)


def test_a_change_that_was_turned_away_unread_goes_out_again(desk: Desk, case: Case) -> None:
    desk.answers = [(429, {**JSON, "Retry-After": "7"}, b"{}"), FINE]
    case.api.send("PUT", "tickets/1", {"ticket": {"status": "open"}})
    assert [one.body for one in desk.seen] == [b'{"ticket":{"status":"open"}}'] * 2
    assert (case.purse.closed, case.pauses) == ([("write", 7.0)], [])


def test_where_no_pause_is_named_it_doubles(desk: Desk, case: Case) -> None:
    desk.answers = [(429, JSON, b"{}")] * 5 + [FINE]
    case.api.get("tickets", bucket="exports")
    assert case.purse.closed == [("exports", seconds) for seconds in (5.0, 10.0, 20.0, 40.0, 60.0)]


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("12", 12.0), ("0.5", 0.5), ("0", 1.0), ("-4", 1.0), ("99999", 900.0), ("nan", 1.0), ("inf", 1.0), ("soon", 1.0),
     ("Mon, 02 Mar 2026 08:00:30 GMT", 30.0), ("Mon, 02 Mar 2026 07:59:00 GMT", 1.0)],
)  # fmt: skip
def test_a_pause_is_read_in_every_form(text: str, seconds: float) -> None:
    assert retry_after(text, MONDAY) == seconds


def test_a_refused_key_is_exchanged_once_and_the_question_repeated(desk: Desk, case: Case) -> None:
    desk.answers = [(401, JSON, b"{}"), FINE]
    case.api.get("tickets")
    assert desk.keys() == ["key-1", "key-2"]
    assert case.pauses == []


def test_a_key_that_is_refused_twice_is_refused(desk: Desk, case: Case) -> None:
    desk.answers = [(401, JSON, b"{}")]
    with pytest.raises(Refused) as refusal:
        case.api.get("tickets")
    assert (refusal.value.status, refusal.value.reason, len(desk.seen)) == (401, "signed-out", 2)


def test_two_requests_with_one_refused_key_fetch_one_new_key(desk: Desk, case: Case) -> None:
    desk.answers = [FINE]
    case.api.get("warm")
    desk.refused = "key-1"
    threads = [threading.Thread(target=case.api.get, args=("tickets",)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert desk.keys().count("key-2") == 4
    assert case.signing.keys == 2


@pytest.mark.parametrize(("status", "reason"), [(400, "bad-request"), (403, "forbidden"), (404, "absent")])
def test_a_refusal_is_final_and_names_its_reason(desk: Desk, case: Case, status: int, reason: str) -> None:
    desk.answers = [(status, JSON, b'{"error": "no"}')]
    with pytest.raises(Refused) as refusal:
        case.api.get("tickets")
    assert (refusal.value.status, refusal.value.reason, refusal.value.body) == (status, reason, {"error": "no"})
    assert len(desk.seen) == 1


def test_a_refusal_that_was_expected_is_an_answer(desk: Desk, case: Case) -> None:
    desk.answers = [(404, {}, b"")]
    assert case.api.get("tickets/9", accept=(200, 404)).body is None


def test_an_account_whose_day_is_used_up_is_left_alone(desk: Desk, case: Case) -> None:
    desk.answers = [(403, JSON, b'[{"errorCode": "REQUEST_LIMIT_EXCEEDED"}]')]
    with pytest.raises(Refused, match="used up") as refusal:
        case.api.get("tickets")
    assert (refusal.value.reason, case.purse.closed, len(desk.seen)) == ("exhausted", [("*", 900.0)], 1)


def test_a_table_is_text_and_json_in_its_place_a_fault(desk: Desk, case: Case) -> None:
    desk.answers = [FINE, (200, {"Content-Type": "text/csv"}, '"Id"\n"ü"\n'.encode())]
    assert case.api.get("results", csv=True).body == '"Id"\n"ü"\n'
    assert len(desk.seen) == 2


def test_a_sign_in_is_a_form_without_a_key(desk: Desk, case: Case) -> None:
    desk.answers = [(200, JSON, b'{"access_token": "t"}')]
    case.api.send("POST", "oauth2/token", {"grant_type": "client_credentials"}, signed=False)
    assert desk.seen[0].body == b"grant_type=client_credentials" and desk.keys() == [None]


@pytest.mark.parametrize("link", ["https://elsewhere.example/api", "http://127.0.0.1:1/api"])
def test_a_link_to_another_host_is_not_followed(desk: Desk, case: Case, link: str) -> None:
    desk.answers = [FINE]
    with pytest.raises(Refused, match="another host"):
        case.api.get(link)
    assert desk.seen == []
    assert case.api.get(f"{desk.url}/next?page=2").body == {"tickets": [1]}


def test_nobody_at_the_door_is_told_as_such() -> None:
    with asking(Account("desk", "toy", "http://127.0.0.1:9", {})) as case:
        with pytest.raises(Refused, match="could not be asked") as refusal:
            case.api.get("tickets")
        assert (refusal.value.status, refusal.value.sent) == (0, False)
