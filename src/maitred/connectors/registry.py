"""Which helpdesks can be connected: our own, and those that installed packages bring.

A package offers its connector under the entry point group ``maitred.connectors``, by the vendor's name. Our own names
are ours: a package that offers one of them is not asked.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from importlib.metadata import EntryPoint, entry_points
from typing import TYPE_CHECKING, cast

from maitred.base.errors import MaitredError, NotFound
from maitred.connectors.streams import VENDORS, Stream

if TYPE_CHECKING:
    from maitred.connectors.decoded import Decoded
    from maitred.connectors.live import Connector, Decoding

    Decoder = Callable[[str, Sequence[object]], Decoded]

GROUP = "maitred.connectors"
OWN = {
    "zendesk": "maitred.connectors.zendesk.connector:CONNECTOR",
    "freshdesk": "maitred.connectors.freshdesk.connector:CONNECTOR",
    "salesforce": "maitred.connectors.salesforce.connector:CONNECTOR",
}


class ConnectorBroken(MaitredError):
    """An installed package offers a connector that cannot be used."""

    kind = "connector-broken"


def vendors() -> tuple[str, ...]:
    """Names of the helpdesks, our own first; nothing is imported for it."""
    return tuple(_offered())


def package_of(vendor: str) -> str:
    """The package that offers the connector of a helpdesk: ours is ``maitred``; empty where nobody offers it."""
    entry = _offered().get(vendor)
    return "" if entry is None else entry.dist.name if entry.dist else "maitred"


def connector(vendor: str) -> Connector:
    """The connector of a helpdesk.

    Raises
    ------
    NotFound
        Nobody offers this one; the remedy names those that are there.
    ConnectorBroken
        The package that offers it cannot be imported, or gives something of another name.
    """
    offered = _offered()
    if vendor not in offered:
        raise NotFound(f"there is no connector for {vendor!r}", f"there are {', '.join(offered)}")
    entry = offered[vendor]
    named = f"the connector {vendor} of {entry.dist.name if entry.dist else 'maitred'}"
    try:
        found: Connector = entry.load()
    except Exception as error:  # somebody else's module may fail in any way
        raise ConnectorBroken(f"{named} cannot be imported ({error})", f"mend or remove {entry.value}") from error
    if getattr(found, "vendor", None) != vendor:
        raise ConnectorBroken(f"{named} calls itself something else", f"let {entry.value} have vendor = {vendor!r}")
    return found


def feeds(vendor: str) -> Mapping[str, Stream]:
    """The streams of a helpdesk and what they feed, in the order in which they are loaded; raises as ``connector``."""
    return VENDORS[vendor] if vendor in VENDORS else _brought(vendor).feeds


def decoder(vendor: str) -> Decoder:
    """What turns the records of a helpdesk's stream into canonical rows; raises as ``connector``."""
    if vendor in OWN:
        own: Decoder = import_module(f"maitred.connectors.{vendor}.mapping").decode
        return own
    return _brought(vendor).decode


def _brought(vendor: str) -> Decoding:
    found = connector(vendor)
    if not (hasattr(found, "feeds") and callable(getattr(found, "decode", None))):
        raise ConnectorBroken(f"the connector {vendor} has no decoder", "let it have feeds and decode (live.Decoding)")
    return cast("Decoding", found)


def _offered() -> dict[str, EntryPoint]:
    """Entry points by name: our own, then those of packages, by name."""
    foreign = sorted(entry_points(group=GROUP), key=lambda entry: (entry.name, entry.value))
    own = [EntryPoint(name, value, GROUP) for name, value in OWN.items()]
    offered: dict[str, EntryPoint] = {}
    for entry in (*own, *foreign):
        offered.setdefault(entry.name, entry)
    return offered
