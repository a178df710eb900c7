"""Reads the markup of a page as a test needs it."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import Any


class Marks(HTMLParser):
    """What matters about a page's markup."""

    def __init__(self) -> None:
        super().__init__()
        self.attributes: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.attributes.append((tag, dict(attrs)))

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [held for name, held in self.attributes if name == tag]


def marks(response: Any) -> Marks:
    found = Marks()
    found.feed(response.content.decode())
    return found


def assert_well_made(response: Any, page: str) -> None:
    """One heading, a language, labels for every field, nothing inline."""
    found = marks(response)
    assert found.all("html")[0]["lang"]
    assert found.all("body")[0]["data-page"] == page
    assert len(found.all("h1")) == 1
    assert len(found.all("title")) == 1
    named = {one.get("for") for one in found.all("label")}
    fields = [*found.all("input"), *found.all("select"), *found.all("textarea")]
    assert [one for one in fields if one.get("type") != "hidden" and one.get("id") not in named] == []
    assert not found.all("style")
    assert all(one.get("src") or one.get("type") == "application/json" for one in found.all("script"))
    loose = [name for _, held in found.attributes for name in held if name == "style" or name.startswith("on")]
    assert loose == []
    assert all("alt" in one for one in found.all("img"))
    assert len([one for one in found.attributes if "pri" in (one[1].get("class") or "").split()]) <= 1
    ids = [held["id"] for _, held in found.attributes if held.get("id")]
    assert len(ids) == len(set(ids))
