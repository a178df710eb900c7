"""What the tests of kept things read from pages."""

from __future__ import annotations

import html
import re
from typing import Any

from maitred.kit.marks.selection import Meant, selected
from maitred.people.tests.floor import Floor


def text(response: Any) -> str:
    """A page's markup."""
    return str(response.content.decode())


def hidden(page: str, action: str) -> dict[str, list[str]]:
    """What the form with an address sends along unseen."""
    form = re.search(rf'<form[^>]*action="{re.escape(action)}".*?</form>', page, re.DOTALL)
    assert form is not None, action
    found: dict[str, list[str]] = {}
    for name, value in re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', form[0]):
        if name != "csrfmiddlewaretoken":
            found.setdefault(name, []).append(html.unescape(value))
    return found


def tickets_of(floor: Floor, name: str) -> set[str]:
    """The solved tickets that somebody may open, as ``SOURCE:ID``."""
    every = selected(floor.actor("manager"), Meant(metric="full_resolution")).tickets
    found = selected(floor.actor(name), Meant(tickets=tuple(":".join(one) for one in every)))
    return {":".join(one) for one in found.tickets}


def only(floor: Floor, name: str, other: str) -> str:
    """A ticket that one may open and another may not."""
    return sorted(tickets_of(floor, name) - tickets_of(floor, other))[0]
