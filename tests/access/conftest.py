"""One organisation, its objects and a small warehouse for the cells."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from maitred.base import clock
from maitred.desks.today.models import Look
from maitred.kit.audit.deeds import create, deed
from maitred.kit.secrets.keyring import Keyring
from maitred.people.models import Person
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
        create(Look, publication=1, as_of=clock.now(), document=NOTHING)
    yield made


@pytest.fixture
def things(floor: Floor) -> Things:
    return Things(floor)
