"""Searching: reasons that add up and quote, a log whose changes show, kept searches, doors that stay shut."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any, cast

import pytest

from maitred.base.errors import Conflict, Denied, Invalid, NotFound
from maitred.desks.hiring.models import Profile, SavedSearch, SearchRun
from maitred.desks.hiring.profiles import sealing, table
from maitred.desks.hiring.profiles.importing import import_profiles
from maitred.desks.hiring.searching import allowed, engines, jobs
from maitred.desks.hiring.tests.conftest import Ask, Sign, approved
from maitred.kit.access.actor import operator
from maitred.kit.audit.deeds import deed
from maitred.kit.jobs.running import Run
from maitred.kit.notices.models import Notice
from maitred.kit.secrets.keyring import Keyring, folder_of
from maitred.people.tests.floor import Floor

QUERY = "Customer Support Manager with 4 years of experience in Austin, TX, Zendesk"


def _person(name: str, title: str, start: str, city: str, summary: str, **more: Any) -> dict[str, Any]:
    return {
        "basics": {"name": f"Name of {name}", "location": {"city": city, "region": "TX", "countryCode": "US"}},
        "work": [{"name": "Acme", "position": title, "startDate": start, "summary": summary}],
        "skills": [{"name": "Tools", "keywords": more.pop("listed", [])}],
        "meta": {"id": name, "lastModified": "2026-01-01"},
        **more,
    }  # fmt: skip


PEOPLE = [
    _person("p1", "Customer Support Manager", "2018-01", "Austin", "Ran the Zendesk queue and the knowledge base."),
    _person("p2", "Customer Support Manager", "2024-01", "Austin", "Looked after customers.", listed=["Zendesk"]),
    _person("p3", "Customer Support Agent", "2019-01", "Houston", "Answered tickets in Freshdesk."),
    _person("p4", "Line Cook", "2019-01", "Austin", "Cooked."),
    _person(
        "p5", "Customer Support Manager", "2017-01", "Nowhereville", "Led <b>Zendesk</b> <script>alert(1)</script>."
    ),
]


@pytest.fixture
def pool(house: Floor, tmp_path: Path, settings: Any) -> Iterator[None]:
    """Five people in the vault and in the index."""
    settings.MAITRED_HOME = tmp_path
    Keyring(folder_of(tmp_path)).create()
    engines._index.cache_clear()
    _bring(tmp_path, PEOPLE)
    yield
    engines._index.cache_clear()


def _bring(folder: Path, people: list[dict[str, Any]], basis: str = "applicant") -> None:
    path = folder / "people.jsonl"
    path.write_text("".join(json.dumps(one) + "\n" for one in people))
    import_profiles(operator("tests"), path, source="export", basis=basis, as_of=date(2026, 1, 1))


class _Worker:
    """What a handler needs of its job."""

    actor = operator("tests")

    def deed(self, verb: str) -> Any:
        return deed(self.actor, verb)


def _alerted() -> None:
    jobs.alert(cast(Run, _Worker()))


def _found(ask: Ask, query: str = QUERY, **more: Any) -> Any:
    return ask("manager", "hiring.search", query=query, **more)


def test_the_best_stand_first_with_terms_that_add_up(pool: None, ask: Ask) -> None:
    found = _found(ask)
    assert [one.profile_id for one in found.results] == ["p1", "p5", "p2", "p3"]
    for one in found.results:
        assert sum(term.points for term in one.terms) == one.score <= one.max_score
        assert all(term.points == term.weight * term.value for term in one.terms)
    assert found.results[0].score == found.results[0].max_score


def test_every_quote_is_the_slice_of_the_document_that_it_names(pool: None, ask: Ask) -> None:
    found = _found(ask)
    quotes = [(one.key, quote) for one in found.results for term in one.terms for quote in term.evidence]
    assert len(quotes) > 10
    for key, quote in quotes:
        document: Any = sealing.document_of(Profile._base_manager.get(pk=key))
        for part in quote.field.replace("]", "").replace("[", ".").split("."):
            document = document[int(part)] if part.isdigit() else document[part]
        assert document[quote.start : quote.end] == quote.text


def test_a_must_removes_and_says_how_many_and_the_unknown_go_to_a_list_of_their_own(pool: None, ask: Ask) -> None:
    found = _found(ask, musts=["tool", "place"])
    assert [one.profile_id for one in found.results] == ["p1", "p2"]
    assert [one.profile_id for one in found.cannot_tell] == ["p5"]
    assert "place" in found.cannot_tell[0].unknown
    shares = {found.chips[one.chip]["slot"]: one.share for one in found.removed_by_must}
    assert shares == {"tool": 0.25, "place": 0.25}


def test_chips_are_changed_by_short_words(pool: None, ask: Ask) -> None:
    found = _found(ask)
    slots = [chip["slot"] for chip in found.chips]
    changed = _found(ask, edits=[f"drop:{slots.index('place')}", f"must:{slots.index('tool')}"])
    assert "place" not in [chip["slot"] for chip in changed.chips]
    assert {one.profile_id for one in changed.results} == {"p1", "p2", "p5"}
    assert changed.places == tuple(place for place in range(len(slots)) if place != slots.index("place"))
    with pytest.raises(Invalid):
        _found(ask, edits=["drop:99"])


def test_one_of_two_tools_suffices_when_they_are_joined(pool: None, ask: Ask) -> None:
    query = "customer support manager Zendesk Freshdesk"
    apart = _found(ask, query)
    joined = _found(ask, query, edits=["any:1,2", "must:1"])
    assert apart.results[0].score < apart.results[0].max_score
    assert joined.results[0].score == joined.results[0].max_score
    assert {one.profile_id for one in joined.results} == {"p1", "p2", "p3", "p5"}


def test_a_quoted_phrase_is_looked_for_in_the_documents(pool: None, ask: Ask) -> None:
    found = _found(ask, 'customer support manager "knowledge base"')
    assert [one.profile_id for one in found.results] == ["p1"]
    assert not _found(ask, 'customer support manager "Name of p1"').results


def test_a_search_of_blocked_words_alone_is_refused(pool: None, ask: Ask) -> None:
    with pytest.raises(Invalid, match="young"):
        _found(ask, "young energetic")
    assert not SearchRun._base_manager.exists()


def test_every_search_is_a_row_of_a_chain_and_a_changed_row_shows(pool: None, ask: Ask) -> None:
    codes = [_found(ask).search_id, _found(ask, "support agent").search_id]
    assert [one.search_id for one in ask("manager", "hiring.searches").items] == codes[::-1]
    row = SearchRun._base_manager.get(code=codes[0])
    assert row.results and row.weights_sha256 and row.index_version == 1
    assert "p1" not in json.dumps([row.results, row.cannot_tell])
    assert engines.index().version == 1
    from maitred.desks.hiring.searching import log

    assert log.examined() == (2, None)
    SearchRun._base_manager.filter(pk=row.pk).update(results=row.results[::-1])
    assert log.examined() == (0, 1)


def test_a_logged_search_gives_the_same_order_again_until_somebody_comes(pool: None, ask: Ask, tmp_path: Path) -> None:
    code = _found(ask).search_id
    again = ask("manager", "hiring.replay_search", search=code)
    assert (again.same, again.same_index, again.same_weights, again.left, again.came) == (True, True, True, 0, 0)
    _bring(tmp_path, [{**PEOPLE[0], "meta": {"id": "p6", "lastModified": "2026-01-01"}}])
    later = ask("manager", "hiring.replay_search", search=code)
    assert (later.same, later.same_index, later.came) == (False, False, 1)


def test_why_not_says_what_would_lift_somebody_onto_the_page(pool: None, ask: Ask) -> None:
    code = _found(ask, limit=2).search_id
    lower = ask("manager", "hiring.why_not", profile="p3", search=code)
    assert (lower.state, lower.rank) == ("lower", 4)
    assert lower.smallest_change is not None
    assert lower.result.score + sum(one.points for one in lower.smallest_change) >= lower.wanted_score
    assert ask("manager", "hiring.why_not", profile="p1", search=code).state == "on_page"
    assert ask("manager", "hiring.why_not", profile="p4", search=code).state == "other_role"
    must = _found(ask, musts=["tool", "place"]).search_id
    assert ask("manager", "hiring.why_not", profile="p3", search=must).state == "removed"
    assert ask("manager", "hiring.why_not", profile="p5", search=must).state == "cannot_tell"


def test_somebody_erased_is_found_no_more(pool: None, ask: Ask) -> None:
    key = _found(ask).results[0].key
    table.erase([key])
    assert key not in [one.key for one in _found(ask).results]


def test_sql_on_the_table_finds_the_same(pool: None, ask: Ask) -> None:
    own, sql = _found(ask), _found(ask, engine="sql")
    assert [(one.key, one.score) for one in own.results] == [(one.key, one.score) for one in sql.results]
    assert (own.engine, sql.engine, sql.considered) == ("embedded", "sql", own.considered)


def test_for_a_post_in_new_york_city_nobody_is_ranked_without_an_audit(pool: None, ask: Ask) -> None:
    post = approved(ask, site="New York, NY", notice_needed=False)
    found = _found(ask, "customer support manager", requisition=post.id)
    assert not found.ranked
    assert [one.id for one in found.checks if one.level == "E"] == ["C1"]
    assert found.results and all(one.score == 0 and not one.terms for one in found.results)
    elsewhere = approved(ask, site="Austin, TX", notice_needed=False)
    assert _found(ask, "customer support manager", requisition=elsewhere.id).ranked


def test_where_candidates_are_told_before_nobody_is_ranked_until_they_were(pool: None, ask: Ask) -> None:
    post = approved(ask, site="Austin, TX", notice_needed=True)
    found = _found(ask, requisition=post.id)
    assert [one.id for one in found.checks if one.level == "E"] == ["C4"]
    assert not found.ranked


def test_an_audit_of_these_weights_opens_the_ranking(pool: None, ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    from maitred.desks.hiring.postings.checks.ranking import Audit
    from maitred.insight.ranking.scoring import weights

    post = approved(ask, site="New York, NY", notice_needed=False)
    audit = Audit(weights().sha256, date(2025, 12, 1), independent=True)
    monkeypatch.setattr(allowed, "AUDITS", [lambda: [audit]])
    assert _found(ask, "customer support manager", requisition=post.id).ranked


def test_a_kept_search_tells_its_owner_once_of_new_people(pool: None, ask: Ask, house: Floor, tmp_path: Path) -> None:
    kept = ask("manager", "hiring.save_search", name="Austin", query=QUERY, alert=True)
    _alerted()
    assert not Notice._base_manager.filter(text__contains="new in your search").exists()
    _bring(tmp_path, [{**PEOPLE[0], "meta": {"id": "p7", "lastModified": "2026-01-01"}}])
    _alerted()
    _alerted()
    told = Notice._base_manager.filter(text__contains="new in your search")
    assert [one.account_id for one in told] == [house.accounts["manager"].pk]
    assert "1 new" in told[0].text
    with pytest.raises(NotFound):
        ask("lead2", "hiring.forget_saved_search", saved=kept.id, version=kept.version)
    row = SavedSearch._base_manager.get(pk=kept.id)
    ask("manager", "hiring.forget_saved_search", saved=row.pk, version=row.version)
    assert ask("manager", "hiring.saved_searches").items == ()


def test_the_open_posts_that_somebody_fits(pool: None, ask: Ask) -> None:
    post = approved(ask, site="Austin, TX")
    found = ask("manager", "hiring.openings_for", profile="p1")
    assert [(one.requisition, one.share) for one in found.items] == [(post.id, 1.0)]


def test_whoever_does_not_hire_learns_nothing(pool: None, ask: Ask) -> None:
    code = _found(ask).search_id
    for name, given in (("hiring.search", {"query": QUERY}), ("hiring.searches", {}),
                        ("hiring.why_not", {"profile": "p1", "search": code})):  # fmt: skip
        with pytest.raises(Denied):
            ask("agent", name, **given)


def test_the_page_shows_reasons_links_and_foreign_text_as_text(pool: None, ask: Ask, sign: Sign) -> None:
    client = sign("manager")
    page = client.get("/hiring/search/", {"q": QUERY, "edit": "must:3", "who": "p3"})
    text = page.content.decode()
    assert page.status_code == 200
    assert "removes" in text and "edit=drop%3A0" in text and 'data-profile="p1"' in text
    assert "<script>alert(1)" not in text
    assert 'data-state="removed"' in text or 'data-state="lower"' in text
    assert client.get("/hiring/search/").status_code == 200
    assert client.get("/hiring/searches/").status_code == 200
    assert "data-watermark" not in text


def test_the_page_says_what_is_wrong_with_a_query(pool: None, sign: Sign) -> None:
    client = sign("manager")
    blocked = client.get("/hiring/search/", {"q": "young energetic"})
    assert blocked.status_code == 422 and "young" in blocked.content.decode()
    assert client.get("/hiring/search/", {"q": QUERY, "edit": "sell:1"}).status_code == 422
    assert sign("agent").get("/hiring/search/").status_code == 403


def test_invented_people_are_marked_on_the_page(house: Floor, tmp_path: Path, settings: Any, sign: Sign) -> None:
    settings.MAITRED_HOME = tmp_path
    Keyring(folder_of(tmp_path)).create()
    engines._index.cache_clear()
    _bring(tmp_path, PEOPLE, "synthetic")
    assert 'data-watermark="synthetic"' in sign("manager").get("/hiring/search/", {"q": QUERY}).content.decode()
    engines._index.cache_clear()


def test_a_search_is_kept_and_forgotten_on_the_page(pool: None, ask: Ask, sign: Sign) -> None:
    client = sign("manager")
    given = {"do": "save", "name": "Mine", "query": QUERY, "alert": "on"}
    assert client.post("/hiring/search/", given).status_code == 302
    (kept,) = ask("manager", "hiring.saved_searches").items
    assert kept.alert
    client.post("/hiring/search/", {"do": "forget", "saved": kept.id, "version": kept.version})
    assert ask("manager", "hiring.saved_searches").items == ()


def test_the_command_line_keeps_no_searches(pool: None) -> None:
    from maitred.kit.verbs import run

    with pytest.raises(Conflict):
        run("hiring.save_search", operator("tests"), {"name": "x", "query": QUERY})
