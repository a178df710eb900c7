"""The style guide shows every piece in both colours and both ways of reading, with its markup."""

from __future__ import annotations

from pathlib import Path

from django.test import Client

from maitred.people.tests.markup import marks
from maitred.surfaces.console import styleguide
from maitred.surfaces.console.tests.inside import As, floor, signed_in

__all__ = ["floor", "signed_in"]


def test_it_is_for_whoever_is_signed_in(signed_in: As, client: Client) -> None:
    for name in ("agent", "executive", "partner", "auditor"):
        page = signed_in(name).get("/styleguide/")
        assert page.status_code == 200
        assert marks(page).all("body")[0]["data-page"] == "styleguide"
    assert client.get("/styleguide/")["Location"].startswith("/accounts/login/")


def test_every_piece_is_shown_on_every_stage_with_ids_of_its_own(signed_in: As) -> None:
    page = signed_in("agent").get("/styleguide/")
    stages = [one for one in marks(page).all("div") if "stage" in str(one.get("class")).split()]
    assert [(one["data-theme"], one["dir"]) for one in stages] == [*styleguide.STAGES] * len(styleguide.PIECES)
    ids = [held["id"] for _, held in marks(page).attributes if held.get("id")]
    assert len(ids) == len(set(ids))
    assert [
        name for _, held in marks(page).attributes for name in held if name == "style" or name.startswith("on")
    ] == []


def test_every_specimen_is_listed_once() -> None:
    folder = Path(styleguide.__file__).parent / "templates" / "console" / "specimens"
    assert sorted(one.stem for one in folder.glob("*.html")) == sorted(one.name for one in styleguide.PIECES)
