"""Nothing is open that was not meant to be."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.test import Client
from django.urls import URLPattern, path

from maitred.site import addresses
from maitred.site.addresses import BY_SIGNATURE, BY_TOKEN, OF_ANYBODY, OF_THE_DOOR, PUBLIC, SIGNED_IN, unmapped
from maitred.surfaces.console import pages

SNAPSHOT = Path(__file__).parents[4] / "tests" / "expect" / "public_urls.txt"


def test_the_public_addresses_are_those_of_the_snapshot() -> None:
    there = sorted(f"/{one.route}" for one in addresses.addresses() if one.name in PUBLIC | BY_SIGNATURE | OF_ANYBODY)
    assert there == SNAPSHOT.read_text().splitlines()


def test_every_address_is_accounted_for() -> None:
    assert unmapped() == []
    lists = (PUBLIC, BY_SIGNATURE, OF_ANYBODY, BY_TOKEN, SIGNED_IN, OF_THE_DOOR)
    assert sum(map(len, lists)) == len(frozenset().union(*lists))


def test_what_asks_for_no_sign_in_is_public_or_asks_for_a_token_itself() -> None:
    open_ones = {one.name for one in addresses.addresses() if one.open}
    assert {one for one in open_ones if not one.startswith("api:")} == PUBLIC | BY_SIGNATURE | OF_ANYBODY | BY_TOKEN
    assert len(addresses.PUBLIC) == 13


@pytest.mark.parametrize(
    ("added", "told"),
    [
        (path("new/", pages.theme, name="new"), ["maitred.E001"]),
        (path("open/", pages.security_txt, name="open"), ["maitred.E001", "maitred.E003"]),
        (path("settings2/", pages.security_txt, name="settings"), ["maitred.E002"]),
    ],
)
def test_an_address_that_nobody_thought_of_stops_the_start(
    added: URLPattern, told: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from maitred.site import urls

    monkeypatch.setattr(urls, "urlpatterns", [*urls.urlpatterns, added])
    from django.urls import clear_url_caches

    clear_url_caches()
    try:
        assert [one.id for one in unmapped()] == told
    finally:
        clear_url_caches()


def test_a_view_that_carries_its_verb_needs_no_list(monkeypatch: pytest.MonkeyPatch) -> None:
    def view(request: object) -> None: ...

    view.verb = "people.show_team"  # type: ignore[attr-defined]
    from django.urls import clear_url_caches

    from maitred.site import urls

    monkeypatch.setattr(urls, "urlpatterns", [*urls.urlpatterns, path("teams/", view, name="teams")])  # type: ignore[arg-type]
    clear_url_caches()
    try:
        assert unmapped() == []
    finally:
        clear_url_caches()


@pytest.mark.django_db
def test_a_stranger_is_sent_to_sign_in_or_refused_everywhere_else(client: Client) -> None:
    seen = 0
    for one in addresses.addresses():
        if one.name in PUBLIC | OF_ANYBODY or "^" in one.route:
            continue
        response = client.get("/" + re.sub(r"<(?:int|str|slug):\w+>", "1", one.route))
        if one.name in SIGNED_IN or hasattr(one.view, "verb"):
            assert response.status_code == 302, one
            assert response["Location"].startswith("/accounts/login/?next="), one
        else:
            assert response.status_code in (401, 403, 404, 405), one
        seen += 1
    assert seen > 20
