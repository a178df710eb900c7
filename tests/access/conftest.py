"""One organisation, its objects and a small warehouse for the cells."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from maitred.base import clock
from maitred.desks.today.models import Look
from maitred.kit.access.actor import Grant
from maitred.kit.audit.deeds import create, deed
from maitred.kit.secrets.keyring import Keyring
from maitred.people.models import Account, GrantHeld, Membership, Person
from maitred.people.tests.floor import ROOT, Floor, build
from tests.access.things import Things

NOTHING = {"findings": [], "checked": [], "learning": False, "notes": []}
"""A look at which nothing was found."""


@pytest.fixture(scope="session")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace with a few generated tickets."""
    from maitred.floor.log import write_log
    from maitred.metrics.pipeline import import_and_publish
    from maitred.metrics.refresh import open_workspace
    from maitred.sync.kinds import KINDS
    from maitred.sync.workspace import create as found

    folder = tmp_path_factory.mktemp("log")
    home = tmp_path_factory.mktemp("access") / "workspace"
    write_log(folder, 120, 1)
    found(home)
    workspace = open_workspace(home)
    import_and_publish(workspace, KINDS["fivetran-zendesk"](), folder, name="demo")
    workspace.close()
    Keyring(home / "keys").create()
    return home


@pytest.fixture
def floor(db: None, published: Path, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Floor]:
    """The organisation, with demonstration sign-in (no second factor) and without limits on how often one asks."""
    from maitred.kit.access import limits

    settings.MAITRED_DEMO = True
    settings.MAITRED_HOME = published
    monkeypatch.setattr(limits, "spend", lambda *_: None)
    made = build()
    with deed(ROOT, "tests.spare"):
        made.people["spare"] = create(Person, name="Spare")
        _recruiter(made)
        create(Look, publication=1, as_of=clock.now(), document=NOTHING)
    yield made


def _recruiter(made: Floor) -> None:
    """Somebody who holds nothing but the grant of hiring."""
    person = made.people["hiring"] = create(Person, name="Hiring", email="hiring@example.org")
    create(Membership, person=person, team=made.teams["Support"], valid_from=clock.now() - timedelta(days=300))
    account = create(Account, username="hiring", person=person, password="!", email="hiring@example.org")
    create(GrantHeld, account=account, grant=Grant.HIRING, reason="for tests")
    made.accounts["hiring"] = account


@pytest.fixture
def things(floor: Floor) -> Things:
    return Things(floor)
