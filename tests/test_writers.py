"""Verbs are the only writers; nothing else of the product touches a row, no view fetches past its access functions."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from tests.house import SOURCE

ROOMS = ("site", "surfaces", "desks", "people", "kit")
WRITES = {"save", "update", "delete", "create", "bulk_create", "bulk_update", "get_or_create", "update_or_create"}
READS = {"objects", "_base_manager", "_default_manager"}
WRITERS = {
    "kit/audit": "the log itself, and the deeds through which every verb writes",
    "kit/jobs": "bookkeeping of the worker: leases, states of jobs",
    "kit/outbox": "bookkeeping of sending: states of effects",
    "kit/backup": "copies whole databases",
    "kit/marks/bulk.py": "a row for each of thousands of tickets, beside the deed that names them all",
    "desks/training/keeping.py": "a row for each of thousands of foreign records, beside the deed that counts them",
    "desks/hiring/profiles/keeping.py": "a row for each of thousands of profiles, beside the deed that counts them",
    "desks/hiring/postings/printing/word.py": "no row: a document of words, saved into memory",
    "kit/notices/telling.py": "what accounts are told beside the deed it is about, and that they read it",
    "kit/replies": "answers to repeated requests, beside the deed they belong to",
    "kit/secrets": "sealed values and their rotation",
    "kit/access/limits.py": "counts requests",
    "people/tree.py": "the pairs of ancestors that follow from the tree",
    "people/acting.py": "when a token was last used",
    "people/sign_in.py": "password, sessions: what the sign-in library asks for",
    "people/sign_in_events.py": "the sessions that a sign-in ends",
    "people/single_sign_on.py": "accounts that the identity provider vouches for",
    "surfaces/console": "the sign-in library's own records",
    "kit/documents/slides.py": "saves a presentation, not a row",
}
"""Where rows are written without a verb, each with its reason."""
MARKUP = ("kit/safety/html.py", "kit/documents/pictures.py", "kit/documents/templating.py")
"""What may call a text markup: cleaned messages, drawings of ours that were looked through, our own style sheets."""
READERS = ("access.py", *WRITERS)
"""Where rows are fetched: access functions, and the writers."""


@cache
def _modules() -> list[tuple[str, ast.Module]]:
    return list(_parsed())


def _parsed() -> Iterator[tuple[str, ast.Module]]:
    for room in ROOMS:
        for path in sorted((SOURCE / room).rglob("*.py")):
            name = str(path.relative_to(SOURCE))
            if not {"tests", "migrations"} & set(Path(name).parts):
                yield name, ast.parse(path.read_text(encoding="utf-8"))


def _at(name: str, places: tuple[str, ...]) -> bool:
    return any(name.startswith(place) or name.endswith(f"/{place}") for place in places)


def _row_writes(tree: ast.Module) -> Iterator[str]:
    """Calls on a manager, a queryset or a row that write; of other things that have such names the chain knows none."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in WRITES:
            chain = ast.unparse(node.func.value)
            if any(f".{one}" in chain for one in READS) or node.func.attr == "save":
                yield f"{node.lineno}: {chain}.{node.func.attr}"


def test_rows_are_written_by_deeds_and_by_named_bookkeeping_only() -> None:
    found = [
        f"{name}:{call}" for name, tree in _modules() if not _at(name, tuple(WRITERS)) for call in _row_writes(tree)
    ]
    assert found == []


def test_rows_are_fetched_by_access_functions_only() -> None:
    found = [
        f"{name}:{node.lineno}"
        for name, tree in _modules()
        if not _at(name, READERS)
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and node.attr in READS
    ]
    assert found == []


def test_no_view_or_form_fetches_past_the_access_functions() -> None:
    banned = {"get_object_or_404", "get_list_or_404", "ModelChoiceField", "ModelForm", "mark_safe"}
    found = [
        f"{name}:{node.lineno} {getattr(node, 'id', getattr(node, 'attr', ''))}"
        for name, tree in _modules()
        for node in ast.walk(tree)
        if (isinstance(node, ast.Name) and node.id in banned)
        or (isinstance(node, ast.Attribute) and node.attr in banned)
    ]
    assert [one for one in found if not one.startswith(MARKUP)] == []


def test_every_exception_has_a_reason_and_is_still_needed() -> None:
    names = [name for name, _ in _modules()]
    assert [place for place in WRITERS if not any(name.startswith(place) for name in names)] == []
    assert all(WRITERS.values())
