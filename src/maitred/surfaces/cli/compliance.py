"""``maitred compliance``: verbs of the desk under the names that people type, and a scan that is done at once."""

from __future__ import annotations

from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from maitred.surfaces.cli import output

COMPLAINT = {
    "new": "complaint_new", "ack": "complaint_ack", "assess": "complaint_assess",
    "investigate": "complaint_investigate", "decide": "complaint_decide", "close": "complaint_close",
    "reject": "complaint_reject", "reopen": "complaint_reopen", "note": "complaint_note", "own": "complaint_own",
    "link": "complaint_link", "merge": "complaint_merge", "split": "complaint_split", "show": "show_complaint",
    "list": "complaints", "figures": "complaint_figures", "causes": "complaint_causes",
}  # fmt: skip
"""What people type behind ``complaint`` → the verb that does it."""


class ComplaintVerbs(TyperGroup):
    """Complaints: verbs as commands, made when the group is opened."""

    def list_commands(self, ctx: Any) -> list[str]:
        return list(COMPLAINT)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        verb = COMPLAINT.get(cmd_name)
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
complaint = typer.Typer(help="The register of complaints.", no_args_is_help=True, cls=ComplaintVerbs)
group.add_typer(complaint, name="complaint")


@group.command("scan")
def scan(
    store: Annotated[
        str, typer.Option(help="tables, landing, database, logs, exports, indexes, media, backups, other or all.")
    ] = "all",
    json_: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
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
