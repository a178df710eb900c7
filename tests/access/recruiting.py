"""Objects of hiring for the access matrix: one of every noun, in the state that a verb wants to find it in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from maitred.base import clock
from maitred.desks.hiring.interviewing import kits
from maitred.desks.hiring.models import (
    Candidate,
    Interest,
    Interview,
    Need,
    Objection,
    Offer,
    Outreach,
    OutreachTemplate,
    Posting,
    Profile,
    ProfileImport,
    Requisition,
    SavedSearch,
    Scorecard,
    StageEvent,
)
from maitred.desks.hiring.postings import filling, shapes
from maitred.desks.hiring.profiles import sealing
from maitred.desks.hiring.searching import log
from maitred.kit.audit.deeds import create

if TYPE_CHECKING:
    from maitred.kit.verbs.registry import Verb
    from maitred.people.tests.floor import Floor
    from tests.access.things import Things

_ROLE = "support.manager"
_STAGES = {"": "shortlisted", "near": "shortlisted", "met": "interview"}


@dataclass(frozen=True)
class _Coded:
    """What addresses name by a word: a search by its code, a profile by the id of its source."""

    pk: str


def references(verb: Verb, floor: Floor, things: Things, named: str) -> dict[str, Any]:
    """Ids in the examples of verbs of hiring, as this floor has them."""
    there: dict[str, Callable[[], Any]] = {
        "need": lambda: things.of("hiring-need", "agent")[0],
        "person": lambda: floor.people["spare"].pk,
        "panel": lambda: [floor.people["lead"].pk, floor.people["lead2"].pk],
        "template": lambda: things.of("outreach-template", "agent")[0],
    }
    found = {name: key() for name, key in there.items() if name in verb.example and name != named}
    if verb.id == "hiring.write_posting":
        del found["template"]
    if "profile" in verb.example and named != "profile":
        row = _new_profile(things)
        found["profile"] = row.pk if isinstance(verb.example["profile"], int) else row.external_id
    if "search" in verb.example and named != "search":
        found["search"] = ""
    if verb.id in ("hiring.save_scorecard", "hiring.send_scorecard"):
        found["scores"] = [{"competency": key, "value": 4, "evidence": "asked for n"} for key in _keys()]
    if verb.id == "hiring.record_reply":
        found["replied_on"] = str(clock.now().date())
    return found


def _new_profile(things: Things) -> Any:
    from maitred.kit.audit.deeds import deed
    from maitred.people.tests.floor import ROOT

    with deed(ROOT, "tests.profile"):
        return _kept(things)


def _profile(things: Things, _: str, __: str) -> Any:
    return _Coded(_kept(things).external_id)


def _kept(things: Things) -> Profile:
    day, key = clock.now().date(), 7000 + things.number()
    batch = create(ProfileImport, source="tests", basis="applicant", settled=True)
    return create(
        Profile, key=key, source="tests", external_id=f"s1-{key:07d}", basis="applicant",
        document=sealing.sealed_document(key, b'{"id": "s1"}'),
        contact=sealing.sealed_contact(key, sealing.Contact("Ada Quill", f"ada{key}@people.example")), digest="x",
        batch=batch, as_of=day, added_on=day, last_step_on=day, hide_after=day + timedelta(days=90),
        erase_after=day + timedelta(days=180),
    )  # fmt: skip


def _need(things: Things, _: str, state: str) -> Any:
    gone = {"state": "withdrawn", "closed_why": "overtime"} if state == "withdrawn" else {}
    day = clock.now().date() + timedelta(days=200)
    return create(
        Need, title=f"Need {things.number()}", reason="replacement", headcount=1, by=day, author_name="Manager",
        author=things.floor.people["manager"], **gone,
    )  # fmt: skip


def _requisition(things: Things, owner: str, state: str) -> Any:
    told: dict[str, Any] = {
        "waiting": {"state": "waiting"},
        "withdrawn": {"state": "withdrawn", "closed_why": "merged"},
    }.get(state, {"state": "approved", "approved_at": clock.now(), "approver_name": "Lead2"})
    return create(
        Requisition, need=_need(things, owner, ""), title="Support manager", role=_ROLE, site="Austin, TX",
        headcount=1, pay_min=60_000, pay_max=82_000, currency="USD", ramp_weeks=8, days_to_hire=45,
        begin_by=clock.now().date(), screening=[{"key": "nights", "text": "Which evenings?"}],
        author=things.floor.people["manager"], author_name="Manager", **told,
    )  # fmt: skip


def _candidate(things: Things, owner: str, state: str) -> Any:
    row = create(
        Candidate, requisition=_requisition(things, owner, ""), profile=_kept(things).pk,
        code=f"C{things.number():05d}", basis="applicant", source="tests", stage=_STAGES.get(state, state),
    )  # fmt: skip
    create(
        StageEvent,
        candidate=row,
        before="shortlisted",
        after=row.stage,
        reason="evidence",
        by=things.floor.people["manager"],
        at=clock.now(),
    )
    if state == "near":
        create(Interest, candidate=row, person=things.floor.people["spare"], words="worked together")
    if state == "met":
        _met(things, row)
    return row


def _met(things: Things, row: Candidate) -> None:
    """An interview that was debriefed."""
    now, lead = clock.now(), things.floor.people["lead"]
    interview = create(
        Interview, candidate=row, kit=kits.kept(kits.kit(_ROLE)), starts_at=now, by=lead, state="debriefed",
        debriefed_at=now, debriefed_by=lead, summary="go on",
    )  # fmt: skip
    create(Scorecard, interview=interview, person=lead, sent_at=now, recommendation="yes", scores=_scores())


def _interview(things: Things, owner: str, state: str) -> Any:
    """With its owner on the panel; ``scored``: everybody has sent theirs."""
    floor, now = things.floor, clock.now()
    kept = {"state": "cancelled"} if state == "cancelled" else {}
    row = create(
        Interview, candidate=_candidate(things, owner, "interview"), kit=kits.kept(kits.kit(_ROLE)),
        starts_at=now + timedelta(days=1), by=floor.people["manager"], **kept,
    )  # fmt: skip
    sent = {"sent_at": now, "recommendation": "yes", "scores": _scores()} if state == "scored" else {}
    create(Scorecard, interview=row, person=floor.people[owner], **sent)
    return row


def _keys() -> list[str]:
    return [one["id"] for one in kits.kept(kits.kit(_ROLE))["competencies"]]


def _scores() -> dict[str, Any]:
    return {key: {"value": 4, "evidence": "asked for n"} for key in _keys()}


def _offer(things: Things, owner: str, state: str) -> Any:
    now = clock.now()
    told: dict[str, Any] = {"state": state or "waiting"}
    if state in ("approved", "made", "accepted"):
        told |= {"approved_at": now, "approver": things.floor.people["lead2"]}
    if state in ("made", "accepted"):
        told["made_at"] = now
    return create(
        Offer, candidate=_candidate(things, owner, "offer"), amount=76_000, currency="USD", pay_unit="year",
        start=now.date() + timedelta(days=60), range_min=60_000, range_max=82_000,
        author=things.floor.people["manager"], **told,
    )  # fmt: skip


def _template(things: Things, _: str, __: str) -> Any:
    return create(OutreachTemplate, title=f"Letter {things.number()}", subject_line="A post", body="Dear {first_name}")


def _letter(things: Things, owner: str, state: str) -> Any:
    sent = {"state": "sent", "attempt": 1, "sent_at": clock.now()} if state == "sent" else {}
    return create(
        Outreach, candidate=_candidate(things, owner, ""), recipient=f"{things.number():032x}", subject_line="A post",
        body="Dear Ada", by=things.floor.people["manager"], **sent,
    )  # fmt: skip


def _posting(things: Things, _: str, state: str) -> Any:
    made, today = filling.filled("support-manager", (), "Northwind"), clock.now().date()
    told = {"state": state, "number": 1, "posted_on": today} if state else {}
    return create(
        Posting, title="Support manager", role=_ROLE, content=shapes.plain(made), reference=f"r{things.number():08d}",
        **told,
    )  # fmt: skip


def _objection(things: Things, owner: str, _: str) -> Any:
    due = clock.now().date() + timedelta(days=14)
    return create(Objection, candidate=_candidate(things, owner, "rejected"), about="decision", words="Why", due_on=due)


def _saved(things: Things, owner: str, _: str) -> Any:
    return create(
        SavedSearch, owner=things.floor.accounts[owner], name=f"Search {things.number()}", query="support manager"
    )


def _search(things: Things, _: str, __: str) -> Any:
    number = things.number()
    row = log.keep("tests", {
        "query": "support manager", "engine": "embedded", "weights_name": "support-1", "weights_sha256": "0" * 64,
        "index_version": 1, "index_rows": 1, "as_of": clock.now().date(), "limit": 10, "considered": 1,
        "max_score": 1, "code": f"s_{number:010d}",
    })  # fmt: skip
    return _Coded(row.code)


MAKERS: dict[str, Callable[[Things, str, str], Any]] = {
    "hiring-need": _need,
    "requisition": _requisition,
    "candidate": _candidate,
    "interview": _interview,
    "offer": _offer,
    "outreach-template": _template,
    "outreach": _letter,
    "posting": _posting,
    "profile": _profile,
    "candidate-objection": _objection,
    "saved-search": _saved,
    "search": _search,
}
SHARED: frozenset[str] = frozenset(MAKERS) - {"interview", "saved-search"}
"""Nouns whose objects belong to nobody: who holds the grant meets them all."""
STATES: dict[str, str] = {
    "hiring.reopen_need": "withdrawn",
    "hiring.approve_requisition": "waiting",
    "hiring.change_requisition": "waiting",
    "hiring.send_back_requisition": "waiting",
    "hiring.reopen_requisition": "withdrawn",
    "hiring.shortlist": "applied",
    "hiring.pass_over": "applied",
    "hiring.record_answers": "applied",
    "hiring.reopen_candidate": "rejected",
    "hiring.release_interest": "near",
    "hiring.draft_offer": "met",
    "hiring.restore_interview": "cancelled",
    "hiring.debrief": "scored",
    "hiring.conclude_debrief": "scored",
    "hiring.make_offer": "approved",
    "hiring.answer_offer": "made",
    "hiring.hire": "accepted",
    "hiring.withdraw_offer": "made",
    "hiring.record_reply": "sent",
    "hiring.close_posting": "published",
    "hiring.reopen_posting": "closed",
}
OWN: dict[str, str] = {
    "hiring.save_scorecard": "self",
    "hiring.send_scorecard": "self",
    "hiring.change_saved_search": "self",
    "hiring.forget_saved_search": "self",
}
"""Verbs about what is one's own."""
APART: dict[str, str] = {
    "hiring.accept_suggestions": "needs gaps of a team's skills; asked per role in the desk's own tests",
    "hiring.publish_posting": "needs a posting that no check stops; asked per role in the desk's own tests",
}
"""Verbs whose allowed cells are asked elsewhere, with the reason."""
WORDS: dict[str, str] = {"reference": "none", "kind": "pdf"}
"""Words that addresses take, by the name they have there."""
