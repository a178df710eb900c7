"""Objects of conversations for the access matrix: one of every noun for every owner, in the state that a verb wants."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from maitred.kit.verbs.registry import Verb
    from maitred.people.tests.floor import Floor
    from tests.access.things import Things


def references(verb: Verb, floor: Floor, things: Things, named: str) -> dict[str, Any]:
    """Ids in the examples of verbs of conversations, as this floor has them."""
    return {}


MAKERS: dict[str, Callable[[Things, str, str], Any]] = {}
SHARED: frozenset[str] = frozenset()
"""Nouns whose objects belong to nobody."""
STATES: dict[str, str] = {}
OWN: dict[str, str] = {}
"""Verbs about what is one's own."""
APART: dict[str, str] = {
    "conversations.sample": "needs tickets that people of the floor answered; asked per role in the desk's own tests",
}
"""Verbs whose allowed cells are asked elsewhere, with the reason."""
WORDS: dict[str, str] = {}
"""Words that addresses take, by the name they have there."""
