"""Objects of compliance for the access matrix: one of every noun for every owner, in the state that a verb wants."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from maitred.base import clock
from maitred.desks.compliance.models import Case, Complaint, ComplaintProposal, DataRequest, OwnDay, Scan
from maitred.desks.compliance.reading_packs import packs
from maitred.kit.audit.deeds import create
from maitred.people import tree

if TYPE_CHECKING:
    from maitred.kit.verbs.registry import Verb
    from maitred.people.tests.floor import Floor
    from tests.access.things import Things

_STAGES = ("received", "acknowledged", "assessed", "investigated", "decided", "closed")


def references(verb: Verb, floor: Floor, things: Things, named: str) -> dict[str, Any]:
    """Ids in the examples of verbs of compliance, as this floor has them."""
    if verb.id == "compliance.complaint_merge":
        return {"into": things.of("complaint", "mate", "other")[0]}
    if verb.id == "compliance.complaint_own":
        return {"owner": floor.people["privacy"].pk}
    if verb.id == "compliance.review_pack":
        return {"pin": packs()["uk.fca.disp"].pin}
    return {}


def _case(things: Things, owner: str, kind: str) -> Case:
    teams = sorted(tree.teams_of(things.floor.people[owner].pk))
    return create(
        Case, kind=kind, reference=f"{kind[0].upper()}-2026-{things.number():04d}", facts={},
        team_id=teams[0] if teams else None, received_at=clock.now() - timedelta(hours=1),
    )  # fmt: skip


def _complaint(things: Things, owner: str, state: str) -> Any:
    """With all that was written until its stage."""
    now = clock.now()
    done = _STAGES[1 : _STAGES.index(state) + 1] if state in _STAGES else ()
    given: dict[str, dict[str, Any]] = {
        "acknowledged": {"acknowledged_at": now, "acknowledged_channel": "email", "acknowledged_text": "We have it."},
        "assessed": {
            "assessed_at": now, "severity": "low", "safety": False, "complexity": "low", "impact": "one customer",
            "immediate": False,
        },
        "investigated": {"investigated_at": now, "facts_found": "Charged twice", "root_cause": "system"},
        "decided": {
            "decided_at": now, "decision": "upheld", "reasons": "Charged twice", "redress": "A refund",
            "alternatives": "none", "recourse": "The ombudsman", "decision_text": "We were wrong.",
        },
        "closed": {"ending": "accepted", "consent": True},
    }  # fmt: skip
    told = {name: value for stage in done for name, value in given[stage].items()}
    return create(
        Complaint, case=_case(things, owner, "complaint"), state=done[-1] if done else "received", origin="button",
        description="Charged twice", remedy="A refund", product="Shop", channel="email", **told,
    )  # fmt: skip


def _request(things: Things, owner: str, state: str) -> Any:
    proved = {"state": "verified", "method": "known_address", "proved": True} if state == "verified" else {}
    return create(DataRequest, case=_case(things, owner, "request"), kind="access", channel="email", **proved)


def _proposal(things: Things, owner: str, _: str) -> Any:
    teams = sorted(tree.teams_of(things.floor.people[owner].pk))
    return create(
        ComplaintProposal, source_id="demo", ticket_id=f"p{things.number()}", rule="words",
        team_id=teams[0] if teams else None, received_at=clock.now(),
    )  # fmt: skip


def _day(things: Things, _: str, __: str) -> Any:
    day = date(2031, 1, 1) + timedelta(days=things.number())
    return create(OwnDay, calendar="GB-ENG", day=day, kind="closed", name="Eve", valid_from=clock.now().date())


def _scan(things: Things, _: str, __: str) -> Any:
    return create(Scan, store="all", state="done", finished_at=clock.now())


MAKERS: dict[str, Callable[[Things, str, str], Any]] = {
    "complaint": _complaint,
    "data-request": _request,
    "complaint-proposal": _proposal,
    "own-day": _day,
    "scan": _scan,
}
SHARED: frozenset[str] = frozenset({"own-day", "scan"})
"""Nouns whose objects belong to nobody."""
STATES: dict[str, str] = {
    "compliance.complaint_assess": "acknowledged",
    "compliance.complaint_investigate": "assessed",
    "compliance.complaint_decide": "investigated",
    "compliance.complaint_reject": "decided",
    "compliance.complaint_close": "decided",
    "compliance.complaint_reopen": "closed",
    "compliance.request_extend": "verified",
    "compliance.request_fulfil": "verified",
    "compliance.request_refuse": "verified",
}
OWN: dict[str, str] = {}
"""Verbs about what is one's own."""
APART: dict[str, str] = {
    "compliance.adopt_pack_version": "needs a case opened under an older version; asked in the desk's own tests",
}
"""Verbs whose allowed cells are asked elsewhere, with the reason."""
WORDS: dict[str, str] = {"pack": "uk.fca.disp", "case": "1"}
"""Words that addresses take, by the name they have there."""
