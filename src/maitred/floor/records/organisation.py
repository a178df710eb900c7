"""Canonical rows of the people and accounts of a world: users, groups, who is in which group, organizations."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any

import numpy as np
import orjson
import pyarrow as pa

from maitred.canon.zones import iana_zone
from maitred.floor.churn import churn
from maitred.floor.records import ids
from maitred.floor.records.columns import conform, flags, instant, instants
from maitred.floor.records.register import Register
from maitred.floor.records.words import tag
from maitred.floor.texts import emails, names, phones
from maitred.floor.world import Agent

LANGUAGE = {"en": "en-US", "de": "de", "fr": "fr", "es": "es"}


@dataclass(frozen=True, slots=True)
class Person:
    """One user as the helpdesk lists it."""

    number: int
    name: str
    email: str
    role: str
    since: int
    active: bool = True
    organization: int = -1
    group: int = -1
    zone: str | None = None
    locale: str | None = "en-US"
    phone: str | None = None


@dataclass(frozen=True, slots=True)
class Company:
    """One account as the helpdesk lists it."""

    number: int
    name: str
    domain: str
    tags: tuple[str, ...]
    fields: dict[str, Any]
    changed: int


def midnight(day: date) -> int:
    return int(datetime.combine(day, time(), UTC).timestamp())


def agent_since(register: Register, agent: Agent) -> int:
    """Epoch second at which an agent's account was made."""
    return register.since if agent.hired is None else midnight(agent.hired)


def agents(register: Register) -> list[Person]:
    """Everybody who answers, bots as well, that is there at the instant of the telling."""
    groups = {group.name: place for place, group in enumerate(register.world.groups)}
    found = []
    for place, agent in enumerate(register.world.agents):
        since = agent_since(register, agent)
        if since > register.as_of:
            continue
        gone = agent.left is not None and midnight(agent.left) <= register.as_of
        home = groups[agent.groups[0]] + ids.GROUP if agent.groups else -1
        email = f"{agent.id}@desk.example"
        number = ids.AGENT + place
        found.append(Person(number, agent.name, email, "agent", since, not gone, group=home, zone=agent.zone))
    return found


def customers(register: Register) -> list[Person]:
    """Everybody who can write, with the address and number that they write in their messages."""
    account = register.population.account.tolist()
    everyone = np.arange(len(account))
    called, reached, dialled = (told("customer", everyone).to_pylist() for told in (names, emails, phones))
    locales = _locales(register)
    since, first, company = register.since, ids.CUSTOMER, ids.ORGANIZATION
    return [
        Person(first + n, name, mail, "end-user", since, True, company + account[n], -1, None, say, phone)
        for n, (name, mail, phone, say) in enumerate(zip(called, reached, dialled, locales, strict=True))
    ]


def domain(account: int) -> str:
    return f"a{account}.example.org"


