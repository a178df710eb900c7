"""The cells of the access matrix and how each is asked: through the whole product, in this process, then undone.

The expectation of a cell is a line of ``tests/expect/access/``; ``python -m tests.access.expected`` writes the files
anew, and its difference is what a reviewer reads.
"""

from __future__ import annotations

import copy
import json
import re
import time
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.test import Client
from django.urls import reverse

from maitred.base import clock
from maitred.desks.training.models import Assignment
from maitred.kit.access.rights import SCOPES
from maitred.kit.audit.deeds import create, deed
from maitred.kit.verbs.registry import Verb, register
from maitred.people import acting
from maitred.people.models import ApiToken
from maitred.people.tests.floor import ROOT, Floor
from maitred.site.addresses import BY_TOKEN, OF_THE_DOOR, addresses
from tests.access.cell import Cell
from tests.access.desks import BY_DESK
from tests.access.things import OWNED, OWNERS, STATES, UNKNOWN, Things

SESSIONS = ("agent", "lead", "manager", "executive", "admin", "auditor", "partner", "privacy", "hiring")
READ = sorted(one for one in SCOPES if one.startswith("read:"))
TOKENS: dict[str, tuple[str, list[str]]] = {
    "agent-token-without-scope": ("agent", []),
    "manager-token-reading": ("manager", READ),
    "lead-token-of-every-scope": ("lead", sorted(SCOPES)),
    "admin-token-of-every-scope": ("admin", sorted(SCOPES)),
}
KINDS = ("anonymous", *SESSIONS, *TOKENS)
UNDECLARED = ("PUT", "PATCH", "DELETE")

_NO_TICKETS = "needs tickets that people of the floor answered; asked per role in the desk's own tests"
_NO_WEEKS = "needs weeks of tickets of a whole team; asked per role in the desk's own tests"
APART = {
    "coaching.conclude_plan": "needs a plan whose weeks have passed; asked per role in the desk's own tests",
    "coaching.preview_plan": _NO_WEEKS,
    "quality.add_review": _NO_TICKETS,
    "quality.calibrate": _NO_TICKETS,
    "quality.draw_sample": _NO_TICKETS,
    "quality.preview_sample": _NO_TICKETS,
    **dict.fromkeys(("training.preview_waves", "training.plan_waves", "training.schedule_waves"), _NO_WEEKS),
    "training.judge_waves": "needs waves whose weeks have passed; asked per role in the desk's own tests",
    "training.preview_practice": _NO_TICKETS,
    "training.set_practice": _NO_TICKETS,
    "helpdesks.preview": "asks a helpdesk where changes are allowed; here they are not, so that all are refused",
    "helpdesks.undo": "asks a helpdesk where changes are allowed; here they are not, so that all are refused",
    **{verb: why for desk in BY_DESK.values() for verb, why in desk.APART.items()},
    "secrets.rotate_keys": "changes the keys on disk, which no rollback brings back; tested beside the rotation",
}
"""Verbs whose allowed cells are not asked here, with the reason; their refusals are."""


WORDS = {
    "metric": "sla.attainment", "form": "csv", "name": "attainment", "source": "demo", "ticket": "1", "cause": "queue",
    "provider_id": "none", "finding": "f_none", "slug": "none", "token": "none", "vendor": "zendesk", "plan": "none",
    "batch": "0" * 32, **{name: word for desk in BY_DESK.values() for name, word in desk.WORDS.items()},
}  # fmt: skip
"""Words that addresses take, by the name they have there."""


UNKNOWN_WORDS = {"secret": "nobody:knows", "search": "s_0000000000"}
"""Keys of nobody's, where keys are words."""


class Asker:
    """Asks cells as one kind of actor."""

    def __init__(self, floor: Floor, things: Things, kind: str) -> None:
        self.floor, self.things, self.kind = floor, things, kind
        self.client = Client(raise_request_exception=False)
        self.owner = TOKENS[kind][0] if kind in TOKENS else kind
        self.headers: dict[str, str] = {}
        if kind in SESSIONS:
            self._sign_in()
        elif kind in TOKENS:
            self.headers["Authorization"] = f"Bearer {self._token()}"

    def _sign_in(self) -> None:
        self.client.force_login(self.floor.accounts[self.kind], backend=settings.AUTHENTICATION_BACKENDS[0])
        session = self.client.session
        # as allauth notes it: who proved who they are, and when (an hour ahead, so that it stays fresh throughout)
        session["account_authentication_methods_user"] = str(self.floor.accounts[self.kind].pk)
        session["account_authentication_methods"] = [{"method": "password", "at": time.time() + 3600}]
        session.save()

    def _token(self) -> str:
        raw, prefix, digest = acting.new_token()
        until = clock.now() + timedelta(days=1)
        with deed(ROOT, "tests.token"):
            create(
                ApiToken, account=self.floor.accounts[self.owner], prefix=prefix, digest=digest,
                scopes=TOKENS[self.kind][1], expires_at=until,
            )  # fmt: skip
        return raw

    def ask(self, cell: Cell) -> int:
        """The status of one cell; whatever it did is undone, to the browser's cookies too."""
        cookies = copy.deepcopy(self.client.cookies)
        verb = register().get(cell.name.removeprefix("api:"))
        path, data = self._request(verb, cell.ownership) if verb else (page_path(cell.name), None)
        with transaction.atomic():
            try:
                return self._answer(cell.method, path, data)
            finally:
                transaction.set_rollback(True)
                self.client.cookies = cookies

    def _answer(self, method: str, path: str, data: dict[str, Any] | None) -> int:
        """Pages take forms, the REST door takes JSON."""
        if method == "GET":
            answer = self.client.get(path, _query(data or {}), headers=self.headers)
        elif data is None and method == "POST":
            answer = self.client.post(path, {}, headers=self.headers)
        else:
            answer = self.client.generic(method, path, json.dumps(data), "application/json", headers=self.headers)
        return int(answer.status_code)

    def _request(self, verb: Verb, ownership: str) -> tuple[str, dict[str, Any]]:
        data = {**verb.example, **references(verb, self.floor, self.things)}
        if verb.id == "people.change_settings":
            data["version"] = self.floor.accounts.get(self.owner, self.floor.accounts["agent"]).version
        key: Any = None
        if verb.object:
            key, version = self._object(verb, ownership)
            data.pop(verb.object[0], None)
            if verb.versioned:
                data["version"] = version
        return path_of(verb, key), data

    def _object(self, verb: Verb, ownership: str) -> tuple[Any, int]:
        assert verb.object is not None
        if ownership == "unknown":
            return UNKNOWN_WORDS.get(verb.object[1], UNKNOWN), 1
        owner = self.owner if ownership == "self" else OWNERS.get(ownership, "agent")
        return self.things.of(verb.object[1], owner, STATES.get(verb.id, ""))


