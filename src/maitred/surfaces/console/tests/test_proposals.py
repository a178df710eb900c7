"""The page of a proposal: what would be done, and a person's answer."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client

from maitred.base import clock
from maitred.kit.access.actor import Role, operator
from maitred.kit.audit.deeds import create, deed
from maitred.kit.proposals.models import Proposal
from maitred.people.models import Account
from maitred.people.tests.markup import assert_well_made
from maitred.people.tests.signing import an_account, sign_in

pytestmark = pytest.mark.django_db


def _proposal(account: Account) -> Proposal:
    with deed(operator("test"), "test.proposal"):
        return create(
            Proposal,
            verb="people.change_settings",
            arguments={"version": account.version, "theme": "dark"},
            digest="d",
            proposed_by="token:mtr_0000",
            account=account,
            expires_at=clock.now() + timedelta(days=1),
        )


def test_a_person_reads_what_would_be_done_and_approves_it(client: Client) -> None:
    account = an_account("ana", Role.AGENT)
    sign_in(client)
    account.refresh_from_db()
    proposal = _proposal(account)
    assert "1 proposal waits" in client.get("/proposals/").content.decode()
    page = client.get(f"/proposals/{proposal.pk}/")
    assert_well_made(page, "proposals")
    assert "Change one&#x27;s own preferences" in page.content.decode()
    answered = client.post(f"/proposals/{proposal.pk}/", {"answer": "approve", "version": 1})
    assert answered.status_code == 302
    account.refresh_from_db()
    assert account.theme == "dark"
    assert "Nothing waits" in client.get("/proposals/").content.decode()


def test_an_answered_or_foreign_proposal_is_refused(client: Client) -> None:
    other = _proposal(an_account("ben", Role.AGENT))
    an_account("ana", Role.AGENT)
    sign_in(client)
    assert client.get(f"/proposals/{other.pk}/").status_code == 404
    assert client.post(f"/proposals/{other.pk}/", {"answer": "approve", "version": 1}).status_code == 404
    assert client.post(f"/proposals/{other.pk}/", {"answer": "burn", "version": 1}).status_code == 400