def _locales(register: Register) -> list[str]:
    """The language of each customer's first ticket; English where there is none."""
    names = [tuple(language for language, _ in one.languages) for one in register.world.classes]
    rows = register.run.tickets[::-1]
    language = np.full(len(register.population.account), -1, np.int64)
    width = max((len(one) for one in names), default=1)
    language[rows["customer"]] = rows["class_"].astype(np.int64) * width + rows["language"]
    known = {-1: "en-US"}
    for value in np.unique(language[language >= 0]).tolist():
        word = names[value // width][value % width]
        known[value] = LANGUAGE.get(word, word)
    return [known[value] for value in language.tolist()]


def companies(register: Register) -> list[Company]:
    """The accounts; those that have left say so from the day on which they did."""
    people, world = register.population, register.world
    called = names("account", np.arange(len(people.segment))).to_pylist()
    segments = [name for name, _, _ in world.customers.segments]
    left = churn(register.run).left
    renewals = (people.renewal // 86_400_000).tolist()
    today = register.until // 86_400_000
    found = []
    for place, name in enumerate(called):
        segment = segments[int(people.segment[place])]
        gone = 0 <= left[place] <= register.until
        due = renewals[place]
        while due < today and not gone:
            due += 365
        fields: dict[str, Any] = {
            "arr": round(float(people.revenue[place]), 2),
            "currency": world.customers.currency,
            "plan": segment,
            "renewal_date": date.fromordinal(
                date(1970, 1, 1).toordinal() + register.origin // 86_400 + due
            ).isoformat(),
            "tier": segment,
        }
        labels = [tag(segment)]
        changed = register.since
        if gone:
            changed = register.origin + int(left[place]) // 1000
            fields["churned_on"] = datetime.fromtimestamp(changed, UTC).date().isoformat()
            labels.append("churned")
        found.append(Company(ids.ORGANIZATION + place, name, domain(place), tuple(sorted(labels)), fields, changed))
    return found


def users(register: Register, people: list[Person] | None = None) -> pa.Table:
    """Agents, then customers."""
    rows = [*agents(register), *customers(register)] if people is None else people
    n = len(rows)
    since = instants(np.array([one.since for one in rows], np.int64))
    columns = {
        "external_id": _numbers([one.number for one in rows]),
        "source_updated_at": since,
        "name": pa.array([one.name for one in rows], pa.string()),
        "email": pa.array([one.email for one in rows], pa.string()),
        "phone": pa.array([one.phone for one in rows], pa.string()),
        "role": pa.array(["end_user" if one.role == "end-user" else one.role for one in rows], pa.string()),
        "active": pa.array([one.active for one in rows], pa.bool_()),
        "organization_id": _numbers([one.organization for one in rows]),
        "group_default_id": _numbers([one.group for one in rows]),
        "time_zone": pa.array([None if one.zone is None else iana_zone(one.zone) for one in rows], pa.string()),
        "time_zone_raw": pa.array([one.zone for one in rows], pa.string()),
        "locale": pa.array([one.locale for one in rows], pa.string()),
        "created_at": since,
        "suspended": flags(np.zeros(n, np.bool_)),
    }
    return conform("users", register.source, n, columns)


def groups(register: Register) -> pa.Table:
    """The teams' queues."""
    rows = register.world.groups
    columns = {
        "external_id": _numbers([ids.GROUP + place for place in range(len(rows))]),
        "source_updated_at": instant(register.since, len(rows)),
        "name": pa.array([one.name for one in rows], pa.string()),
        "is_queue": flags(np.zeros(len(rows), np.bool_)),
    }
    return conform("groups", register.source, len(rows), columns)


def memberships(register: Register) -> list[tuple[int, int, bool, int, int]]:
    """Agent's number, group's number, whether it is their own group, epoch second, the membership's number."""
    places = {group.name: place for place, group in enumerate(register.world.groups)}
    width = max(1, len(places))
    return [
        (
            *(ids.AGENT + place, ids.GROUP + places[name], nth == 0, agent_since(register, agent)),
            ids.MEMBERSHIP + place * width + places[name],
        )
        for place, agent in enumerate(register.world.agents)
        if agent_since(register, agent) <= register.as_of
        for nth, name in enumerate(agent.groups)
    ]


def group_members(register: Register) -> pa.Table:
    """Who is in which group since when."""
    rows = memberships(register)
    since = instants(np.array([row[3] for row in rows], np.int64))
    columns = {
        "external_id": _numbers([row[4] for row in rows]),
        "source_updated_at": since,
        "user_id": _numbers([row[0] for row in rows]),
        "group_id": _numbers([row[1] for row in rows]),
        "is_default": pa.array([row[2] for row in rows], pa.bool_()),
        "valid_from": since,
    }
    return conform("group_members", register.source, len(rows), columns)


def organizations(register: Register, listed: list[Company] | None = None) -> pa.Table:
    """The accounts with what they pay and when they renew."""
    rows = companies(register) if listed is None else listed
    changed = instants(np.array([one.changed for one in rows], np.int64))
    texts = {name: pa.array([one.fields[name] for one in rows], pa.string()) for name in ("tier", "plan", "currency")}
    columns = {
        "external_id": _numbers([one.number for one in rows]),
        "source_updated_at": changed,
        "name": pa.array([one.name for one in rows], pa.string()),
        "domains": pa.array([[one.domain] for one in rows], pa.list_(pa.string())),
        **texts,
        "arr": pa.array([one.fields["arr"] for one in rows], pa.float64()),
        "renewal_date": pa.array([date.fromisoformat(one.fields["renewal_date"]) for one in rows], pa.date32()),
        "tags": pa.array([list(one.tags) for one in rows], pa.list_(pa.string())),
        "custom": pa.array([_sorted(one.fields) for one in rows], pa.string()),
        "known_at": changed,
    }
    return conform("organizations", register.source, len(rows), columns)


FIELDS = ("Subject", "Description", "Status", "Priority", "Group", "Assignee", "Tags")
"""The fields of the one ticket form."""


def brands(register: Register) -> pa.Table:
    """The one name under which the organisation answers."""
    return _setting(register, "brands", [ids.BRAND], [register.world.name], [None], ['{"default":true}'])


def ticket_fields(register: Register) -> pa.Table:
    """The fields of a ticket."""
    numbers = [ids.FIELD + place for place in range(len(FIELDS))]
    definitions = [_sorted({"type": name.lower()}) for name in FIELDS]
    return _setting(register, "ticket_fields", numbers, list(FIELDS), list(range(len(FIELDS))), definitions)


def _setting(
    register: Register,
    name: str,
    numbers: list[int],
    names: list[str],
    positions: Sequence[int | None],
    told: list[str],
) -> pa.Table:
    columns = {
        "external_id": _numbers(numbers),
        "source_updated_at": instant(register.since, len(numbers)),
        "name": pa.array(names, pa.string()),
        "active": flags(np.ones(len(numbers), np.bool_)),
        "position": pa.array(positions, pa.int32()),
        "definition": pa.array(told, pa.string()),
    }
    return conform(name, register.source, len(numbers), columns)


def _sorted(value: object) -> str:
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS).decode()


def _numbers(values: list[int]) -> pa.Array:
    return ids.texts(np.array(values, np.int64))