def cells() -> Iterator[Cell]:
    """Every cell, by address, kind, method and ownership."""
    for verb in register().values():
        method = "GET" if verb.kind == "question" else "POST"
        for kind in KINDS:
            for ownership in ownerships(verb, kind):
                yield Cell(f"api:{verb.id}", kind, method, ownership)
        yield from (Cell(f"api:{verb.id}", "admin", one, "-") for one in (*UNDECLARED, _other(method)))
    for name in pages():
        yield from (Cell(name, kind, method, "-") for kind in KINDS for method in ("GET", "POST"))
        yield from (Cell(name, "admin", one, "-") for one in UNDECLARED)


def ownerships(verb: Verb, kind: str) -> tuple[str, ...]:
    """Whose objects are asked for: everybody's where they belong to somebody."""
    if verb.object is None:
        return ("-",)
    if verb.object[1] not in OWNED:
        return ("any", "unknown")
    own = () if kind == "anonymous" else ("self",)
    return (*own, *OWNERS, "unknown")


def pages() -> list[str]:
    """Names of the addresses that are no verb's."""
    verbs = {f"api:{name}" for name in register()}
    return sorted({one.name for one in addresses()} - verbs - {"", "api:nothing"})


def page_path(name: str) -> str:
    """A path for a page; ids in it are nobody's, words are such as the address takes."""
    route = next(one.route for one in addresses() if one.name == name)
    if "^" in route:
        return reverse(name, kwargs={"uidb36": "1", "key": "set-password"})
    given = {key: UNKNOWN if kind == "int" else WORDS[key] for kind, key in re.findall(r"<(\w+):(\w+)>", route)}
    return reverse(name, kwargs=given)


def path_of(verb: Verb, key: Any = None) -> str:
    """The REST address of a verb."""
    words = f"/api/v1/{verb.group}/{verb.name}".replace("_", "-")
    return words if verb.object is None else f"{words}/{UNKNOWN if key is None else key}"


def special() -> frozenset[str]:
    """Addresses that ask for a session or token by themselves."""
    return OF_THE_DOOR | BY_TOKEN


def _other(method: str) -> str:
    return "POST" if method == "GET" else "GET"


def references(verb: Verb, floor: Floor, things: Things) -> dict[str, Any]:
    """Ids in examples, as this floor has them."""
    there = {"parent": floor.teams["Product"].pk, "team": floor.teams["Technical"].pk}
    named = verb.object[0] if verb.object else ""
    found: dict[str, Any] = {name: key for name, key in there.items() if name in verb.example and name != named}
    if "scorecard" in verb.example and named != "scorecard":
        found["scorecard"] = things.of("scorecard", "agent")[0]
    if verb.group == "coaching":
        if "person" in verb.example and named != "person":
            found["person"] = floor.people["mate"].pk
        if "one_to_one" in verb.example and named != "one_to_one":
            found["one_to_one"] = things.of("one-to-one", "mate")[0]
        if verb.id == "coaching.change_plan":
            found["follow_up"] = (clock.now() + timedelta(days=90)).date().isoformat()
    if verb.group == "training":
        found |= _learning(verb, floor, things, named)
    if verb.group in BY_DESK:
        found |= BY_DESK[verb.group].references(verb, floor, things, named)
    if verb.id in ("people.add_account", "roster.link_account"):
        found["person"] = floor.people["spare"].pk
    if verb.id == "roster.place":
        found["teams"] = [f"{floor.teams['Billing'].pk}=60", f"{floor.teams['Orders'].pk}=40"]
    if verb.id in ("roster.move", "roster.move_preview"):
        found |= {"people": [floor.people["agent"].pk], "to": floor.teams["Orders"].pk}
    return found


def _learning(verb: Verb, floor: Floor, things: Things, named: str) -> dict[str, Any]:
    mate = floor.people["mate"].pk
    there = {"person": mate, "people": [mate], "course": things.of("course", "agent")[0]}
    found: dict[str, Any] = {name: key for name, key in there.items() if name in verb.example and name != named}
    if verb.id == "training.take_back":
        key = things.of("course-assignment", "mate")[0]
        found["batch"] = Assignment._base_manager.get(pk=key).batch
    return found


def _query(data: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in data.items() if value is not None}
