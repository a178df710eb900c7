"""A workspace, a small organisation, a fake Zendesk beside it."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from maitred.connectors.zendesk.double import EMAIL, TOKEN, Zendesk
from maitred.desks.helpdesks import accounts, connecting, proving
from maitred.desks.helpdesks.models import Connection
from maitred.kit.access.actor import Actor
from maitred.kit.secrets.keyring import Keyring
from maitred.people.tests.floor import Floor, build
from maitred.sync.workspace import create

CREDENTIALS = {"email": EMAIL, "token": TOKEN}
TICKETS = 20
FAST: dict[str, Any] = {"exports_per_minute": 100_000, "per_minute": 100_000}
Connect = Callable[..., Connection]


@pytest.fixture(scope="session")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty workspace, to be copied."""
    made = tmp_path_factory.mktemp("helpdesks") / "empty"
    create(made)
    Keyring(made / "keys").create()
    return made


@pytest.fixture(scope="session")
def full(empty: Path) -> Path:
    """A workspace into which the fake Zendesk was read once, to be copied."""
    from maitred.metrics.pipeline import sync_and_publish
    from maitred.metrics.refresh import open_workspace

    made = Path(shutil.copytree(empty, empty.with_name("full")))
    with Zendesk(TICKETS, **FAST) as double:
        allow = accounts.entries(proving.private_addresses(double.url))
        more: dict[str, Any] = {"requests_per_minute": 10_000, "allow": allow}
        workspace = open_workspace(made)
        try:
            outcome = sync_and_publish(
                workspace, accounts.account("zendesk", "zendesk", double.url, CREDENTIALS, **more)
            )
        finally:
            workspace.close()
    assert outcome.complete
    return made


@pytest.fixture
def home(empty: Path, tmp_path: Path, settings: Any) -> Path:
    """An empty workspace of this test's own."""
    settings.MAITRED_DEMO = True
    settings.MAITRED_HOME = made = Path(shutil.copytree(empty, tmp_path / "workspace"))
    return made


@pytest.fixture
def read_home(full: Path, tmp_path: Path, settings: Any) -> Path:
    """A workspace of this test's own into which the fake Zendesk was read once."""
    settings.MAITRED_DEMO = True
    settings.MAITRED_HOME = made = Path(shutil.copytree(full, tmp_path / "workspace"))
    return made


@pytest.fixture
def floor(db: None, home: Path) -> Floor:
    return build()


@pytest.fixture
def admin(floor: Floor) -> Actor:
    return floor.actor("admin")


@pytest.fixture
def desk() -> Iterator[Zendesk]:
    """A fake Zendesk that takes requests as fast as they come."""
    with Zendesk(TICKETS, **FAST) as double:
        yield double


@pytest.fixture
def connect(admin: Actor, desk: Zendesk) -> Connect:
    """Connects the fake Zendesk."""

    def done(**more: Any) -> Connection:
        given = {
            "vendor": "zendesk", "url": desk.url, "credentials": CREDENTIALS, "allow_private_address": True,
            "requests_per_minute": 10_000, **more,
        }  # fmt: skip
        return connecting.connect(admin, given)

    return done
