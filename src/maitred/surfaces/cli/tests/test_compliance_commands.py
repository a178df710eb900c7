"""The commands of compliance: every word that people type leads to a verb, and answers are one document."""

from __future__ import annotations

import json
from typing import Any

import pytest
from typer.main import get_command
from typer.testing import CliRunner

from maitred.kit.verbs.registry import register
from maitred.surfaces.cli import compliance, operating
from maitred.surfaces.cli.compliance import NAMED, group

FIXED = {"new", "ack", "assess", "investigate", "decide", "close"}


def test_every_word_leads_to_a_verb_that_takes_the_object_as_its_argument() -> None:
    verbs = register()
    assert NAMED["complaint"].keys() >= FIXED and {"new", "verify", "fulfil"} <= NAMED["request"].keys()
    for words in NAMED.values():
        for word, name in words.items():
            verb = verbs[f"compliance.{name}"]
            assert (verb.object is not None) == (word not in ("new", "list", "figures", "causes")), word


def test_due_check_and_scan_take_the_fixed_flags() -> None:
    commands: Any = get_command(group)
    flags = {
        name: {flag for one in commands.commands[name].params for flag in one.opts} for name in ("due", "check", "scan")
    }
    assert "--as-of" in flags["due"] and {"--pack", "--clause", "--as-of"} <= flags["check"]
    assert "--store" in flags["scan"] and all("--json" in one for one in flags.values())


@pytest.mark.django_db
def test_what_is_due_is_one_document(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(operating, "start", lambda: None)
    ran = CliRunner().invoke(group, ["due", "--as-of", "2026-01-05T09:00:00Z", "--json"])
    told = json.loads(ran.stdout)
    assert (ran.exit_code, told["clocks"], told["as_of"]) == (0, [], "2026-01-05T09:00:00Z")
    ran = CliRunner().invoke(group, ["check", "--pack", "us.hipaa", "--json"])
    assert {one["result"] for one in json.loads(ran.stdout)["clauses"]} == {"not assessed"}
    assert compliance.group is group
