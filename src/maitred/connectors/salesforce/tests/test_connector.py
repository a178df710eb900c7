"""Salesforce as a connector, against the fake organisation: signing in, limits, a first look, single cases, calls."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from urllib.parse import parse_qs

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from maitred.connectors.doubling import Answer, Fault, Request
from maitred.connectors.live import Delivery, Refused, Reply
from maitred.connectors.salesforce.connector import CONNECTOR
from maitred.connectors.salesforce.double import BASE, CLIENT, PERSON, Salesforce
from maitred.connectors.salesforce.double_account import ORGANISATION
from maitred.connectors.salesforce.tests.asked import TOLD, asking, told, whole

CASE = "5008d0000000001AAA"


@pytest.fixture
def desk() -> Iterator[Salesforce]:
    with Salesforce(tickets=30, page=10) as double:
        yield double


def test_a_token_that_ends_in_the_middle_is_fetched_once_more(desk: Salesforce) -> None:
    with asking(desk) as by:
        pages = by.stream("Case").pages(by, None)
        first = [next(pages)]
        desk.expire()
        found = [one["Id"] for page in (*first, *pages) for one in page.records]
    assert sorted(found) == sorted(desk.organisation.rows["Case"])
    assert len(desk.heard("/services/oauth2/token")) == 2
    assert sum(one.status == 401 for one in desk.requests) == 1


def test_a_wrong_secret_is_named_without_being_shown(desk: Salesforce) -> None:
    with asking(desk, {"client_id": CLIENT, "client_secret": "geheim-4711"}) as by:
        with pytest.raises(Refused, match="gives no token") as refused:
            CONNECTOR.probe(by.api, by.account)
        assert "geheim-4711" not in f"{refused.value!r} {refused.value} {by.account!r}"


def test_an_app_signs_in_by_its_certificate(desk: Salesforce) -> None:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    pem = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()
    with asking(desk, {"client_id": CLIENT, "jwt_key": pem, "user": PERSON}) as by:
        assert CONNECTOR.count(by.api, by.account) == 30
    form = parse_qs(desk.heard("/services/oauth2/token")[0].body.decode())
    claims = jwt.decode(
        form["assertion"][0], key.public_key(), algorithms=["RS256"], audience="https://login.salesforce.com"
    )
    assert (claims["iss"], claims["sub"]) == (CLIENT, PERSON)
    unreadable = {"client_id": CLIENT, "jwt_key": "no key", "user": PERSON}
    with asking(desk, unreadable) as by, pytest.raises(Refused, match="no RSA private key"):
        CONNECTOR.count(by.api, by.account)


class Elsewhere(Salesforce):
    """An organisation whose token is for another address."""

    def _token(self, request: Request) -> Answer:
        return Answer(200, {"access_token": "x", "instance_url": "https://other.my.salesforce.com"})


def test_a_token_for_another_address_is_not_used() -> None:
    with Elsewhere(tickets=1) as desk, asking(desk) as by:
        with pytest.raises(Refused, match="the organisation is at other.my.salesforce.com"):
            CONNECTOR.count(by.api, by.account)
        assert not desk.used


def test_a_first_look_finds_version_fields_limits_and_what_is_missing(desk: Salesforce) -> None:
    desk.missing, desk.forbidden = {"CaseMilestone", "Entitlement"}, {"Account"}
    desk.hidden["Case"] = {"IsEscalated"}
    with asking(desk) as by:
        found = CONNECTOR.probe(by.api, by.account)
        assert set(found.missing) == {"CaseMilestone", "Entitlement", "Account"}
        assert (found.user, found.plan, found.notices) == (PERSON, "Enterprise Edition", ())
        assert (found.settings["base"], found.settings["daily_requests"]) == (BASE.lstrip("/"), 100_000)
        assert "IsEscalated" not in found.settings["select"]["Case"]
        assert "Order_Number__c" in found.settings["select"]["Case"]
        assert "Case" in found.available and "Account" not in found.available
        desk.tracks = False
        notices = CONNECTOR.probe(by.api, by.account).notices
        assert ["Status" in notices[0], "Owner" in notices[1], len(notices)] == [True, True, 2]
        for case in list(desk.organisation.rows["Case"]):
            desk.mutate({"op": "purge", "case": case})
        assert "View All" in CONNECTOR.probe(by.api, by.account).notices[-1]
        desk.missing = {"Case"}
        with pytest.raises(Refused, match="has no Case"):
            CONNECTOR.probe(by.api, by.account)


def test_what_a_first_look_found_is_not_asked_again(desk: Salesforce) -> None:
    with asking(desk) as by:
        by.settings = CONNECTOR.probe(by.api, by.account).settings
        desk.requests.clear()
        assert told(whole(by)) == desk.truth()
    assert not [one for one in desk.requests if "describe" in one.path or one.path == "/services/data/"]


def test_used_up_requests_still_the_account_until_the_next_quarter_of_an_hour(desk: Salesforce) -> None:
    desk.clock.advance(7 * 60)  # from 08:00
    with asking(desk) as by:
        assert by.all("CaseStatus")[-1].complete
        hint = by.purse.learnt[-1]
        assert (hint.total, hint.remaining) == (60_000, 60_000 - desk.used)
        desk.quota = desk.used
        with pytest.raises(Refused) as refused:
            by.all("CaseStatus")
        assert (refused.value.reason, by.purse.closed) == ("exhausted", [("*", 8 * 60.0)])
    other = Reply(403, {}, [{"errorCode": "INSUFFICIENT_ACCESS"}], datetime(2026, 3, 2, 8, tzinfo=UTC))
    assert CONNECTOR.exhausted(other) is None


def test_ids_counts_and_absences_agree_with_the_organisation(desk: Salesforce) -> None:
    cases = list(desk.organisation.rows["Case"])
    desk.mutate({"op": "delete", "case": cases[0]})
    desk.mutate({"op": "purge", "case": cases[1]})
    desk.faults += [Fault("locator_expired", f"{BASE}/query/", nth=1)]
    with asking(desk) as by:
        assert CONNECTOR.count(by.api, by.account) == 28
        listed = [one for page in CONNECTOR.ids(by) for one in page]
        assert sorted(listed) == sorted(desk.organisation.rows["Case"]) and len(listed) == 29
        assert CONNECTOR.absent(by, cases[:3]) == [cases[1]]


def test_single_cases_come_with_all_that_hangs_on_them(desk: Salesforce) -> None:
    wanted = list(desk.organisation.rows["Case"])[3:5]
    desk.missing = {"CaseMilestone"}
    with asking(desk) as by:
        pages = list(CONNECTOR.refetch(by, [*wanted, "5008d0000000999AAA"]))
    assert {name for name, _ in pages} == set(TOLD)
    truth, found = desk.truth(), told(pages)
    assert found["tickets"] == {key: truth["tickets"][key] for key in wanted}
    assert found["events"] == [one for one in truth["events"] if one[0] in wanted]
    assert found["messages"] == {key: one for key, one in truth["messages"].items() if one[0] in wanted}


def delivery(token: str, body: object, *secrets: str) -> Delivery:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return Delivery({"x-maitred-token": token}, content, secrets, datetime(2026, 3, 2, 8, tzinfo=UTC))


def test_a_call_is_taken_with_our_token_from_our_organisation_only() -> None:
    body = {"organization_id": ORGANISATION, "case_id": CASE[:15], "at": "2026-03-02T08:00:00Z"}
    bound = f"s3cret@{ORGANISATION[:15]}"
    taken = CONNECTOR.hook(delivery("s3cret", body, "older", bound))
    assert taken is not None and taken.tickets == (CASE,)
    again = CONNECTOR.hook(delivery("s3cret", body, bound))
    assert again is not None and again.delivery_id == taken.delivery_id
    assert CONNECTOR.hook(delivery("s3cret", body, "s3cret")) is not None
    other = {**body, "organization_id": "00D8d0000000002EAA"}
    for refused in (
        delivery("wrong", body, bound),
        delivery("s3cret", other, bound),
        delivery("s3cret", {**body, "organization_id": None}, "s3cret"),
        delivery("s3cret", {**body, "case_id": "0018d0000000001AAA"}, bound),
        delivery("s3cret", b"no json", bound),
        delivery("", body, ""),
        delivery("s3cret", body),
    ):
        assert CONNECTOR.hook(refused) is None
