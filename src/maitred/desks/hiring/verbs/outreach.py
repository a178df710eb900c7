"""Letters to people who might fit: drafts from templates, sent one by one by a person, and never after a no."""

from __future__ import annotations

from datetime import date, timedelta

from maitred.base import clock
from maitred.base.errors import Conflict, Denied
from maitred.desks.hiring.models import Candidate, Outreach, OutreachTemplate
from maitred.desks.hiring.models.pipeline import ENDS
from maitred.desks.hiring.outreaching import access, links, merging
from maitred.desks.hiring.outreaching.shapes import Body, LetterShown, LetterState, Subject, Templates, TemplateShown
from maitred.desks.hiring.pipeline import access as pipeline
from maitred.desks.hiring.pipeline import naming, showing, stepping
from maitred.desks.hiring.shapes import CandidateId, OtherId, OutreachId, TemplateId, Title
from maitred.desks.hiring.verbs.needs import misfit
from maitred.kit.access.actor import Actor
from maitred.kit.access.rights import Right
from maitred.kit.audit import deeds
from maitred.kit.outbox.posting import post_mail
from maitred.kit.verbs import Cursor, Limit, Page, Version, action, question
from maitred.kit.verbs.results import paged

A_DAY = 40
"""Letters of the whole desk in 24 hours."""
A_DAY_EACH = 15
"""Letters of one person in 24 hours."""
TRIES = 2
APART = timedelta(days=7)
"""Between the first letter and the second."""
_BODY = "Dear {first_name},\n\nwe look for a {title} in {site}, {pay}. May I tell you more?\n\n{sender}"


@question(needs=Right.HIRING_READ, example={})
def outreach_templates(actor: Actor) -> Templates:
    """List templates of letters by title."""
    return Templates(tuple(_template(row) for row in access.visible_templates(actor)[:200]))


@action(needs=Right.HIRING_WRITE, example={"title": "First letter", "subject_line": "A {title}", "body": _BODY})
def add_template(actor: Actor, title: Title, subject_line: Subject, body: Body) -> TemplateShown:
    """Write a template; ``{first_name}``, ``{title}``, ``{team}``, ``{site}``, ``{pay}``, ``{sender}`` are filled."""
    _refuse_unknown(subject_line, body)
    return _template(deeds.create(OutreachTemplate, title=title, subject_line=subject_line, body=body))


@action(needs=Right.HIRING_WRITE, example={"template": 1, "version": 1, "body": _BODY})
def change_template(
    actor: Actor, template: TemplateId, version: Version, title: Title | None = None,
    subject_line: Subject | None = None, body: Body | None = None, retired: bool | None = None,
) -> TemplateShown:  # fmt: skip
    """Change a template, or take it out of use; letters that were drafted stay as they are."""
    row = access.access_template(actor, template)
    _refuse_unknown(subject_line or "", body or "")
    given = {"title": title, "subject_line": subject_line, "body": body, "retired": retired}
    return _template(deeds.change(row, version, **{name: one for name, one in given.items() if one is not None}))


@question(needs=Right.HIRING_READ, example={})
def outreach(
    actor: Actor, state: LetterState | None = None, candidate: OtherId | None = None, cursor: Cursor = None,
    limit: Limit = 50,
) -> Page[LetterShown]:  # fmt: skip
    """List letters, the newest first.

    Parameters
    ----------
    state
        Only those in this state.
    candidate
        Only those to this candidate.
    """
    rows = access.visible_letters(actor)
    rows = rows.filter(state=state) if state is not None else rows
    rows = rows.filter(candidate=candidate) if candidate is not None else rows
    return paged(
        rows, actor, f"outreach:{state}:{candidate}", cursor, limit, lambda row: _letter(actor, row), newest=True
    )


@question(needs=Right.HIRING_READ, example={"letter": 1})
def show_letter(actor: Actor, letter: OutreachId) -> LetterShown:
    """Show a letter as it would go out, and why it cannot go out now."""
    return _letter(actor, access.access_letter(actor, letter))


@action(needs=Right.HIRING_WRITE, example={"candidate": 1, "template": 1})
def draft_letter(actor: Actor, candidate: CandidateId, template: OtherId) -> LetterShown:
    """Draft a letter to one candidate from a template; nothing is sent by it."""
    row = pipeline.access_candidate(actor, candidate)
    person = stepping.refuse_near(actor, row)
    kept = access.access_template(actor, template)
    if access.draft_of(row):
        raise Conflict(f"there is a draft to {row.code} already", "change that one, or discard it first")
    values = _values(actor, row)
    subject_line = merging.one_line(merging.merged(kept.subject_line, values))[:150]
    body = merging.merged(kept.body, values)
    made = deeds.create(Outreach, candidate=row, by_id=person, subject_line=subject_line, body=body)
    return _letter(actor, made)


@action(needs=Right.HIRING_WRITE, example={"letter": 1, "version": 1, "body": "Dear Ada, ..."})
def change_letter(
    actor: Actor, letter: OutreachId, version: Version, subject_line: Subject | None = None, body: Body | None = None
) -> LetterShown:
    """Change a draft. What is left out stays."""
    row = _draft(actor, letter)
    given = {"subject_line": subject_line, "body": body}
    return _letter(actor, deeds.change(row, version, **{name: one for name, one in given.items() if one is not None}))


@action(needs=Right.HIRING_WRITE, example={"letter": 1, "version": 1})
def discard_letter(actor: Actor, letter: OutreachId, version: Version) -> LetterShown:
    """Discard a draft."""
    return _letter(actor, deeds.change(_draft(actor, letter), version, state=Outreach.DISCARDED))


