"""The pages of quality: what each reader finds there, in every state, and that every press does what it says."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from maitred.desks.quality.models import Review
from maitred.desks.quality.tests.reviewing import Desk
from maitred.desks.service_levels.tests import looking
from maitred.desks.service_levels.tests.looking import Seen, look

Sign = Callable[[str], Client]
LISTS = ("", "reviews/", "samples/", "samples/draw/", "scorecards/", "calibrations/", "calibrations/begin/", "checks/")


@pytest.fixture
def sign(desk: Desk) -> Sign:
    return lambda name: looking.signed_in(desk.floor, name)


def words(seen: Seen) -> str:
    return " ".join(seen.tree.xpath("string(//main)").split())


@pytest.mark.parametrize("page", LISTS)
def test_who_leads_finds_every_list(sign: Sign, page: str) -> None:
    seen = look(sign("lead"), f"/quality/{page}")
    assert (seen.status, seen.marks["data-page"]) == (200, "quality")
