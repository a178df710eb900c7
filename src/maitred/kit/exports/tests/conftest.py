"""A workspace of its own for the files of these tests, and the organisation that asks for them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from maitred.kit.exports import making
from maitred.kit.exports.tests.tables import people
from maitred.kit.secrets.keyring import Keyring
from maitred.people.tests.floor import Floor, build


@pytest.fixture
def floor(db: None, tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Floor:
    Keyring(tmp_path / "keys").create()
    settings.MAITRED_HOME, settings.MAITRED_DEMO = tmp_path, True
    monkeypatch.setitem(making._MAKERS, "tests.people", people)
    return build()