@action(needs=Right.HIRING_WRITE, example={"letter": 1, "version": 1})
def send_letter(actor: Actor, letter: OutreachId, version: Version) -> LetterShown:
    """Send one letter, by your own hand: below it stands where the data are from and how to stop with one click.

    Not to whoever wants none; not more than two to anybody who does not answer, a week apart; not more than fifteen by
    one person and forty by all in a day.
    """
    row = _draft(actor, letter)
    person = stepping.refuse_near(actor, row.candidate)
    found = _named(row.candidate)
    reason = _why_not(row.candidate, found, person)
    if reason:
        raise Denied(reason, "nothing was sent")
    recipient = links.digest(found.email)
    before = access.sent_to(recipient)
    stop = links.stop(recipient)
    effect = post_mail(
        found.email, row.subject_line, row.body + _footer(row.candidate, found), key=f"hiring-letter:{row.pk}",
        unsubscribe=stop,
    )  # fmt: skip
    sent = deeds.change(
        row, version, state=Outreach.SENT, recipient=recipient, attempt=len(before) + 1, effect=effect,
        sent_at=clock.now(), by_id=person,
    )  # fmt: skip
    return _letter(actor, sent)


@action(needs=Right.HIRING_WRITE, example={"letter": 1, "version": 2, "replied_on": "2026-01-09"})
def record_reply(actor: Actor, letter: OutreachId, version: Version, replied_on: date) -> LetterShown:
    """Record that somebody answered a letter."""
    row = access.access_letter(actor, letter)
    if row.state != Outreach.SENT or row.sent_at is None:
        raise Conflict("this letter was not sent", "nothing is left to do")
    if not row.sent_at.date() <= replied_on <= showing.today():
        raise misfit("replied_on", "an answer comes after the letter and not after today")
    return _letter(actor, deeds.change(row, version, replied_on=replied_on))


def _why_not(candidate: Candidate, found: naming.Named, person: int | None) -> str:
    """Why a letter does not go out to a candidate now; empty where it does."""
    if "@" not in found.email:
        return f"no mail address of {candidate.code} is known"
    if access.out(links.digest(found.email)):
        return f"{candidate.code} wants no letter, and that stands for ever"
    if candidate.stage in ENDS:
        return f"the way of {candidate.code} has ended ({candidate.stage})"
    before = access.sent_to(links.digest(found.email))
    answered = any(one.replied_on is not None for one in before)
    if len(before) >= TRIES:
        silent = "and did not answer" if not answered else "and answered: write to them yourself"
        return f"{candidate.code} got {len(before)} letters {silent}: there is no third"
    last = before[-1].sent_at if before else None
    if last is not None and clock.now() - last < APART:
        return f"{candidate.code} got a letter on {last.date().isoformat()}: wait a week"
    day = clock.now() - timedelta(days=1)
    if access.sent_since(day) >= A_DAY:
        return f"{A_DAY} letters went out within a day: wait until tomorrow"
    if person is not None and access.sent_since(day, person) >= A_DAY_EACH:
        return f"you sent {A_DAY_EACH} letters within a day: wait until tomorrow"
    return ""


def _named(candidate: Candidate) -> naming.Named:
    empty = naming.Named("", "")
    return naming.named([candidate.profile]).get(candidate.profile, empty) if candidate.profile else empty


def _values(actor: Actor, row: Candidate) -> dict[str, str]:
    asked, found = row.requisition, _named(row)
    sender = next((one.name for one in pipeline.colleagues(actor).filter(pk=actor.person or 0)), "")
    return {
        "first_name": found.name.split(" ")[0], "title": asked.title, "site": asked.site or asked.remote_areas,
        "team": asked.need.team.name if asked.need.team else "", "sender": sender,
        "pay": f"{asked.pay_min:,} to {asked.pay_max:,} {asked.currency} a {asked.pay_unit}",
    }  # fmt: skip


def _footer(candidate: Candidate, found: naming.Named) -> str:
    stop, own = links.stop(links.digest(found.email)), links.own(candidate.code)
    return merging.footer(candidate.source or found.source, found.basis or candidate.basis, stop, own)


def _draft(actor: Actor, letter: int) -> Outreach:
    row = access.access_letter(actor, letter)
    if row.state != Outreach.DRAFT:
        raise Conflict(f"this letter is {row.state}", "draft another one")
    return row


def _refuse_unknown(*texts: str) -> None:
    for text in texts:
        place = merging.unknown(text)
        if place:
            known = ", ".join(f"{{{one}}}" for one in merging.PLACES)
            raise misfit("body", f"nobody can fill in {{{place}}}: use {known}")


def _template(row: OutreachTemplate) -> TemplateShown:
    return TemplateShown(row.pk, row.title, row.subject_line, row.body, row.retired, row.version)


def _letter(actor: Actor, row: Outreach) -> LetterShown:
    draft = row.state == Outreach.DRAFT
    found = _named(row.candidate) if draft else naming.Named("", "")
    return LetterShown(
        row.pk, row.candidate_id, row.candidate.code, row.candidate.requisition_id, row.candidate.requisition.title,
        row.subject_line, row.body, _footer(row.candidate, found) if draft and found.email else "", row.state,
        row.attempt, row.by.name, row.sent_at, row.replied_on,
        _why_not(row.candidate, found, actor.person) if draft else "", row.version,
    )  # fmt: skip
