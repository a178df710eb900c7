"""``maitred dev``: fake helpdesks on this machine, to try connections, faults and write-back without a live account."""

from __future__ import annotations

from typing import Annotated

import typer

from maitred.surfaces.cli import output

group = typer.Typer(help="For those who build and try things out.", no_args_is_help=True)


def attach(app: typer.Typer) -> None:
    """Add these commands to the program."""
    app.add_typer(group, name="dev")


@group.command("fake-helpdesk")
def fake_helpdesk(
    vendor: Annotated[str, typer.Argument(help="zendesk, freshdesk or salesforce.")],
    tickets: Annotated[int, typer.Option(help="Tickets of its account.", min=0)] = 50,
    seed: Annotated[int, typer.Option(help="Seed of the account.")] = 1,
    faults: Annotated[
        str, typer.Option(help="none, random:SEED, or KIND@PATH#NTH*TIMES=VALUE with commas between.")
    ] = "none",
    port: Annotated[int, typer.Option(help="Port on this machine; 0 for a free one.")] = 0,
) -> None:
    """Serve a fake helpdesk on loopback until it is interrupted; connect it with --allow-private-address."""
    from maitred.base.errors import UsageError
    from maitred.connectors.fakes import run

    try:
        run(vendor, tickets, seed, faults, port)
    except ValueError as error:
        raise UsageError(
            f"the fake helpdesk cannot be made: {error}", "see `maitred dev fake-helpdesk --help`"
        ) from error
    except KeyboardInterrupt:
        output.notice("the fake helpdesk has ended")
