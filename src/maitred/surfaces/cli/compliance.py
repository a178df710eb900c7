"""``maitred compliance``: verbs of the desk under the names that people type, and a scan that is done at once."""

from __future__ import annotations

from typing import Annotated, Any, Optional

import typer
from typer.core import TyperGroup

from maitred.surfaces.cli import output

NAMED: dict[str, dict[str, str]] = {
    "complaint": {
        "new": "complaint_new", "ack": "complaint_ack", "assess": "complaint_assess",
        "investigate": "complaint_investigate", "decide": "complaint_decide", "close": "complaint_close",
        "reject": "complaint_reject", "reopen": "complaint_reopen", "note": "complaint_note", "own": "complaint_own",
        "link": "complaint_link", "merge": "complaint_merge", "split": "complaint_split", "show": "show_complaint",
        "list": "complaints", "figures": "complaint_figures", "causes": "complaint_causes",
    },
    "request": {
        "new": "request_new", "verify": "request_verify", "extend": "request_extend", "fulfil": "request_fulfil",
        "refuse": "request_refuse", "show": "show_request", "list": "requests",
    },
}  # fmt: skip
"""What people type behind a word → the verb that does it."""


class NamedVerbs(TyperGroup):
    """Verbs as commands under the names that people type, made when the group is opened."""

    def list_commands(self, ctx: Any) -> list[str]:
        return list(NAMED[str(self.name)])

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        verb = NAMED[str(self.name)].get(cmd_name)
        if verb is None:
            return None
        from maitred.surfaces.cli import operating
        from maitred.surfaces.cli.verbs import command

        operating.load_for_help()
        from maitred.kit.verbs.registry import register

        built = command(register()[f"compliance.{verb}"])
        built.name = cmd_name
        return built


group = typer.Typer(help="Compliance: what is due to whom by when, which complaints are where.", no_args_is_help=True)
complaint = typer.Typer(help="The register of complaints.", no_args_is_help=True, cls=NamedVerbs)
request = typer.Typer(help="Requests of data subjects.", no_args_is_help=True, cls=NamedVerbs)
group.add_typer(complaint, name="complaint")
group.add_typer(request, name="request")


Json = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]
AsOf = Annotated[Optional[str], typer.Option("--as-of", help="As things stood at an instant; now unless given.")]
OfPack = Annotated[Optional[str], typer.Option(help="Only this rule pack.")]
_DUE = ("case", "title", "pack", "clause", "status", "due_at", "owner")
_CHECKED = ("pack", "clause", "title", "result", "n", "kept", "low", "high", "why")


def _asked(verb: str, **given: str | None) -> Any:
    """The answer of a verb to whoever holds the files."""
    from maitred.surfaces.cli import operating

    operating.start()
    from maitred.kit.verbs import run
    from maitred.kit.verbs.results import plain

    return plain(run(verb, operating.actor(), {name: value for name, value in given.items() if value is not None}))


def _table(title: str, columns: tuple[str, ...], rows: list[dict[str, Any]]) -> None:
    output.table(title, columns, [["" if one[name] is None else str(one[name]) for name in columns] for one in rows])


@group.command("due")
def due(as_of: AsOf = None, pack: OfPack = None, json_: Json = False) -> None:
    """List open deadlines, the one that ends first in front."""
    answer = _asked("compliance.due", as_of=as_of, pack=pack)
    if json_:
        output.document(answer)
        return
    counts = ("overdue", "warned", "running", "paused")
    output.line(", ".join(f"{answer[name]} {name}" for name in counts) + f", as of {answer['as_of']}")
    if answer["clocks"]:
        _table("due", _DUE, answer["clocks"])
    if any(not one["reviewed"] for one in answer["clocks"]):
        output.notice("some of these rules are not legally reviewed")


@group.command("check")
def check(
    pack: OfPack = None,
    clause: Annotated[Optional[str], typer.Option(help="Only this clause.")] = None,
    as_of: AsOf = None,
    json_: Json = False,
) -> None:
    """Say of every clause whether there is evidence, a gap, or nothing that assesses it, with n and interval."""
    answer = _asked("compliance.check", pack=pack, clause=clause, as_of=as_of)
    if json_:
        output.document(answer)
        return
    _table("clauses", _CHECKED, answer["clauses"])
    if not answer["reviewed"]:
        output.notice("some of these rules are not legally reviewed")


@group.command("scan")
def scan(
    store: Annotated[
        str, typer.Option(help="tables, landing, database, logs, exports, indexes, media, backups, other or all.")
    ] = "all",
    json_: Json = False,
) -> None:
    """Look through what is kept for card numbers, now; what is found is shown with four digits at most."""
    from maitred.surfaces.cli import operating

    operating.start()
    from maitred.base.errors import UsageError
    from maitred.desks.compliance.models.scans import STORES
    from maitred.desks.compliance.scanning.doing import keep
    from maitred.desks.compliance.verbs.scanning import shown
    from maitred.kit.verbs.results import plain

    if store not in STORES:
        raise UsageError(f"there is no store {store}", f"one of {', '.join(STORES)}")
    answer = plain(shown(keep(operating.actor(), None, store)))
    if json_:
        output.document(answer)
        return
    found = answer["scan"]
    output.line(f"{found['found']} found in {found['items']} places, {found['bytes']} bytes, rules {found['detector']}")
    columns = ("store", "place", "field", "record", "kind", "confidence", "count", "masked")
    if answer["findings"]:
        output.table("findings", columns, [[str(one[name]) for name in columns] for one in answer["findings"]])
    for one in found["unread"]:
        output.notice(f"not read: {one}")
