"""The page of a metric shows its value, whatever kind of metric it is."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from maitred.people.tests.floor import Floor
from maitred.people.tests.markup import marks

Sign = Callable[[str], Client]


@pytest.mark.parametrize("metric", ["arrivals", "csat.rate", "frt.business_all"])
def test_the_page_of_a_metric_of_any_kind_shows_its_value(page_floor: Floor, sign: Sign, metric: str) -> None:
    page = sign("manager").get(f"/metrics/{metric}/", {"period": "last-52w"})
    assert page.status_code == 200
    assert marks(page).all("body")[0]["data-state"] == "ok"
    assert "values that do not fit" not in page.content.decode()
