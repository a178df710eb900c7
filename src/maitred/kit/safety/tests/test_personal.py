"""Planted personal data and secrets: none of them comes through, and what a log is for still does."""

from __future__ import annotations

import io
import json
from datetime import UTC, datetime
from uuid import UUID

import pytest
import structlog
from hypothesis import given, settings
from hypothesis import strategies as st

from maitred.kit.safety.personal import (
    KEYS,
    LONGEST,
    WITHHELD,
    kept,
    masked_email,
    masked_phone,
    scrub,
    scrub_event,
)

TOKEN = "mtr_ab12CD34_" + "aB3-_" * 8 + "xyz"
CANARIES = {
    "mail": "anna.muster+tag@mail.example.org",
    "mail in capitals": "ANNA@EXAMPLE.ORG",
    "mail quoted for a URL": "anna%40example.org",
    "mail with letters of its own": "jürgen@müller.example",
    "card": "4111 1111 1111 1111",
    "card without gaps": "5555555555554444",
    "card with dashes": "3782-822463-10005",
    "card in other digits": "４１１１１１１１１１１１１１１１",
    "iban": "DE89 3704 0044 0532 0130 00",
    "iban without gaps": "GB82WEST12345698765432",
    "iban in small letters": "fr1420041010050500013m02606",
    "iban with dashes": "NL91-ABNA-0417-1643-00",
    "token": TOKEN,
    "jwt": "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9P",
    "phone": "+49 30 1234 5678",
    "phone with zeros": "0049301234567",
    "phone in brackets": "(030) 1234567",
    "phone at home": "030 1234567",
    "phone in America": "555-010-1234",
}
SECRETS = {
    "password={}": "hunter2",
    "PASSWORD: {}": "correct-horse",
    '"password": "{}"': 'with spaces and \\"quotes',
    "{{'client_secret': '{}'}}": "s3cr3t",
    "db_password={}&x=1": "hunter2",
    "api_key={}": "k-123",
    "?access_token={}&next=/": "abc.def",
    "secret => {}": "hunter2",
    "Authorization: Bearer {}": "abcdef.123456",
    "authorization: {}": "Basic dXNlcjpwYXNz",
    "sent Bearer {} to it": "abcdef123456",
    "Cookie: sessionid={}; a=b": "k3j4h5k3j4h5",
    "postgres://app:{}@db.internal/maitred": "pa55word",
    "https://{}@host.example/": "user:pass",
    "-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----": "MIIEvQIBADANBg",
    "-----BEGIN EC PRIVATE KEY-----\n{}": "MHcCAQEEIB cut off",
    "otp={}": "123456",
}
FRAMES = ("{}", "of {}.", "<{}>", '"{}"', "to={}", "a,{},b", "\n{}\n", "({})", "[{}]", "{}; {}")


@pytest.mark.parametrize("frame", FRAMES)
@pytest.mark.parametrize("canary", CANARIES.values(), ids=CANARIES.keys())
def test_no_planted_value_comes_through(canary: str, frame: str) -> None:
    told = scrub(frame.replace("{}", canary))
    assert canary not in told
    assert canary[:10] not in told
    assert "[" in told


@pytest.mark.parametrize(("frame", "secret"), SECRETS.items())
def test_no_secret_behind_a_telling_name_comes_through(frame: str, secret: str) -> None:
    told = scrub(frame.format(secret))
    assert secret not in told
    assert "[secret]" in told or "[token]" in told


@pytest.mark.parametrize("text", [*CANARIES.values(), *(frame.format(secret) for frame, secret in SECRETS.items())])
def test_scrubbing_twice_changes_nothing(text: str) -> None:
    once = scrub(f"a {text} b")
    assert scrub(once) == once


@settings(deadline=None, max_examples=150)
@given(
    st.lists(st.sampled_from([*CANARIES.values(), " ", "=", ": ", "password=", "x", "\n", "Bearer "]), max_size=5).map(
        " ".join
    )
)
def test_scrubbing_any_mixture_settles(text: str) -> None:
    once = scrub(text)
    assert scrub(once) == once
    assert not any(canary in once for canary in CANARIES.values())


@pytest.mark.parametrize(
    "text",
    [
        "ticket 123456789 of 2026-05-04T12:00:00Z took 1234 ms",
        "2026-05-04 12:00:00.123456+00:00",
        "order 1234567890123456 stays",
        "DE89 3704 1044 1532 1130 12",
        "id 5f3c2a10-7d1e-4c55-9f10-1234567890ab",
        "v1.2.3 at 10.0.0.1:8443",
        "the token of the day, a secret sauce, basic training",
        "GET /tickets/123?page=2 200",
        "@anna and a@b",
    ],
)
def test_what_is_no_personal_datum_stays(text: str) -> None:
    assert scrub(text) == text


