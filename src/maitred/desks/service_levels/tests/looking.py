"""What tests of pages share: a generated organisation, somebody signed in, and the marks of a page as data."""

from __future__ import annotations

import csv
import io
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from django.conf import settings
from django.test import Client
from lxml import html

from maitred.floor.log import write_log
from maitred.kit.secrets.keyring import Keyring
from maitred.metrics.pipeline import import_and_publish
from maitred.metrics.refresh import open_workspace
from maitred.people.tests.floor import Floor
from maitred.sync.kinds import KINDS
from maitred.sync.workspace import create

SPEED = "/service-levels/"
TABS = tuple(
    SPEED + name for name in ("attainment/", "breaches/", "backlog/", "bottlenecks/", "policy/", "reconciliation/")
)
CATALOGUE = ("/metrics/", "/metrics/frt.business_all/")
DRILLS = ("/drill/frt.business_all/", "/drill/sla.attainment/")
FIGURES = (SPEED, *TABS, *CATALOGUE, *DRILLS)
"""Pages that show figures, without those of one ticket."""
LONG = "?period=last-52w"
"""The generated log is a year long and thin: a long period has enough of everything."""


def workspace(folder: Path, tickets: int, seed: int = 3, change: Callable[[Path], None] | None = None) -> Path:
    """A workspace with a generated log, changed before it is imported."""
    write_log(folder / "log", tickets, seed=seed)
    if change is not None:
        change(folder / "log")
    home = folder / "workspace"
    create(home)
    found = open_workspace(home)
    import_and_publish(found, KINDS["fivetran-zendesk"](), folder / "log", name="demo")
    found.close()
    Keyring(home / "keys").create()
    return home


def signed_in(floor: Floor, name: str) -> Client:
    """The browser of somebody who signed in just now."""
    client = Client(raise_request_exception=False)
    client.force_login(floor.accounts[name], backend=settings.AUTHENTICATION_BACKENDS[0])
    session = client.session
    session["account_authentication_methods_user"] = str(floor.accounts[name].pk)
    session["account_authentication_methods"] = [{"method": "password", "at": time.time()}]
    session.save()
    return client


@dataclass(frozen=True, slots=True)
class Seen:
    """A page that was answered."""

    status: int
    text: str
    tree: Any
    headers: Mapping[str, str]

    @property
    def marks(self) -> dict[str, str]:
        return dict(self.tree.body.attrib)

    @property
    def heading(self) -> str:
        (one,) = self.all("//h1")
        return " ".join(one.text_content().split())

    @property
    def main(self) -> dict[str, str]:
        (one,) = self.all("//main")
        return dict(one.attrib)

    def all(self, path: str) -> list[Any]:
        found: list[Any] = self.tree.xpath(path)
        return found

    def links(self, path: str = "//main//a") -> list[str]:
        return [one.get("href") for one in self.all(path) if one.get("href")]


def look(client: Client, address: str) -> Seen:
    """Open a page."""
    answer = client.get(address)
    text = answer.content.decode() if answer.get("Content-Type", "").startswith("text/html") else ""
    return Seen(answer.status_code, text, html.document_fromstring(text or "<p></p>"), answer.headers)


def params(address: str) -> dict[str, str]:
    """The words of an address."""
    return dict(parse_qsl(urlsplit(address).query, keep_blank_values=True))


def pages_of(client: Client, address: str) -> Iterator[Seen]:
    """A page of rows and all that follow it."""
    while address:
        seen = look(client, address)
        assert seen.status == 200, address
        yield seen
        address = next(iter(seen.links("//a[@rel='next']")), "")


def csv_rows(client: Client, address: str) -> list[dict[str, str]]:
    """The rows of a file."""
    answer = client.get(address)
    assert answer.status_code == 200, (address, answer.status_code)
    assert answer["Content-Disposition"].startswith("attachment")
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content  # type: ignore[attr-defined]
    return list(csv.DictReader(io.StringIO(body.decode("utf-8-sig"), newline="")))
