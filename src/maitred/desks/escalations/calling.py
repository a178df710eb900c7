"""Who is asked: the one on call who is not away, else the next, else whoever leads; and what happens when nobody says
"mine" in time."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta

from maitred.base.errors import Invalid, MaitredError
from maitred.desks.escalations import access
from maitred.desks.escalations.models import Case, CaseNote, Policy
from maitred.kit.access.actor import Actor, operator
from maitred.kit.audit import deeds
from maitred.kit.notices.telling import notify
from maitred.kit.verbs import run
from maitred.kit.verbs.registry import register
from maitred.people.models import Person

MINUTES = {"critical": 15, "high": 60, "normal": 240, "low": 1440}


def away() -> frozenset[int]:
    """People who are away today, as the roster says; why is not asked. Nobody where there is no roster."""
    if "roster.people" not in register():
        return frozenset()
    try:
        found = run("roster.people", operator("escalations"), {})
    except MaitredError:
        return frozenset()
    return frozenset(one.person for one in found.people if one.away_today)


def asked(team: int | None, at: datetime, without: Collection[int] = ()) -> list[Person]:
    """Whom to ask, in order: the rota of the team and of those above it, then who leads them; nobody who is away."""
    gone = away()
    found: dict[int, Person] = {}
    for one in (*(shift.person for shift in access.on_call(team, at)), *access.leads(team)):
        if one.pk not in gone and one.pk not in without:
            found.setdefault(one.pk, one)
    return list(found.values())


def minutes(severity: str, policy: Policy | None) -> int:
    """How long somebody has to say "mine"."""
    return MINUTES[severity] if policy is None else int(getattr(policy, f"{severity}_minutes"))


def pass_on(row: Case, now: datetime, why: str) -> Case:
    """Ask the next one: whoever was asked before is skipped until everybody was; inside a deed."""
    before = {row.owner_id} if row.owner_id else set()
    those = asked(row.team_id, now, before)
    place = max(0, row.asked - 1) % len(those) if those else 0
    following = those[place] if those else row.owner
    until = now + timedelta(minutes=minutes(row.severity, access.policy()))
    name = following.name if following is not None else "nobody"
    changed = deeds.change(
        row, None, owner_id=following.pk if following is not None else None, asked=row.asked + 1,
        state=Case.DECLARED, acknowledged_at=None, acknowledge_by=until,
    )  # fmt: skip
    deeds.create(CaseNote, case=row, by=None, kind="passed_on", text=f"{why}: {name} is asked")
    if following is not None:
        tell((following.pk,), "An escalation waits for you to say that it is yours", row.pk)
    return changed


def note(actor: Actor, row: Case, kind: str, text: str = "") -> CaseNote:
    """A line in the case's own timeline."""
    return deeds.create(CaseNote, case=row, by_id=actor.person, kind=kind, text=text[:4_000])


def note_of_worker(row: Case, text: str, kind: str) -> CaseNote:
    """A line that nobody wrote."""
    return deeds.create(CaseNote, case=row, by=None, kind=kind, text=text[:4_000])


def tell(people: Iterable[int | None], text: str, case: int) -> None:
    """Tell people something about a case who have an account."""
    accounts = access.accounts_of(one for one in people if one is not None)
    if accounts:
        notify(accounts, "due", text, f"/escalations/{case}/")


def misfit(field: str, message: str) -> Invalid:
    """A refusal about one field."""
    return Invalid(message, "mend it", ({"field": field, "message": message, "code": "misfit"},))


def owners(row: Case, assignees: Sequence[str], known: Collection[str]) -> tuple[str, ...]:
    """Who is said to own it: our owner, and those whom the helpdesk names, where they differ."""
    ours = row.owner.name if row.owner is not None else ""
    others = [one for one in dict.fromkeys(assignees) if one and one not in known]
    return (*([ours] if ours else []), *others) if others and (ours or len(others) > 1) else ()
