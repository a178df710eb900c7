"""The documents: links resolve, every command has its lines, decisions are numbered, and no page promises too much."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer.main

from maitred.surfaces.cli.app import app
from tests import generated
from tests.documents import anchors, documents, links, prose, tracked
from tests.house import REPOSITORY, SOURCE

PAGES = documents()
COMMANDS = (REPOSITORY / "docs" / "commands.md").read_text(encoding="utf-8")
DECISIONS = REPOSITORY / "docs" / "decisions"
PROMISES = re.compile(r"\b(compliant|secure|guaranteed|exactly-once)\b", re.IGNORECASE)
MACHINE = re.compile(r"(?<![\w.{}<>*:/-])/(?:home|root|work|tmp|Users|private|opt)/(?!\.\.\.)[\w.-]+")
REGISTRIES = ("pypi" + ".org", "pythonhosted" + ".org", "npmjs" + ".org", "crates" + ".io", "anaconda" + ".org")
INDEX_OPTIONS = re.compile(r"(?<![\w/])(?:index-url|extra-index-url|trusted-host)\b")


def _name(path: Path) -> str:
    return str(path.relative_to(REPOSITORY))


@pytest.mark.parametrize("page", PAGES, ids=_name)
def test_every_link_of_a_page_leads_somewhere(page: Path) -> None:
    broken = []
    for target in links(page.read_text(encoding="utf-8")):
        if re.match(r"[a-z]+:", target):
            continue
        file, _, anchor = target.partition("#")
        found = (page.parent / file).resolve() if file else page
        if not found.exists() or (anchor and anchor not in anchors(found.read_text(encoding="utf-8"))):
            broken.append(target)
    assert broken == []


def _commands(command: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[str, Any]]:
    for name, below in getattr(command, "commands", {}).items():
        if hasattr(below, "commands"):
            if below.invoke_without_command:
                yield " ".join((*path, name)), below
            yield from _commands(below, (*path, name))
        else:
            yield " ".join((*path, name)), below


ALL_COMMANDS = dict(_commands(typer.main.get_command(app)))


def _section(command: str) -> str:
    found = re.search(rf"^### maitred {re.escape(command)}(?: [A-Z\[\]. ]+)?$(.*?)(?=^##|\Z)", COMMANDS, re.M | re.S)
    assert found, f"docs/commands.md has no section for `maitred {command}`"
    return found.group(0)


@pytest.mark.parametrize("command", ALL_COMMANDS)
def test_every_option_of_a_command_has_its_line(command: str) -> None:
    section = _section(command)
    told = set(re.findall(r"^\| `(\S+?)(?:[ =][^`]*)?` \|", section, re.MULTILINE))
    taken = set()
    for parameter in ALL_COMMANDS[command].params:
        names = [name for name in parameter.opts if name.startswith("--")] or [parameter.name.upper()]
        taken.add(names[0])
    assert told == taken - {"--help"}


def test_no_section_is_left_of_a_command_that_is_gone() -> None:
    headed = re.findall(r"^### maitred ([a-z -]+?)(?: [A-Z\[].*)?$", COMMANDS, re.MULTILINE)
    assert sorted(headed) == sorted(ALL_COMMANDS)


def test_decisions_are_numbered_without_gaps_short_and_in_the_index() -> None:
    files = sorted(DECISIONS.glob("*.md"))
    assert [int(path.name[:4]) for path in files] == list(range(1, len(files) + 1))
    index = (REPOSITORY / "docs" / "index.md").read_text(encoding="utf-8")
    for path in files:
        lines = path.read_text(encoding="utf-8").splitlines()
        assert lines[0].startswith(f"# {path.name[:4]}. ")
        assert len(lines) < 40
        assert f"decisions/{path.name}" in index


def test_decisions_that_the_code_names_exist() -> None:
    named = {
        name
        for path in SOURCE.rglob("*.py")
        for name in re.findall(r"docs/decisions/([\w-]+\.md)", path.read_text(encoding="utf-8"))
    }
    assert {name for name in named if not (DECISIONS / name).is_file()} == set()


@pytest.mark.parametrize("page", PAGES, ids=_name)
def test_a_page_promises_only_what_a_linked_test_shows(page: Path) -> None:
    bare = [
        line
        for line in prose(page.read_text(encoding="utf-8")).splitlines()
        if PROMISES.search(line) and not re.search(r"\]\([^)]*test_\w+\.py", line)
    ]
    assert bare == []


def test_no_file_names_a_folder_of_somebodys_machine_or_the_address_of_a_registry() -> None:
    found = []
    for path in tracked():
        if path == Path(__file__).resolve() or path.suffix in (".csv", ".parquet", ".gz"):
            continue
        text = path.read_text(encoding="utf-8", errors="replace")
        hits = [*MACHINE.findall(text), *INDEX_OPTIONS.findall(text), *(host for host in REGISTRIES if host in text)]
        if str(REPOSITORY) + os.sep in text:
            hits.append(str(REPOSITORY))
        if hits:
            found.append((_name(path), hits[:3]))
    assert found == []


def test_the_page_of_verbs_and_the_tables_of_rights_are_those_of_the_program() -> None:
    assert generated.VERBS.read_text(encoding="utf-8") == generated.verbs()
    assert generated.RIGHTS.read_text(encoding="utf-8") == generated.rights()
