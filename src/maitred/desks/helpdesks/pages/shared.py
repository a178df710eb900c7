"""What the pages of one connection share: its tabs, its zone, its name, the way to prove who one is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponseRedirect
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _

from maitred.base.errors import MaitredError
from maitred.desks.helpdesks.pages.guides import GUIDES, Guide
from maitred.desks.helpdesks.verbs.shapes import ConnectionShown
from maitred.kit.access.actor import Actor
from maitred.kit.access.rights import Reach, Right, reach
from maitred.kit.pages import words
from maitred.kit.reading import reading
from maitred.people.access import username


def zone() -> ZoneInfo:
    """The organisation's zone, in which instants are told; UTC before anything was published."""
    try:
        with reading() as found:
            return found.zone
    except MaitredError:
        return ZoneInfo("UTC")


def may(actor: Actor) -> bool:
    """Whether an actor connects helpdesks and says how they are read."""
    return reach(actor, Right.OPERATION_WRITE) is not Reach.NONE


def changes_tickets(actor: Actor) -> bool:
    """Whether an actor plans and approves changes of tickets."""
    return reach(actor, Right.WRITE_BACK) is not Reach.NONE


def sees(actor: Actor) -> bool:
    """Whether an actor sees how connections do."""
    return reach(actor, Right.OPERATION_READ) is not Reach.NONE


def guide_of(vendor: str) -> Guide:
    """The guide of a vendor; a bare one for what an installed package brings."""
    return GUIDES.get(vendor) or Guide(vendor, vendor, "", "", "", (), (), (), "", "", (), ())


def shell(actor: Actor, one: ConnectionShown, here: str) -> dict[str, Any]:
    """Name, address of the page, and tabs of a connection's pages. ``here``: the name of the present one."""
    pages = [("helpdesk", _("State"), sees(actor)), ("helpdesk_aside", _("Set aside"), sees(actor)),
             ("helpdesk_words", _("Statuses and fields"), sees(actor)),
             ("helpdesk_changes", _("Changes"), changes_tickets(actor)),
             ("helpdesk_settings", _("Settings"), sees(actor))]  # fmt: skip
    tabs = [{"label": label, "href": reverse(name, args=[one.slug]), "here": name == here}
            for name, label, open_ in pages if open_]  # fmt: skip
    return {
        "slug": one.slug, "name": one.slug, "vendor": guide_of(one.vendor).title, "nav_name": _("Connectors"),
        "here": reverse("helpdesk", args=[one.slug]) if sees(actor) else reverse("helpdesk_changes", args=[one.slug]),
        "tabs": tabs, "guide": guide_of(one.vendor), "version": one.version, "may": may(actor),
    }  # fmt: skip


def ticket(actor: Actor, slug: str, number: str) -> str:
    """The address of a ticket's page, for those who open tickets; empty for others."""
    if reach(actor, Right.TICKETS_READ) is Reach.NONE:
        return ""
    try:
        return reverse("ticket", args=[slug, number])
    except NoReverseMatch:
        return ""


def who(name: str | None) -> str:
    """Whoever the audit log names, as people know them; the name itself where it is no account of this house.

    >>> who("os:ana")
    'os:ana'
    """
    kind, _colon, number = (name or "").partition(":")
    if kind != "account" or not number.isdigit():
        return name or words.NOTHING
    return username(int(number)) or str(name)


def prove_who_you_are(request: HttpRequest) -> HttpResponseRedirect:
    """To the page that asks for password or second factor, and back; what was typed has to be typed again."""
    return HttpResponseRedirect(f"{reverse('account_reauthenticate')}?{urlencode({'next': request.get_full_path()})}")


def count(label: str, value: float | None, *, bad: bool = False, href: str = "") -> Mapping[str, Any]:
    """One number of a row of counts."""
    told = words.NOTHING if value is None else words.count(value)
    return {"label": label, "value": told, "bad": bad and bool(value), "href": href if value else ""}
