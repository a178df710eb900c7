"""Who is told at once, of what, by which way, how often and when not; and the daily letter."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import Field, StringConstraints

from maitred.base.errors import Denied, Invalid
from maitred.desks.today import access
from maitred.desks.today.models import Alert, Digest
from maitred.desks.today.verbs.shapes import AlertId
from maitred.kit.access.actor import Actor
from maitred.kit.access.rights import Reach, Right, reach
from maitred.kit.access.sharing import owner_of
from maitred.kit.audit import deeds
from maitred.kit.secrets import stored
from maitred.kit.secrets.sealing import Secret
from maitred.kit.verbs import Version, action, question
from maitred.people import preferences
from maitred.people.access import own_account

Channel = Literal["mail", "slack", "teams"]
Family = Annotated[str, StringConstraints(strip_whitespace=True, pattern=r"^[a-z_]{0,40}$")]
Subject = Annotated[str, StringConstraints(strip_whitespace=True, max_length=200)]
Hours = Annotated[str, StringConstraints(strip_whitespace=True, max_length=11)]
Zone = Annotated[str, StringConstraints(strip_whitespace=True, max_length=64)]
Harm = Annotated[float, Field(ge=0, le=1_000_000)]
Budget = Annotated[int, Field(ge=1, le=50)]
Address = Annotated[str, StringConstraints(strip_whitespace=True, max_length=1_000)]
_MOST_RULES = 50
_HTTP = re.compile(r"https?", re.ASCII)


@dataclass(frozen=True, slots=True)
class AlertShown:
    """One rule; the address of its room is never shown again."""

    id: int
    family: str
    subject: str
    least_harm: float
    channel: str
    budget: int
    quiet_hours: str
    time_zone: str
    enabled: bool
    created: datetime
    version: int


@dataclass(frozen=True, slots=True)
class Alerts:
    """One's own rules."""

    alerts: tuple[AlertShown, ...]


@dataclass(frozen=True, slots=True)
class Removed:
    """That a rule is gone."""

    alert: int


@dataclass(frozen=True, slots=True)
class DigestShown:
    """What one chose about the daily letter; hour, zone and quiet hours are those of one's account."""

    daily: bool
    when_empty: bool
    hour: str
    time_zone: str
    quiet_hours: str
    address: bool


@question(needs=Right.OWN_SETTINGS, own=True, example={})
def alerts(actor: Actor) -> Alerts:
    """List one's own rules: of which findings one is told at once."""
    return Alerts(tuple(_shown(one) for one in access.own_alerts(actor).order_by("pk")))


@action(needs=Right.OWN_SETTINGS, own=True, example={"channel": "mail", "family": "speed", "least_harm": 20})
def add_alert(
    actor: Actor,
    channel: Channel,
    family: Family = "",
    subject: Subject = "",
    least_harm: Harm = 0.0,
    address: Address = "",
    budget: Budget = 5,
    quiet_hours: Hours = "",
    time_zone: Zone = "",
) -> AlertShown:
    """Be told at once of new findings that one may see, as they are found.

    A room is never told what is about a person; it is told how many such items there are.

    Parameters
    ----------
    channel
        ``mail`` to one's own address, or the incoming webhook of a ``slack`` or ``teams`` room.
    family
        Such as ``speed``; any unless given.
    subject
        Id of a subject, such as ``zendesk:104``; any unless given.
    least_harm
        Customer-hours a week that it must cost.
    address
        Of the room's incoming webhook; kept sealed and never shown again.
    budget
        Alerts a day at most; what comes beyond waits for the list.
    quiet_hours
        When nothing is sent, such as ``20:00-07:00``; those of the account unless given.
    time_zone
        In which hours and days are told; that of the account unless given.
    """
    owner = owner_of(actor)
    _refuse_room(actor, channel, address, needed=True)
    if access.own_alerts(actor).count() >= _MOST_RULES:
        raise Invalid(f"there are {_MOST_RULES} rules already", "remove one first")
    row = deeds.create(
        Alert, owner_id=owner, family=family, subject_id=subject, least_harm=least_harm, channel=channel,
        budget=budget, quiet_hours=_hours(quiet_hours), time_zone=_zone(time_zone),
    )  # fmt: skip
    if channel != "mail":
        stored.store(row.secret, Secret(address))
    return _shown(row)


