"""``maitred hiring need`` and ``requisition``: verbs of the desk under the names that people type."""

from __future__ import annotations

from typing import Any

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
