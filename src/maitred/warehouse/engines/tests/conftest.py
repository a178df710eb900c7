"""One Sail server for the engine tests of a session."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from maitred.warehouse.engines.tests.helpers import serving_sail


@pytest.fixture(scope="session")
def sail_address() -> Iterator[str]:
    with serving_sail() as address:
        yield address
