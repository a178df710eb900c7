"""``maitred connect``: prove that a helpdesk lets us in, show what is there, and keep the connection."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Optional

import typer

from maitred.surfaces.cli import operating, output

if TYPE_CHECKING:
    from maitred.desks.helpdesks.models import Connection

group = typer.Typer(help="Connect a helpdesk, to be read and kept up to date.", no_args_is_help=True)

Url = Annotated[str, typer.Option(help="The address under which people work there.")]
Name = Annotated[Optional[str], typer.Option("--name", help="Name of the source; the vendor's by default.")]
Since = Annotated[Optional[datetime], typer.Option(help="First day to read.", formats=["%Y-%m-%d"])]
PerMinute = Annotated[Optional[int], typer.Option(help="Requests a minute; what the plan allows by default.")]
Private = Annotated[bool, typer.Option("--allow-private-address", help="The address lies in the own network.")]
Onto = Annotated[bool, typer.Option("--onto-import", help="Files imported under this name came from this account.")]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]
SOURCE = "env:NAME, file:PATH or -."


def attach(app: typer.Typer) -> None:
    """Add these commands to the program."""
    app.add_typer(group, name="connect")


@group.command()
def zendesk(
    url: Url,
    token: Annotated[str, typer.Option(help=f"API token, or an OAuth token without --email: {SOURCE}")],
    email: Annotated[Optional[str], typer.Option(help="Mail address of the admin whose token it is.")] = None,
    name: Name = None,
    since: Since = None,
    requests_per_minute: PerMinute = None,
    allow_private_address: Private = False,
    onto_import: Onto = False,
    json_: Json = False,
) -> None:
    """Connect a Zendesk account."""
    secrets = {"email": email or "", "token": operating.secret(token, "--token")}
    _connect("zendesk", url, secrets, name, since, requests_per_minute, allow_private_address, onto_import, json_)


@group.command()
def freshdesk(
    url: Url,
    key: Annotated[str, typer.Option(help=f"API key of an admin: {SOURCE}")],
    name: Name = None,
    since: Since = None,
    requests_per_minute: PerMinute = None,
    allow_private_address: Private = False,
    onto_import: Onto = False,
    json_: Json = False,
) -> None:
    """Connect a Freshdesk account."""
    secrets = {"key": operating.secret(key, "--key")}
    _connect("freshdesk", url, secrets, name, since, requests_per_minute, allow_private_address, onto_import, json_)


@group.command()
def salesforce(
    url: Url,
    client_id: Annotated[str, typer.Option(help="Consumer key of the connected app.")],
    client_secret: Annotated[Optional[str], typer.Option(help=f"Consumer secret: {SOURCE}")] = None,
    jwt_key: Annotated[Optional[Path], typer.Option(help="File of the private key, in PEM form.")] = None,
    user: Annotated[Optional[str], typer.Option(help="The pre-authorised user, with --jwt-key.")] = None,
    name: Name = None,
    since: Since = None,
    requests_per_minute: PerMinute = None,
    allow_private_address: Private = False,
    onto_import: Onto = False,
    json_: Json = False,
) -> None:
    """Connect a Salesforce organisation."""
    from maitred.base.errors import UsageError

    if (client_secret is None) is (jwt_key is None) or (jwt_key is None) is not (user is None):
        raise UsageError("--client-secret, or --jwt-key and --user, sign in", "give one of the two ways")
    if client_secret is not None:
        secrets = {"client_id": client_id, "client_secret": operating.secret(client_secret, "--client-secret")}
    else:
        key = operating.secret(f"file:{jwt_key}", "--jwt-key")
        secrets = {"client_id": client_id, "jwt_key": key, "user": user or ""}
    _connect("salesforce", url, secrets, name, since, requests_per_minute, allow_private_address, onto_import, json_)


@group.command()
def other(
    vendor: Annotated[str, typer.Argument(help="A connector that `maitred connect list` names.")],
    url: Url,
    secret: Annotated[Optional[list[str]], typer.Option(help=f"NAME=SOURCE of a secret; SOURCE is {SOURCE}")] = None,
    plain: Annotated[Optional[list[str]], typer.Option(help="NAME=VALUE of what is no secret: a user's name.")] = None,
    name: Name = None,
    since: Since = None,
    requests_per_minute: PerMinute = None,
    allow_private_address: Private = False,
    onto_import: Onto = False,
    json_: Json = False,
) -> None:
    """Connect a helpdesk whose connector an installed package brings."""
    from maitred.base.errors import UsageError

    secrets = {}
    for option, given in (("--secret", secret or ()), ("--plain", plain or ())):
        for one in given:
            key, equals, value = one.partition("=")
            if not (key and equals and value):
                raise UsageError(f"{option} takes NAME=VALUE", "`maitred connect list` says what signs in")
            secrets[key] = operating.secret(value, f"--secret {key}") if option == "--secret" else value
    _connect(vendor, url, secrets, name, since, requests_per_minute, allow_private_address, onto_import, json_)


@group.command("list")
def list_(json_: Json = False) -> None:
    """Show which helpdesks can be connected, by which package, and what signs in to each."""
    operating.start()
    from maitred.base.errors import MaitredError
    from maitred.connectors import registry
    from maitred.desks.helpdesks.proving import ways_of

    found = []
    for vendor in registry.vendors():
        try:
            ways, problem = [[*way] for way in ways_of(vendor)], ""
        except MaitredError as error:
            ways, problem = [], str(error)
        found.append({"vendor": vendor, "package": registry.package_of(vendor), "signs_in": ways, "problem": problem})
    if json_:
        output.document({"connectors": found})
        return
    rows = [
        (one["vendor"], one["package"], one["problem"] or " or ".join(", ".join(way) for way in one["signs_in"]))
        for one in found
    ]
    output.table("connectors", ("vendor", "package", "signs in with"), rows)


def _connect(
    vendor: str,
    url: str,
    secrets: dict[str, str],
    name: str | None,
    since: datetime | None,
    requests_per_minute: int | None,
    private: bool,
    onto_import: bool,
    json_: bool,
) -> None:
    operating.start()
    from maitred.desks.helpdesks.connecting import connect

    given = {
        "vendor": vendor,
        "url": url,
        "credentials": {key: value for key, value in secrets.items() if value},
        "slug": name,
        "since": since.date().isoformat() if since else None,
        "requests_per_minute": requests_per_minute,
        "allow_private_address": private,
        "onto_import": onto_import,
    }
    row = connect(operating.actor(), given, again=True)
    if json_:
        output.document(_document(row))
    else:
        _print(row)


def _document(row: Connection) -> dict[str, Any]:
    from maitred.desks.helpdesks.verbs.shapes import shown
    from maitred.kit.verbs.results import plain

    answer: dict[str, Any] = plain(shown(row))
    return answer


def _print(row: Connection) -> None:
    probe = row.probe
    output.line(f"{row.slug}: signed in to {row.url} as {probe.get('user') or 'a user without a name'}")
    if probe.get("plan"):
        output.line(f"plan: {probe['plan']}")
    output.line(f"history to expect: {probe.get('history') or 'not known'}")
    missing = dict(probe.get("missing") or {})
    rows = [(name, "can be read", "") for name in probe.get("available") or () if name not in missing]
    output.table(
        row.slug, ("stream", "state", "why"), [*rows, *((name, "missing", why) for name, why in missing.items())]
    )
    for notice in probe.get("notices") or ():
        output.notice(notice)
    output.line(f"read it with `maitred sync {row.slug}`; `maitred worker` keeps it up to date")
