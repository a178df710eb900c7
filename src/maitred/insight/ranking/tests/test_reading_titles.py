"""Which job a title names, in profiles and queries alike, and which terms a text names."""

from __future__ import annotations

import pytest

from maitred.insight.ranking.vocabulary import (
    CERTIFICATES,
    EVERY_TERM,
    INDUSTRIES,
    LANGUAGES,
    ROLES,
    SISTERS,
    SKILLS,
    TOOLS,
    find_terms,
    title_role,
)

FIXED = (
    "support.agent support.senior_agent support.lead support.supervisor support.manager support.senior_manager "
    "support.head support.director support.vp tech_support.agent tech_support.lead tech_support.manager "
    "helpdesk.manager callcenter.supervisor callcenter.manager cx.manager cx.head success.manager success.head "
    "operations.support_manager quality.analyst wfm.analyst trainer"
).split()


@pytest.mark.parametrize(
    ("title", "role"),
    [
        ("Customer Support Manager", "support.manager"),
        ("Customer Service Team Leader", "support.lead"),
        ("Help Desk Manager", "helpdesk.manager"),
        ("Call Center Supervisor II", "callcenter.supervisor"),
        ("VP, Customer Experience", "cx.head"),
        ("Director of Support Operations", "support.director"),
        ("Manager of Customer Support", "support.manager"),
        ("Manager, Customer Care", "support.manager"),
        ("Sr. Customer Service Manager", "support.senior_manager"),
        ("Head of Support", "support.head"),
        ("Contact Centre Manager", "callcenter.manager"),
        ("Lead Customer Service Representative", "support.lead"),
        ("Customer Service Representative", "support.agent"),
        ("Customer Support Representative II", "support.senior_agent"),
        ("Technical Support Engineer", "tech_support.agent"),
        ("Technical Support Team Lead", "tech_support.lead"),
        ("Service Desk Analyst", "tech_support.agent"),
        ("Customer Success Manager", "success.manager"),
        ("CSM", "success.manager"),
        ("Support Operations Manager", "operations.support_manager"),
        ("WFM Analyst", "wfm.analyst"),
        ("Quality Assurance Analyst", "quality.analyst"),
        ("Customer Service Trainer", "trainer"),
        ("Chief Customer Officer", "cx.head"),
        ("Teamleiter Kundenservice", "support.lead"),
        ("Leiter Kundensupport", "support.manager"),
        ("Kundenberaterin", "support.agent"),
        ("Gerente de Atención al Cliente", "support.manager"),
        ("Supervisora de Call Center", "callcenter.supervisor"),
        ("Responsable Service Client", "support.manager"),
        ("Chargé de clientèle", "support.agent"),
        ("Kundendienstleiter", "support.manager"),
        ("Operations Manager - Contact Centre", "callcenter.manager"),
        ("Assistant Customer Service Manager", "support.supervisor"),
        ("Assistant to the Customer Service Manager", "other:43-6011.00"),
        ("Customer Service", "support.agent"),
        ("Community Manager", "other:27-3031.00"),
        ("Registered Nurse", "other:29-1141.00"),
        ("Senior Software Engineer", "other:15-1252.00"),
        ("Accountant", "other:13-2011.00"),
        ("Retail Sales Associate", "other:41-2031.00"),
    ],
)
def test_a_title_names_its_job(title: str, role: str) -> None:
    found = title_role(title)
    assert found is not None
    assert found.role.id == role
    assert 0 < found.sureness <= 1000


@pytest.mark.parametrize(
    "title", ["", "   ", "Team Lead", "xyzzy", "2019 - 2021", "<b>", "Manager", "Sales Support Team"]
)
def test_a_text_that_names_no_job_has_none(title: str) -> None:
    assert title_role(title) is None


def test_the_fixed_roles_come_first_and_numbers_are_places() -> None:
    assert [role.id for role in ROLES[: len(FIXED)]] == FIXED
    assert [role.number for role in ROLES] == list(range(len(ROLES)))
    assert all(role.id.startswith("other:") for role in ROLES[len(FIXED) :])
    assert set(SISTERS) == {role.family for role in ROLES[: len(FIXED)]}


def test_every_vocabulary_fits_its_columns_and_has_no_term_twice() -> None:
    assert [
        len(TOOLS) <= 63,
        len(SKILLS) <= 252,
        len(CERTIFICATES) <= 63,
        len(LANGUAGES) <= 63,
        len(INDUSTRIES) <= 63,
    ] == [True] * 5
    for vocabulary in (TOOLS, SKILLS, CERTIFICATES, LANGUAGES, INDUSTRIES):
        assert len({term.id for term in vocabulary}) == len(vocabulary)
        assert [term.bit for term in vocabulary] == list(range(len(vocabulary)))


def test_terms_are_whole_words_and_keep_their_place_in_the_text() -> None:
    text = "Zendesk, Zoho Desk and Power-BI; no zendesks, Customer-Service"
    found = find_terms(text, EVERY_TERM)
    assert [text[one.start : one.end] for one in found] == ["Zendesk", "Zoho Desk", "Power-BI", "Customer-Service"]


def test_common_words_are_no_tools_unless_written_as_names() -> None:
    assert find_terms("I notion that we excel at work in front of people", TOOLS) == []
    assert [one.term.label for one in find_terms("Notion, Front and Excel", TOOLS)] == ["Notion", "Front", "Excel"]


def test_letters_that_change_length_when_folded_keep_offsets_right() -> None:
    text = "İİİ Zendesk ﬀ Jira"
    assert [text[one.start : one.end] for one in find_terms(text, TOOLS)] == ["Zendesk", "Jira"]


@pytest.mark.parametrize("role", FIXED)
def test_every_role_is_named_by_its_own_label(role: str) -> None:
    label = next(one.label for one in ROLES if one.id == role)
    found = title_role(label)
    assert found is not None
    assert found.role.id == role
