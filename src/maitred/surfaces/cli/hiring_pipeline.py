"""``maitred hiring need`` and ``requisition``: verbs of the desk under the names that people type."""

from __future__ import annotations

from typing import Annotated, Any, Optional

import typer
from typer.core import TyperGroup

NAMED: dict[str, dict[str, str]] = {
    "need": {"list": "hiring.needs", "open": "hiring.open_need", "show": "hiring.show_need"},
    "requisition": {
        "list": "hiring.requisitions", "open": "hiring.open_requisition", "show": "hiring.show_requisition",
        "approve": "hiring.approve_requisition", "send-back": "hiring.send_back_requisition",
    },
}  # fmt: skip
"""Group → what people type → the verb that does it."""


class NamedVerbs(TyperGroup):
    """A group whose commands are verbs, made when it is opened."""

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

        built = command(register()[verb])
        built.name = cmd_name
        return built


need = typer.Typer(help="Needs: how many people are short, by when, and why.", no_args_is_help=True, cls=NamedVerbs)
requisition = typer.Typer(help="Requisitions: who is to be hired for a need.", no_args_is_help=True, cls=NamedVerbs)


def attach(group: typer.Typer) -> None:
    """Add the commands to the group."""
    group.add_typer(need, name="need")
    group.add_typer(requisition, name="requisition")
    group.command("audit")(audit)


def audit(
    search: Annotated[Optional[str], typer.Argument(help="The number of a requisition, or a search s_…")] = None,
    role: Annotated[Optional[str], typer.Option(help="Pooled over the requisitions of this role.")] = None,
    json_: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Did stages let groups through alike? n, rate, ratio with interval, exact p, power; or why it cannot be told."""
    from maitred.surfaces.cli import operating, output

    operating.start()
    from maitred.kit.verbs import run
    from maitred.kit.verbs.results import plain

    given = {name: value for name, value in (("search", search), ("role", role)) if value is not None}
    found = plain(run("hiring.audit", operating.actor(), given))
    if json_:
        output.document(found)
        return
    output.line(f"{found['says']} ({found['candidates']} candidates, {found['told']} said something of themselves)")
    rows = [
        (stage["stage"], stage["dimension"], *(one[name] for name in ("group", "n", "passed", "ratio", "p", "verdict")))
        for stage in found["stages"] for one in stage["groups"]
    ]  # fmt: skip
    if rows:
        output.table("stages", ("stage", "by", "group", "n", "went on", "ratio", "p", "says"), rows)
