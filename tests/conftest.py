"""An empty workspace for each test module that asks for one."""

from __future__ import annotations

import pytest

from tests.house import House


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> House:
    made = House(tmp_path_factory.mktemp("house") / "workspace")
    assert made.run("init").code == 0
    return made
