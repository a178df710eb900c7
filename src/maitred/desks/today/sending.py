"""Sends what people asked for: alerts within their budget and outside quiet hours, and the daily letter in its hour.

Everything is asked with the rights that the receiver has now. A letter asked for twice is one letter: its key is made
of the rule and the finding, or of the account and the day.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import translation

from maitred.base import clock
from maitred.base.errors import MaitredError
from maitred.desks.today import access, letters
from maitred.desks.today.folding import WORSE
from maitred.desks.today.models import Alert, Digest, Told
from maitred.desks.today.sight import about_person
from maitred.desks.today.verbs import listing
from maitred.desks.today.verbs.shapes import FindingShown, TodayShown
from maitred.kit.access.actor import Actor
from maitred.kit.audit import deeds
from maitred.kit.documents import mail
from maitred.kit.documents.sections import Document
from maitred.kit.jobs.running import Run
from maitred.kit.outbox.posting import post_chat, post_mail
from maitred.people import preferences
from maitred.people.acting import actor_behind
from maitred.people.models import Account

_LATE = timedelta(hours=3)
"""A letter that is later than this is not sent that day: stale news help nobody."""
_WEEKEND = 5


def alerts(run: Run) -> int:
    """Tell what the rules in force ask for; returns how often somebody was told."""
    now = clock.now()
    return sum(_by_rule(run, rule, now) for rule in access.enabled_alerts())


def digests(run: Run) -> int:
    """Send the daily letters whose hour has come; returns how many."""
    now = clock.now()
    return sum(_letter(run, account, now) for account in access.readers_of_the_digest())


def _by_rule(run: Run, rule: Alert, now: datetime) -> int:
    run.check()
    owner = rule.owner
    zone = rule.time_zone or owner.time_zone or "UTC"
    if preferences.quiet(rule.quiet_hours or owner.quiet_hours, zone, now):
        return 0
    found = _list_of(owner.pk)
    if found is None:
        return 0
    actor, shown = found
    day = now.astimezone(ZoneInfo(zone)).date()
    left = rule.budget - access.told_on(rule, day)
    told = 0
    for one in _wanted(rule, shown):
        if told >= left:
            break
        with run.deed("today.tell"), translation.override(owner.language or "en"):
            _tell(rule, actor, one, shown, zone)
            deeds.create(Told, alert=rule, finding_id=one.id, day=day, harm=cost(one))
        told += 1
    return told


def _wanted(rule: Alert, shown: TodayShown) -> Iterator[FindingShown]:
    """The findings on the list that a rule asks for and has not told yet, or not at this size."""
    for one in shown.findings:
        harm = cost(one)
        if rule.family and one.family != rule.family:
            continue
        if (rule.subject_id and one.subject.get("id") != rule.subject_id) or harm < rule.least_harm:
            continue
        before = access.last_told(rule, one.id)
        if before is None or harm >= before.harm * WORSE > 0:
            yield one


def _tell(rule: Alert, actor: Actor, one: FindingShown, shown: TodayShown, zone: str) -> None:
    """One alert; what is about a person is not told, only that it is there."""
    item = None if personal(one) else letters.item(one)
    key = f"today.alert:{rule.pk}:{one.id}:{cost(one):.0f}:{shown.publication}"
    if rule.channel == "mail":
        document = letters.alert(item, shown.as_of, zone, shown.publication, _spoken(), _address())
        _post(rule.owner.email, document, key)
        return
    body = letters.slack(item, _address()) if rule.channel == "slack" else letters.teams(item, _address())
    post_chat(rule.secret, str(body["text"]), key, body=body)


def personal(one: FindingShown) -> bool:
    """Whether it is about a person, and is therefore not told outside."""
    where = (one.evidence.get("query") or {}).get("where")
    return one.person is not None or about_person(one.subject, where)


def cost(one: FindingShown) -> float:
    """Customer-hours a week."""
    return float(one.harm.get("value") or 0.0)


def _letter(run: Run, account: Account, now: datetime) -> int:
    run.check()
    zone = account.time_zone or "UTC"
    local = now.astimezone(ZoneInfo(zone))
    wish = access.digest_of(account.pk)
    if not _due(account, wish, local) or preferences.quiet(account.quiet_hours, zone, now):
        return 0
    found = _list_of(account.pk)
    if found is None:
        return 0
    _actor, shown = found
    if not shown.findings and not (wish and wish.when_empty):
        return 0
    with run.deed("today.digest"), translation.override(account.language or "en"):
        items = [letters.item(one) for one in shown.findings if not personal(one)]
        people = len(shown.findings) - len(items)
        document = letters.daily(
            items, people, len(shown.checked), shown.as_of, zone, shown.publication, _spoken(), _address()
        )
        _post(account.email, document, f"today.digest:{account.pk}:{local.date()}")
        if wish is None:
            deeds.create(Digest, account=account, sent_on=local.date())
        else:
            deeds.change(wish, None, sent_on=local.date())
    return 1


def _due(account: Account, wish: Digest | None, local: datetime) -> bool:
    """Whether the hour has come, on a working day, and the letter has not gone out."""
    if wish is not None and (not wish.daily or wish.sent_on == local.date()):
        return False
    hour, minute = (int(part) for part in account.digest_hour.split(":"))
    meant = local.replace(hour=hour, minute=minute, second=0, microsecond=0)
    return local.weekday() < _WEEKEND and meant <= local < meant + _LATE


def _list_of(account: int) -> tuple[Actor, TodayShown] | None:
    """The list with the rights that an account has now; None where it is closed or sees nothing."""
    try:
        actor = actor_behind(account)
        return actor, listing.list(actor)
    except MaitredError:
        return None


def _post(to: str, document: Document, key: str) -> None:
    letter = mail.render(document)
    post_mail(to, letter.subject, letter.text, letter.html, letter.attachments, key=key)


def _spoken() -> str:
    return translation.get_language() or "en"


def _address() -> str:
    return str(getattr(settings, "MAITRED_ADDRESS", ""))
