"""Every cell of the access matrix answers as its line says, and no address is without its lines."""

from __future__ import annotations

from collections import defaultdict

import pytest

from maitred.kit.verbs.registry import register
from maitred.people.tests.floor import Floor
from tests.access.cell import Cell
from tests.access.cells import APART, KINDS, TOKENS, Asker, cells, pages
from tests.access.expected import expected, files, room, write
from tests.access.things import Things

_SEEN: dict[Cell, int] = {}


def _mine(kind: str) -> list[Cell]:
    return [cell for cell in cells() if cell.kind == kind]


def _asked(floor: Floor, things: Things, kind: str) -> dict[Cell, int]:
    asker = Asker(floor, things, kind)
    return {cell: asker.ask(cell) for cell in _mine(kind) if not _apart(cell)}


def _apart(cell: Cell) -> bool:
    return cell.name.removeprefix("api:") in APART and cell.kind.startswith("admin") and cell.method == "POST"


RARE = (*TOKENS, "partner", "privacy", "hiring")
"""Kinds of actors that are asked with the slow tests."""


@pytest.mark.parametrize(
    "kind",
    [pytest.param(kind, marks=pytest.mark.slow) if kind in RARE else kind for kind in KINDS],
)
def test_every_cell_of_an_actor_answers_as_its_line_says(
    floor: Floor, things: Things, kind: str, request: pytest.FixtureRequest
) -> None:
    found = _asked(floor, things, kind)
    if request.config.getoption("--write-access"):
        _SEEN.update(found)
        write(_SEEN)
        return
    lines = expected()
    wrong = {cell: (status, lines.get(cell)) for cell, status in found.items() if lines.get(cell) != status}
    assert wrong == {}


def test_there_are_lines_for_every_cell_and_for_nothing_else() -> None:
    assert set(expected()) == {cell for cell in cells() if not _apart(cell)}
    assert len(expected()) >= 2_000


def test_no_cell_fails_for_a_reason_of_its_own() -> None:
    assert {cell: status for cell, status in expected().items() if status >= 500} == {}


def test_every_verb_has_somebody_who_may_and_somebody_who_may_not() -> None:
    by_verb = defaultdict(set)
    for cell, status in expected().items():
        by_verb[cell.name].add(status)
    for verb in register().values():
        if verb.id not in APART:
            assert 200 in by_verb[f"api:{verb.id}"], f"{verb.id}: nobody in the matrix may"
        assert by_verb[f"api:{verb.id}"] & {401, 403, 404}, f"{verb.id}: nobody is refused"


def test_nobody_signed_in_sees_what_needs_a_sign_in() -> None:
    verbs = {f"api:{name}" for name in register()}
    for cell, status in expected().items():
        if cell.kind == "anonymous" and cell.name in verbs:
            assert status == 401, cell


def test_an_unknown_object_is_not_found_for_everybody_who_may_ask_for_one() -> None:
    for cell, status in expected().items():
        if cell.ownership == "unknown" and cell.name != "api:secrets.set":
            assert status in (401, 403, 404), cell


@pytest.mark.parametrize("foreign", ["technical", "former"])
@pytest.mark.parametrize("kind", ["agent", "lead", "executive", "admin", "auditor", "partner"])
def test_no_person_of_another_tree_is_seen_by_those_who_do_not_lead_them(kind: str, foreign: str) -> None:
    bound = ("api:people.show_person", "api:commitments.", "api:decisions.judge", "api:interventions.end")
    for cell, status in expected().items():
        if cell.kind == kind and cell.ownership == foreign and cell.name.startswith(bound):
            assert status in (403, 404), cell


def test_a_method_that_is_not_declared_is_refused() -> None:
    for cell, status in expected().items():
        if cell.method in ("PUT", "PATCH", "DELETE"):
            assert status in (405, 404), cell


def test_the_files_have_no_line_twice_and_each_line_stands_in_its_file() -> None:
    lines = [(path.stem, line) for path in files() for line in path.read_text(encoding="utf-8").splitlines()[1:]]
    assert len(lines) == len({line for _, line in lines}) == len(expected())
    assert [line for stem, line in lines if room(line.split(",")[0]) != stem] == []
    assert pages()
