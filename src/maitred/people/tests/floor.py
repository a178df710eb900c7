"""A small organisation for tests of rights: a tree with two branches, people in it, an account of every kind.

Support (manager leads)
  ├─ Care (lead leads) ─ Billing (agent, mate, former until yesterday), Orders (below)
  └─ Product (lead2 leads) ─ Technical (other, former since yesterday)
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta

from django.contrib.auth.hashers import make_password

from maitred.base import clock
from maitred.kit.access.actor import Actor, Grant, Role, operator
from maitred.kit.audit.deeds import create, deed
from maitred.people import tree
from maitred.people.acting import actor_of_account
from maitred.people.models import Account, GrantHeld, GroupLink, HelpdeskIdentity, Membership, Person, RoleHeld, Team

ROOT = operator("tests")
PASSWORD = "a long word nobody guesses"
_HASH = make_password(PASSWORD)


@dataclass
class Floor:
    """Teams, people and accounts by name."""

    teams: dict[str, Team] = field(default_factory=dict)
    people: dict[str, Person] = field(default_factory=dict)
    accounts: dict[str, Account] = field(default_factory=dict)

    def actor(self, name: str, *, strong: bool = True, fresh: bool = True) -> Actor:
        """The actor behind an account, as a signed-in person."""
        account = Account._base_manager.select_related("person").get(pk=self.accounts[name].pk)
        return actor_of_account(account, strong=strong, fresh=fresh)


def build() -> Floor:
    """Make the organisation, inside one deed."""
    floor = Floor()
    with deed(ROOT, "tests.floor"):
        for name, parent in (
            ("Support", None), ("Care", "Support"), ("Billing", "Care"), ("Orders", "Care"),
            ("Product", "Support"), ("Technical", "Product"),
        ):  # fmt: skip
            floor.teams[name] = create(Team, name=name, parent=floor.teams.get(parent or ""))
            tree.enter(floor.teams[name])
        _people(floor)
        _helpdesk(floor)
    return floor


def _people(floor: Floor) -> None:
    posts: tuple[tuple[str, str, bool, Role | Grant], ...] = (
        ("manager", "Support", True, Role.MANAGER),
        ("lead", "Care", True, Role.LEAD),
        ("lead2", "Product", True, Role.LEAD),
        ("agent", "Billing", False, Role.AGENT),
        ("mate", "Billing", False, Role.AGENT),
        ("below", "Orders", False, Role.AGENT),
        ("other", "Technical", False, Role.AGENT),
        ("former", "Technical", False, Role.AGENT),
        ("executive", "", False, Role.EXECUTIVE),
        ("admin", "", False, Role.ADMIN),
        ("auditor", "", False, Role.AUDITOR),
        ("partner", "", False, Grant.PARTNER),
        ("privacy", "Support", False, Grant.PRIVACY),
    )
    now = clock.now()
    for name, team, leads, held in posts:
        person = floor.people[name] = create(Person, name=name.title(), email=f"{name}@example.org")
        since = now - timedelta(days=1 if name == "former" else 300)
        if team:
            create(Membership, person=person, team=floor.teams[team], leads=leads, valid_from=since)
        account = create(Account, username=name, person=person, password=_HASH, email=f"{name}@example.org")
        floor.accounts[name] = account
        if isinstance(held, Role):
            create(RoleHeld, account=account, role=held)
        else:
            create(GrantHeld, account=account, grant=held, reason="for tests")
    create(
        Membership, person=floor.people["former"], team=floor.teams["Billing"],
        valid_from=now - timedelta(days=300), valid_to=now - timedelta(days=1),
    )  # fmt: skip


def _helpdesk(floor: Floor) -> None:
    for number, team in enumerate(("Billing", "Orders", "Technical"), start=11):
        create(GroupLink, team=floor.teams[team], source_id="demo", external_id=str(number))
    for number, name in enumerate(("agent", "mate", "below", "other", "former"), start=1001):
        create(HelpdeskIdentity, person=floor.people[name], source_id="demo", external_id=str(number))