def test_the_text_around_a_masked_value_stays() -> None:
    assert scrub("pay DE89 3704 0044 0532 0130 00 and then 4111111111111111 now") == "pay [iban] and then [card] now"


def test_an_event_keeps_the_closed_list_alone() -> None:
    told = kept(
        {
            **dict.fromkeys(KEYS, "x"),
            "error": "KeyError",
            "body": "Hello",
            "email": "a@example.org",
            "exc_info": None,
            "stack": "s",
        }
    )
    assert tuple(told) == KEYS


def test_the_values_of_an_event_are_plain() -> None:
    event = {
        "time": datetime(2026, 5, 4, tzinfo=UTC),
        "event": "ticket.opened",
        "account": UUID(int=7),
        "verb": {"nested": "a@example.org"},
        "object": ["a@example.org"],
        "count": 3,
        "duration_ms": 1.5,
        "outcome": True,
        "status": object(),
        "job": None,
    }
    assert kept(event) == {
        "time": "2026-05-04T00:00:00+00:00",
        "event": "ticket.opened",
        "account": "00000000-0000-0000-0000-000000000007",
        "outcome": True,
        "duration_ms": 1.5,
        "count": 3,
    }


@pytest.mark.parametrize("event", ["Ticket of Anna opened", "", "a\nb", "x" * 65, "anna@example.org"])
def test_an_event_that_is_no_name_is_withheld(event: str) -> None:
    assert kept({"event": event}) == {"event": WITHHELD}


@pytest.mark.parametrize("canary", [*CANARIES.values(), "password=hunter2"])
def test_no_key_of_an_event_lets_a_planted_value_through(canary: str) -> None:
    told = json.dumps(kept(dict.fromkeys(KEYS, canary)), ensure_ascii=False)
    assert canary not in told
    told = json.dumps(kept(dict.fromkeys(KEYS, ValueError(canary))), ensure_ascii=False)
    assert told == '{"error": "ValueError"}'


def test_an_error_is_its_class_alone() -> None:
    assert kept({"error": KeyError("anna@example.org")}) == {"error": "KeyError"}
    assert kept({"error": KeyError}) == {"error": "KeyError"}
    assert kept({"error": "maitred.base.errors.NotFound"}) == {"error": "NotFound"}
    assert kept({"error": "it failed for Anna"}) == {}
    assert kept({"exc_info": (ValueError, ValueError("anna"), None)}) == {"error": "ValueError"}
    assert kept({"exc_info": False}) == {}
    try:
        raise LookupError("anna@example.org")
    except LookupError:
        assert kept({"exc_info": True}) == {"error": "LookupError"}


def test_a_route_has_no_query_and_a_value_is_one_short_line() -> None:
    told = kept(
        {
            "route": "/tickets/<id>?q=anna",
            "outcome": "a\r\nb\u2028c" + "d" * 500,
            "request_id": "03012345670301234567030123456703",
        }
    )
    assert told["route"] == "/tickets/<id>"
    assert told["outcome"].startswith("a  b c") and len(told["outcome"]) == LONGEST
    assert told["request_id"] == "03012345670301234567030123456703"


def test_structlog_writes_only_what_the_processor_leaves() -> None:
    out = io.StringIO()
    log = structlog.wrap_logger(
        structlog.PrintLogger(out),
        processors=[structlog.processors.add_log_level, scrub_event, structlog.processors.JSONRenderer()],
    )
    log.warning("sign-in.refused", account=7, password="hunter2", email="anna@example.org", reason_code="bad-code")
    assert json.loads(out.getvalue()) == {
        "level": "warning",
        "event": "sign-in.refused",
        "account": 7,
        "reason_code": "bad-code",
    }


@pytest.mark.parametrize(
    ("address", "masked"),
    [
        ("anna@example.org", "a•••@example.org"),
        (" b@x.example ", "•••@x.example"),
        ("@x", "•••"),
        ("x@", "•••"),
        ("", "•••"),
        ('"a@b"@c.example', '"•••@c.example'),
    ],
)
def test_a_mail_address_shows_one_letter_and_its_host(address: str, masked: str) -> None:
    assert masked_email(address) == masked


@pytest.mark.parametrize(
    ("number", "masked"),
    [("+49 (30) 1234-567", "•••4567"), ("1234567", "•••4567"), ("123456", "•••"), ("", "•••"), ("none", "•••")],
)
def test_a_telephone_number_shows_four_digits_if_it_has_more_to_hide(number: str, masked: str) -> None:
    assert masked_phone(number) == masked


@settings(deadline=None, max_examples=40)
@given(st.text(alphabet="0123456789+@.-=: ()aA\"'", max_size=300))
def test_scrubbing_takes_no_time_worth_naming(text: str) -> None:
    assert len(scrub(text * 3)) <= len(text) * 3 * 9 + 9
