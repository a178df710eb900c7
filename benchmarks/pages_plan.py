"""Who asks for what in ``maitred bench pages``: sessions of the demonstration's readers, and pools of addresses."""

from __future__ import annotations

import argparse
import os
import random
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

POOL = {"desk": 260, "drill": 240, "ticket": 200, "home": 20}
"""Addresses of each kind; every minute meets nearly all of them."""
READERS = ("manager@demo", "lead@demo", "lead2@demo")
SESSIONS_EACH = 10


def open_django(home: Path) -> None:
    os.environ.update(MAITRED_HOME=str(home), DJANGO_SETTINGS_MODULE="maitred.site.settings", MAITRED_LOG_LEVEL="ERROR")
    import django

    django.setup()


def plan(given: argparse.Namespace) -> dict[str, Any]:
    """Sessions of the demonstration's readers, and the addresses that they ask for."""
    open_django(given.home)
    from django.conf import settings
    from django.contrib.sessions.backends.db import SessionStore
    from sqlglot import exp

    from maitred.kit.reading import published
    from maitred.people.models import Account, Team

    sessions: dict[str, list[dict[str, str]]] = {}
    for account in Account._base_manager.filter(username__in=READERS):
        sessions[account.username] = []
        for _ in range(SESSIONS_EACH):
            store = SessionStore()
            store["_auth_user_id"], store["_auth_user_hash"] = str(account.pk), account.get_session_auth_hash()
            store["_auth_user_backend"] = settings.AUTHENTICATION_BACKENDS[0]
            store.save()
            sessions[account.username].append({settings.SESSION_COOKIE_NAME: str(store.session_key)})
    with published(None) as ask:
        last = max(date.fromisoformat(one["as_of"][:10]) for one in ask.publication.sources.values())
        found = ask.engine.query(
            exp.select("source_id", "external_id", "group_id").from_("tickets").order_by("source_id", "external_id")
        )
    chance = random.Random(7)
    places = [chance.randrange(found.num_rows) for _ in range(min(POOL["ticket"], found.num_rows // 100))]
    tickets = [(found["source_id"][place].as_py(), found["external_id"][place].as_py()) for place in places]
    groups = sorted({one for one in found["group_id"].to_pylist() if one})
    teams = [str(one) for one in Team._base_manager.filter(groups__isnull=False).values_list("pk", flat=True)]
    return {"sessions": sessions, "pools": _pools(chance, last, tickets, groups, sorted(set(teams)))}


def _pools(
    chance: random.Random, last: date, tickets: list[tuple[str, str]], groups: list[str], teams: list[str]
) -> dict[str, list[str]]:
    made: dict[str, list[str]] = {"ticket": [], "desk": [], "drill": [], "home": []}
    for place, (source, ticket) in enumerate(tickets):
        tab = {3: "?tab=conversation", 4: "?tab=changes"}.get(place % 5, "")
        made["ticket"].append(f"/tickets/{source}/{ticket}/{tab}")
    makers: dict[str, Callable[[], tuple[str, dict[str, str]]]] = {
        "desk": lambda: _desk(chance),
        "drill": lambda: _drill(chance, groups),
        "home": lambda: ("/", {}),
    }
    for kind, make in makers.items():
        seen: dict[str, None] = {}
        while len(seen) < POOL[kind]:
            path, own = make()
            words = {**_narrowed(chance, last, teams, alone="group" in own), **own}
            if len(tickets) < POOL["ticket"]:  # a small demonstration has no second page
                words.pop("page", None)
            seen[f"{path}?{urlencode(words)}" if words else path] = None
        made[kind] = list(seen)
    return made


def _narrowed(chance: random.Random, last: date, teams: list[str], alone: bool) -> dict[str, str]:
    """A period, and for every second address a filter."""
    first = last - timedelta(days=chance.randrange(8, 250))
    span = f"{first}..{min(last - timedelta(days=1), first + timedelta(days=chance.choice((6, 13, 27, 34))))}"
    usual = ("last-28d", "last-7d", "last-14d", "last-56d", "this-month", "last-week")
    words = {"period": chance.choice(usual) if chance.random() < 0.4 else span}
    if chance.random() < 0.5:
        name, values = chance.choice(
            (("channel", ["email", "web", "chat"]), ("priority", ["urgent", "high", "normal"]), ("team", teams))
        )
        if values and not (alone and name == "team"):
            words[name] = chance.choice(values)
    if chance.random() < 0.15:
        words["hours"] = "calendar"
    return words


def _desk(chance: random.Random) -> tuple[str, dict[str, str]]:
    pages = (
        ("/service-levels/", 0.35),
        ("/service-levels/attainment/", 0.20),
        ("/service-levels/backlog/", 0.15),
        ("/service-levels/breaches/", 0.10),
        ("/service-levels/bottlenecks/", 0.10),
        ("/service-levels/policy/", 0.05),
        ("/service-levels/reconciliation/", 0.05),
    )
    path = chance.choices([one for one, _ in pages], [weight for _, weight in pages])[0]
    own: dict[str, str] = {}
    if path == "/service-levels/":
        own = {"clock": chance.choice(("frt", "nrt", "full_resolution")), "by": chance.choice(("group", "priority"))}
    elif path.endswith(("attainment/", "backlog/", "bottlenecks/")):
        own = {"by": chance.choice(("group", "priority", "channel"))}
    return path, own


def _drill(chance: random.Random, groups: list[str]) -> tuple[str, dict[str, str]]:
    clocks = ("frt.business_all", "nrt.business_all", "full_resolution.business_all")
    metric = chance.choice((*clocks, "sla.attainment", "backlog", "csat.rate"))
    own: dict[str, str] = {}
    if metric == "sla.attainment" and chance.random() < 0.5:
        own["part"] = "missed"
    if chance.random() < 0.4:
        own["sort"] = chance.choice(("at", "-at", *(("value", "-value") if "business" in metric else ())))
    if chance.random() < 0.3:
        own["group"] = chance.choice(groups)
    if metric in clocks and "group" not in own and chance.random() < 0.3:
        own["page"] = "2"
    return f"/drill/{metric}/", own
