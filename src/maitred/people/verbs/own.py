"""One's own account: preferences and tokens."""

from __future__ import annotations

from datetime import UTC, datetime, time
from datetime import date as Date
from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints

from maitred.base import clock
from maitred.base.errors import Denied
from maitred.kit.access.actor import Actor, Kind
from maitred.kit.access.rights import Right
from maitred.kit.audit import deeds
from maitred.kit.verbs import Cursor, Limit, Page, Version, action, question
from maitred.kit.verbs.results import paged
from maitred.people import access, making, preferences
from maitred.people.verbs import shapes
from maitred.people.verbs.shapes import OwnSettings, TokenId, TokenMade, TokenShown

Word = Annotated[str, StringConstraints(strip_whitespace=True, max_length=64)]
Scopes = Annotated[list[Annotated[str, StringConstraints(max_length=40)]], Field(max_length=40)]
Label = Annotated[str, StringConstraints(strip_whitespace=True, max_length=120)]


@question(needs=Right.OWN_SETTINGS, own=True, example={})
def own_settings(actor: Actor) -> OwnSettings:
    """Show one's own account, what it holds and its preferences."""
    return shapes.own(access.own_account(actor))


@action(needs=Right.OWN_SETTINGS, own=True, example={"version": 1, "theme": "dark"})
def change_settings(
    actor: Actor,
    version: Version,
    language: Word | None = None,
    time_zone: Word | None = None,
    theme: Literal["system", "light", "dark"] | None = None,
    density: Literal["comfortable", "compact"] | None = None,
    digest_hour: Word | None = None,
    quiet_hours: Word | None = None,
    shortcuts: bool | None = None,
) -> OwnSettings:
    """Change one's own preferences; what is left out stays.

    Parameters
    ----------
    language
        One that the console speaks, such as ``en`` or ``de``, or empty for what the browser asks for.
    time_zone
        Name of a zone such as ``Europe/Berlin``, or empty for the organisation's.
    density
        How close rows and cards stand.
    digest_hour
        When the daily digest comes, such as ``08:00`` in one's own zone, or empty for none.
    quiet_hours
        When nothing is sent but what cannot wait, such as ``20:00-07:00`` in one's own zone, or empty.
    shortcuts
        Whether single keys do something in the console.
    """
    if language:
        preferences.refuse_language(language)
    if time_zone:
        preferences.refuse_zone(time_zone)
    given: dict[str, Any] = {
        "language": language,
        "time_zone": time_zone,
        "theme": theme,
        "density": density,
        "digest_hour": preferences.hour(digest_hour) if digest_hour else digest_hour,
        "quiet_hours": preferences.span(quiet_hours) if quiet_hours else quiet_hours,
        "shortcuts": shortcuts,
    }
    kept = {name: value for name, value in given.items() if value is not None}
    return shapes.own(deeds.change(access.own_account(actor), version, **kept))


@question(needs=Right.OWN_SETTINGS, own=True, example={})
def own_tokens(actor: Actor, cursor: Cursor = None, limit: Limit = 50) -> Page[TokenShown]:
    """List one's own tokens, without their secrets."""
    return paged(access.own_tokens(actor), actor, "own-tokens", cursor, limit, shapes.token)


@action(needs=Right.OWN_SETTINGS, own=True, fresh=True, example={"label": "notebook", "scopes": ["read:metrics"]})
def make_token(actor: Actor, scopes: Scopes, label: Label = "", expires: Date | None = None) -> TokenMade:
    """Make a token that acts as oneself within the scopes; its secret is in this answer and never again.

    Parameters
    ----------
    scopes
        What it may do, such as ``read:metrics``; none unless named.
    expires
        Its last day, at most a year ahead; 90 days from now unless given.
    """
    if actor.kind is Kind.TOKEN or not actor.strong:
        raise Denied("a token is made by somebody who is signed in with a second factor", "sign in and set one up")
    until = datetime.combine(expires, time(23, 59, 59), tzinfo=UTC) if expires else None
    account = access.own_account(actor)
    row, raw = making.make_token(account, label, scopes, until)
    return TokenMade(row.pk, raw, row.prefix, account.username, tuple(row.scopes), row.expires_at)


@action(needs=Right.OWN_SETTINGS, own=True, example={"token": 1, "version": 1})
def withdraw_own_token(actor: Actor, token: TokenId, version: Version) -> TokenShown:
    """Withdraw one of one's own tokens."""
    return shapes.token(deeds.change(access.access_token(actor, token), version, revoked_at=clock.now()))
