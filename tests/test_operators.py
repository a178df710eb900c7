"""The page for operators: what it names (variables, log events, addresses, commands, files) is the product's own."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import click
import pytest
import typer.main

from maitred.base.errors import MaitredError
from maitred.kit.access.rights import SCOPES
from maitred.site import addresses, logs
from maitred.surfaces.cli.app import app
from tests.house import REPOSITORY, House
from tests.variables import known

PAGE = (REPOSITORY / "docs" / "operators.md").read_text(encoding="utf-8")


def section(title: str) -> str:
    """A section of the page."""
    found = re.search(rf"^## {title}$(.*?)(?=^## |\Z)", PAGE, re.MULTILINE | re.DOTALL)
    assert found, f"docs/operators.md has no section {title!r}"
    return found.group(1)


def test_the_table_of_the_environment_is_that_of_the_source() -> None:
    told = re.findall(r"^\| `(MAITRED_[A-Z_]+(?:<NAME>)?)` \|", section("Environment"), re.MULTILINE)
    assert sorted(told) == sorted(known())


def test_every_variable_that_the_page_names_exists() -> None:
    assert set(re.findall(r"\bMAITRED_[A-Z]+(?:_[A-Z]+)*(?:_<NAME>)?", PAGE)) - known() == set()


def test_the_table_of_log_events_is_the_list_of_the_program() -> None:
    told = set(re.findall(r"`([a-z]+\.[a-z_]+)`", "".join(re.findall(r"^\|.*\|$", section("Logs"), re.MULTILINE))))
    assert told == logs.EVENTS


def test_every_health_address_is_there_and_open_to_whom_the_page_says() -> None:
    rows = re.findall(r"^\| `/([^`]+)` \| (\w+)", section("Is it well"), re.MULTILINE)
    names = {one.route: one.name for one in addresses.addresses()}
    lists = {"anybody": addresses.PUBLIC, "a": addresses.BY_TOKEN}
    assert len(rows) == 3
    assert [route for route, who in rows if names.get(route) not in lists[who]] == []
    assert {"admin:sync"} <= SCOPES


def test_every_command_that_the_page_names_exists() -> None:
    named = re.findall(r"(?:^|`|MAITRED_HOME=\S+ |bin/)maitred ([a-z][a-z -]*)", PAGE, re.MULTILINE)
    named += re.findall(r"docker compose run --rm web ([a-z][a-z -]*)", PAGE)
    assert len(named) > 20
    assert [text for text in named if not _exists(text.split())] == []


def _exists(words: list[str]) -> bool:
    command: Any = typer.main.get_command(app)
    context = click.Context(command)
    for word in words:
        if not hasattr(command, "get_command"):
            return True
        command = command.get_command(context, word)
        if command is None:
            return False
    return not hasattr(command, "get_command")


def test_the_example_of_maitred_json_is_understood(monkeypatch: pytest.MonkeyPatch) -> None:
    from maitred.base.egress import allowed
    from maitred.site import issuers, workspace

    (text,) = re.findall(r"^```json\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
    told = json.loads(text)
    monkeypatch.setenv("MAIL_PASSWORD", "secret")
    assert workspace.mail(told["mail"])["password"] == "secret"
    assert list(issuers.issuers(told["oidc"]))
    assert [allowed(one["host"], one["network"], one["ports"]) for one in told["hosts_allowed"]]
    with pytest.raises(MaitredError, match="open"):
        workspace.mail({**told["mail"], "password": "in the open"})


def test_the_table_of_the_workspace_names_what_init_makes(house: House) -> None:
    told = {name.rstrip("/") for name in re.findall(r"^\| `([^`]+)` \|", section("What is in the workspace"), re.M)}
    made = {path.name for path in Path(house.home).iterdir() if not path.name.endswith(("-wal", "-shm"))}
    assert made - told == set()


def test_the_guide_links_the_pages_for_operators_verbs_and_rights() -> None:
    index = (REPOSITORY / "docs" / "index.md").read_text(encoding="utf-8")
    assert all(f"]({page}.md)" in index for page in ("operators", "verbs", "rights", "commands"))
