"""A small published log, and the organisation that works on it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from maitred.people.tests.floor import Floor, build


@pytest.fixture(scope="session")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace with a few generated tickets."""
    from maitred.floor.log import write_log
    from maitred.kit.secrets.keyring import Keyring
    from maitred.metrics.pipeline import import_and_publish
    from maitred.metrics.refresh import open_workspace
    from maitred.sync.kinds import KINDS
    from maitred.sync.workspace import create

    folder = tmp_path_factory.mktemp("log")
    home = tmp_path_factory.mktemp("marks") / "workspace"
    write_log(folder, 80, 1)
    create(home)
    workspace = open_workspace(home)
    import_and_publish(workspace, KINDS["fivetran-zendesk"](), folder, name="demo")
    workspace.close()
    Keyring(home / "keys").create()
    return home


@pytest.fixture
def floor(db: None, published: Path, settings: Any) -> Floor:
    settings.MAITRED_HOME = published
    return build()
