"""The catalogues hold what is said, their translations keep every placeholder, and what runs is what was compiled."""

from __future__ import annotations

import pytest
from babel.messages.catalog import Catalog
from django.test import Client

from maitred.people.tests.markup import assert_well_made, marks
from tests import languages

_ADVICE = "run `python -m tests.languages`, and translate what it lists"


@pytest.fixture(scope="module")
def found() -> Catalog:
    return languages.collected()


@pytest.mark.parametrize("language", languages.LANGUAGES)
def test_a_catalogue_holds_exactly_the_strings_that_there_are(found: Catalog, language: str) -> None:
    there, known = languages.keys(found), languages.keys(languages.stored(language))
    assert (sorted(there - known), sorted(known - there)) == ([], []), _ADVICE


@pytest.mark.parametrize("language", languages.LANGUAGES)
def test_translations_hold_the_placeholders_of_their_strings(language: str) -> None:
    assert languages.misplaced(languages.stored(language)) == []


@pytest.mark.parametrize("language", languages.LANGUAGES)
def test_nothing_is_left_untranslated(language: str) -> None:
    assert [one.id for one in languages.untranslated(languages.stored(language))] == [], _ADVICE


@pytest.mark.parametrize("language", languages.LANGUAGES)
def test_what_runs_is_what_is_written(language: str) -> None:
    path = languages.FOLDER / language / "LC_MESSAGES" / "django.mo"
    assert path.read_bytes() == languages.compiled(languages.stored(language)), _ADVICE


def test_strings_are_found_in_code_and_templates_with_context_and_plural(found: Catalog) -> None:
    keys = languages.keys(found)
    assert ("", "Skip to the content") in keys
    assert ("number of rows", "n %(n)s") in keys
    assert ("", "%(n)s target was missed", "%(n)s targets were missed") in keys
    assert ("", "%(counter)s proposal waits for your answer", "%(counter)s proposals wait for your answer") in keys


def test_a_translation_without_its_placeholder_is_found() -> None:
    catalogue = Catalog(locale="de")
    catalogue.add("%(n)s rows", "Zeilen")
    catalogue.add(("%(n)s row", "%(n)s rows"), ("%(n)s Zeile", "%(m)s Zeilen"))
    assert languages.misplaced(catalogue) == ["Zeilen", "%(m)s Zeilen"]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("asked", "language", "way", "word"),
    [
        ("de-AT,de;q=0.9", "de", "ltr", "Anmelden"),
        ("ar", "ar", "rtl", ""),
        ("fr", "en", "ltr", "Sign in"),
        ("", "en", "ltr", "Sign in"),
    ],
)
def test_without_a_choice_the_browser_decides(client: Client, asked: str, language: str, way: str, word: str) -> None:
    page = client.get("/accounts/login/", headers={"Accept-Language": asked})
    html = marks(page).all("html")[0]
    assert (html["lang"], html["dir"]) == (language, way)
    assert page["Content-Language"] == language
    assert "Accept-Language" in page["Vary"]
    assert word in page.content.decode()
    assert_well_made(page, "sign-in")


@pytest.mark.django_db
def test_refusals_speak_the_readers_language_too(client: Client) -> None:
    missing = client.get("/nothing/here", headers={"Accept-Language": "de"})
    assert "Hier ist nichts" in missing.content.decode()
    wrong = client.put("/accounts/login/", headers={"Accept-Language": "ar"})
    assert marks(wrong).all("html")[0]["dir"] == "rtl"
