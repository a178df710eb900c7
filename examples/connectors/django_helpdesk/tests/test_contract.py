"""The connector keeps the contract, held against a real django-helpdesk."""

from __future__ import annotations

from collections.abc import Callable

import host
import pytest
from maitred_django_helpdesk.connector import CONNECTOR

from maitred.connectors.live import Account
from maitred.testing import CHECKS, Bench

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_the_contract_is_kept(check: Callable[[Bench], None], helpdesk: host.Helpdesk) -> None:
    key = {"user": host.STAFF, "password": host.PASSWORD}
    account = Account("shop", CONNECTOR.vendor, helpdesk.url, key, {"page": 6})
    check(Bench(CONNECTOR, account))  # raises Broken, an AssertionError, with the rule