@action(needs=Right.OWN_SETTINGS, own=True, example={"alert": 1, "budget": 3, "version": 1})
def change_alert(
    actor: Actor,
    alert: AlertId,
    version: Version,
    family: Family | None = None,
    subject: Subject | None = None,
    least_harm: Harm | None = None,
    address: Address | None = None,
    budget: Budget | None = None,
    quiet_hours: Hours | None = None,
    time_zone: Zone | None = None,
    enabled: bool | None = None,
) -> AlertShown:
    """Change one of one's own rules; what is left out stays.

    Parameters
    ----------
    enabled
        False keeps the rule and lets it rest.
    """
    row = access.access_alert(actor, alert)
    given = {
        "family": family, "subject_id": subject, "least_harm": least_harm, "budget": budget,
        "quiet_hours": None if quiet_hours is None else _hours(quiet_hours),
        "time_zone": None if time_zone is None else _zone(time_zone), "enabled": enabled,
    }  # fmt: skip
    if address:
        _refuse_room(actor, row.channel, address, needed=False)
        stored.store(row.secret, Secret(address))
    return _shown(deeds.change(row, version, **{name: one for name, one in given.items() if one is not None}))


@action(needs=Right.OWN_SETTINGS, own=True, example={"alert": 1, "version": 1})
def remove_alert(actor: Actor, alert: AlertId, version: Version) -> Removed:
    """Remove one of one's own rules, and the address of its room with it."""
    row = access.access_alert(actor, alert)
    number, name, room = row.pk, row.secret, row.channel != "mail"
    deeds.remove(row, version)
    if room:
        stored.forget(name)
    return Removed(number)


@question(needs=Right.OWN_SETTINGS, own=True, example={})
def digest(actor: Actor) -> DigestShown:
    """Show what one chose about the daily letter."""
    return _digest(actor)


@action(needs=Right.OWN_SETTINGS, own=True, example={"daily": True, "when_empty": False})
def change_digest(actor: Actor, daily: bool | None = None, when_empty: bool | None = None) -> DigestShown:
    """Choose whether the daily letter comes, and whether it comes on days without findings.

    Parameters
    ----------
    daily
        Whether it comes on days with findings.
    when_empty
        Whether a single line comes where nothing needs one.
    """
    account = owner_of(actor)
    there = access.digest_of(account)
    given = {name: one for name, one in (("daily", daily), ("when_empty", when_empty)) if one is not None}
    if there is None:
        deeds.create(Digest, account_id=account, **given)
    else:
        deeds.change(there, None, **given)
    return _digest(actor)


def _digest(actor: Actor) -> DigestShown:
    account = own_account(actor)
    there = access.digest_of(account.pk)
    return DigestShown(
        there.daily if there else True, there.when_empty if there else False, account.digest_hour,
        account.time_zone, account.quiet_hours, bool(account.email),
    )  # fmt: skip


def _refuse_room(actor: Actor, channel: str, address: str, *, needed: bool) -> None:
    """A room is for those who lead; its address is one of the web. Where it leads is checked when it is met."""
    if channel == "mail":
        if address:
            raise _misfit("address", "letters go to your own address")
        if needed and not own_account(actor).email:
            raise Invalid("your account has no mail address", "an administrator can add one")
        return
    if reach(actor, Right.METRICS_READ) < Reach.SUBTREE:
        raise Denied("telling a room about findings is for those who lead", "choose mail instead")
    parts = urlsplit(address)
    if not (_HTTP.fullmatch(parts.scheme) and parts.hostname) or any(sign.isspace() for sign in address):
        raise _misfit("address", "give the address of the room's incoming webhook, such as https://…")


def _hours(word: str) -> str:
    return preferences.span(word) if word else ""


def _zone(word: str) -> str:
    if word:
        preferences.refuse_zone(word)
    return word


def _misfit(field: str, what: str) -> Invalid:
    return Invalid(what, "mend it", ({"field": field, "message": what, "code": "misfit"},))


def _shown(row: Alert) -> AlertShown:
    return AlertShown(
        row.pk, row.family, row.subject_id, row.least_harm, row.channel, row.budget, row.quiet_hours, row.time_zone,
        row.enabled, row.created_at, row.version,
    )  # fmt: skip
